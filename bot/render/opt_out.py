"""The opt-out of a passage: a control that fits it and the reader, or that none is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.catalogue import Catalogue, Control
from bot.catalogue.names import Names
from bot.catalogue.offered import control_about
from bot.document_kinds import Kind, kind_of
from bot.locales import _
from bot.message import KEEP, Block
from bot.model import Change, Story
from bot.render.blocks import bold, foreign, labelled, line, link, linkable, short
from bot.render.control import named, way_to_opt_out
from bot.render.local import Local
from bot.render.reader import Reader
from bot.understand import clauses
from bot.understand.opt_out import offered
from bot.verdicts import Excerpt, Link, OptOut, Role

#: Kinds of documents that people agree to, or that say how their data is used.
SIGNED = (Kind.PRIVACY, Kind.TERMS, Kind.PRICES)
#: The most characters of an opt-out in the words of the text.
WAY_CHARACTERS = 180
#: The most links of the text that are shown.
LINKS = 3
#: Signs of where one can say no: a setting by its name, a form, an address.
_WHERE = re.compile(
    r"[“\"«„][^”\"»“]{3,60}[”\"»“]|\b(?:settings?|preferences|controls?|opt[- ]?out|unsubscribe"
    r"|object|toggle|switch|turn(?:ing)? off|disabl\w+|contact|e-?mail|form|einstellungen"
    r"|widersp\w+"
    r"|paramètres|préférences|impostazioni|ajustes|configuración|instellingen|ustawie\w+"
    r"|definições)\b"
    r"|\S+@\S+|https?://\S+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Way:
    """The context for finding an opt-out: the service, the reader, and the catalogue.

    `touched` are stories that put a control in doubt.
    """

    service: str
    reader: Reader
    known: Catalogue
    names: Names
    touched: Sequence[Story] = ()


def opt_out(story: Story, shown: Sequence[Excerpt], way: Way) -> Iterator[Block]:
    """The known control for what is shown, else the text's own links or words, else a plain no."""
    control = control_of(story, shown, way)
    if control is not None:
        yield from _control(control, way)
    elif found := links_of(story):
        yield labelled(_("How to opt out:"), _("the text itself links:"))
        lines = [line(link(short(each.label) or each.url, each.url)) for each in found[:LINKS]]
        yield Block("list", tuple(lines), KEEP)
    elif said := _in_the_text(story.lead, shown):
        quoted = _("“{quote}”", quote=said)
        yield labelled(
            _("How to opt out:"), _("in the words of the text:"), foreign(f" {quoted}"), weight=88
        )
    else:
        yield _nothing(story.lead, way)


def control_of(story: Story, shown: Sequence[Excerpt], way: Way) -> Control | None:
    """The control for the topics of what is shown, where the reader is; or None.

    Changes for people other than private ones have none, because controls do not switch them off.
    """
    if not is_for_users(story.lead) or not _is_signed(story.lead):
        return None
    topics = [topic for excerpt in shown for topic in excerpt.topics]
    if all(excerpt.statement is None for excerpt in shown):
        # Nothing is shown, or an earlier release kept it without topics.
        topics = [topic for part in story.parts for topic in part.topics]
    area = shown[0].area if shown else None
    return control_about(topics, way.service, way.reader.regions, way.known, area)


def is_open(story: Story, shown: Sequence[Excerpt], way: Way) -> bool:
    """Whether there is a control for what is shown that the reader has not marked as done."""
    control = control_of(story, shown, way)
    return control is not None and f"{way.service}/{control.id}" not in way.reader.done


def is_for_users(change: Change) -> bool:
    """Whether a change is for private people, or its roles are unknown."""
    return not change.roles or Role.USERS in change.roles


def _is_signed(change: Change) -> bool:
    """Whether people agree to the terms, or they say how their data is used.

    Rules on what may be posted or advertised concern no setting.
    """
    if change.record.told_by_people or not change.terms_type:
        return True
    return kind_of(change.terms_type) in SIGNED


def links_of(story: Story) -> list[Link]:
    """The opt-out links in the changed texts themselves."""
    return [found for part in story.parts for found in part.links if linkable(found.url)]


def _control(control: Control, way: Way) -> Iterator[Block]:
    local = Local(way.known, way.service, way.reader.regions)
    if f"{way.service}/{control.id}" in way.reader.done:
        said = _(
            "you have marked it as done. To look again: {command}",
            command=f"/howto {way.service} {control.id}",
        )
        yield labelled(_("How to opt out:"), bold(named(control)), f" · {said}")
        return
    yield from way_to_opt_out(local.control(control), way.touched, local)


def _in_the_text(lead: Change, shown: Sequence[Excerpt]) -> str:
    """The words in which a shown passage offers a choice, or ""."""
    if not is_for_users(lead):
        return ""
    for excerpt in shown:
        said = excerpt.after.rpartition(" › ")[2]
        marked = [match.span() for match in _WHERE.finditer(said)]
        if excerpt.opt_out is OptOut.AVAILABLE and marked:
            words = clauses.around(said, marked, WAY_CHARACTERS)
            if offered(words):
                return words
    return ""


def _nothing(lead: Change, way: Way) -> Block:
    """That no opt-out is known, unless the text mentions one; and what else one can do."""
    said = _("no way is known for this change.")
    if lead.opt_out is OptOut.AVAILABLE:
        said = _("the text speaks of a choice; see what changed.")
    if way.known.guide(way.service):
        said += " " + _(
            "What {name} lets you switch off: {command}",
            name=way.names.label(way.service),
            command=f"/howto {way.service}",
        )
    return labelled(_("How to opt out:"), said)
