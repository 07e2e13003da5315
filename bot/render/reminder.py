"""A date is near by which something can be done: what, how, and the buttons that end the reminding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import _, content
from bot.message import KEEP, Action, Block, Message
from bot.model import Change, Record, Story
from bot.render.alert import answers, control_for, way_out
from bot.render.blocks import bold, fill, labelled, note, text, title
from bot.render.headline import headline
from bot.render.howto import way_to_opt_out
from bot.render.labels import day, in_days, moment, terms
from bot.render.reasons import reason


def reminder(
    story: Story, followed: tuple[str, ...], regions: frozenset[str], known: Catalogue, names: Names, today: date,
    shared: bool = False, touched: Sequence[Story] = (),
) -> Message:  # fmt: skip
    """The reminder, as of today. For a story without a date it says what the story says."""
    lead = story.lead
    service = (*followed, *lead.services)[0]
    name = names.label(service)
    when = lead.effective or today
    blocks = [
        title(bold(f"{name}: {in_days((when - today).days)}")),
        *_what(story, name),
        *_how(story, service, name, regions, known, touched),
        note(
            _("No more of these: {command}", command="/reminders off"),
            " · ",
            way_out(name, service),
            weight=KEEP,
        ),
    ]
    mine = Action(
        _("This concerns me") if shared else _("How to opt out"), f"howto {service}", personal=True
    )
    return Message(tuple(blocks), (*answers(story.id), mine), private=False)


def dated(lead: Change) -> str:
    """What the date means, as a sentence."""
    when = day(lead.effective or lead.recorded)
    if lead.record is not Record.DEADLINE:
        return _(
            "on {day} its new {terms} takes effect.",
            day=when,
            terms=terms(lead.terms_type) or _("rule"),
        )
    return f"{when}: {reason(lead.why[0])}: {content(lead.title)}."


def _what(story: Story, name: str) -> Iterator[Block]:
    lead = story.lead
    when = moment(lead.effective or lead.recorded)
    if lead.record is Record.DEADLINE:
        said = reason(lead.why[0])
        yield text(f"{said[:1].upper()}{said[1:]} (", when, f"): {content(lead.title)}.")
        return
    yield text(
        *fill(_("On {day} a change takes effect that you were told of:"), day=when), weight=60
    )
    yield text(headline(story, name), weight=60)


def _how(
    story: Story,
    service: str,
    name: str,
    regions: frozenset[str],
    known: Catalogue,
    touched: Sequence[Story],
) -> Iterator[Block]:
    if control := control_for(story, service, regions, known):
        yield from way_to_opt_out(control, touched)
    else:
        yield labelled(
            _("What you can do:"),
            _("What {name} lets you switch off: {command}", name=name, command=f"/howto {service}"),
        )
