"""Follow-ups: a short, quiet message about a part that joined a told story."""

from __future__ import annotations

from collections.abc import Iterator

from bot.catalogue.names import Names
from bot.locales import _
from bot.message import KEEP, Action, Block, Message
from bot.model import Change, Record, Story
from bot.render.alert import main_service, way_out
from bot.render.blocks import (
    Words,
    bold,
    fill,
    foreign,
    labelled,
    link,
    linkable,
    note,
    text,
    title,
)
from bot.render.excerpts import quote
from bot.render.labels import moment, terms


def follow_up(story: Story, uid: str, followed: tuple[str, ...], names: Names) -> Message:
    """The message about part `uid` of a story, or about the story if that part is unknown."""
    part = _part(story, uid)
    service = main_service(story, followed)
    name = names.label(service)
    belongs = fill(
        _("It belongs to the change of {terms} of {day}."),
        terms=foreign(terms(story.lead.terms_type)),
        day=moment(story.lead.recorded),
    )
    blocks = (
        title(bold(_("{name}: an addition", name=name))),
        *_said(part, name),
        text(*belongs),
        *_source(part),
        note(way_out(name, service), weight=KEEP),
    )
    actions = (
        Action(_("What changed"), f"story {story.id}"),
        Action(_("Unsubscribe"), f"unsubscribe {service}"),
    )
    return Message(blocks, actions, private=False, quiet=True)


def _part(story: Story, uid: str) -> Change:
    for part in story.parts:
        if part.uid == uid:
            return part
    return story.lead


def _said(part: Change, name: str) -> Iterator[Block]:
    match part.record:
        case Record.TAKEN_BACK:
            yield text(
                _(
                    "{name} took back a change: what we told you about is no longer in the text. "
                    "There is nothing to do.",
                    name=name,
                )
            )
        case Record.MEMO:
            yield labelled(_("Open Terms Archive explains:"), _titled(part))
        case Record.ARTICLE:
            yield labelled(_("An article explains:"), _titled(part))
        case _other:
            yield text(_("{name} has reworded a change since:", name=name))
            yield from (quote(excerpt, 5) for excerpt in part.excerpts[:2])


def _titled(part: Change) -> Words:
    """A title, as a link if its address is short enough."""
    if not linkable(part.link):
        return foreign(part.title)
    return link(part.title, part.link)


def _source(part: Change) -> Iterator[Block]:
    """A link to a recorded change; memos and articles are linked by their title."""
    if part.record.told_by_people or not linkable(part.link):
        return
    where = link(_("the change at Open Terms Archive"), part.link)
    yield note(_("Source:") + " ", where, weight=20)
