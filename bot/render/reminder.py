"""A date is near by which something can be done: what, how, and the buttons that end the reminding."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.catalogue import Catalogue
from bot.chat import KEEP, Action, Block, Message
from bot.model import Change, Record, Story
from bot.render.alert import answers, control_for, in_days
from bot.render.headline import headline
from bot.render.howto import control_steps
from bot.render.words import bold, day, note, text, title
from bot.understand.names import Names


def reminder(
    story: Story, followed: tuple[str, ...], regions: frozenset[str], known: Catalogue, names: Names, today: date
) -> Message:
    """The reminder, as of today. For a story without a date it says what the story says."""
    lead = story.lead
    service = (*followed, *lead.services)[0]
    name = names.label(service)
    when = lead.effective or today
    blocks = [
        title(bold(f"{name}: {in_days(when - today)}")),
        *_what(story, name),
        *_how(story, service, name, regions, known),
        note(f"No more of these: /reminders off. To stop hearing about {name}: /unsubscribe {service}", weight=KEEP),
    ]
    return Message(tuple(blocks), (*answers(story.id), Action("How to opt out", f"howto {service}")), private=False)


def dated(lead: Change) -> str:
    """What the date means, as the end of a sentence."""
    when = day(lead.effective or lead.recorded)
    if lead.record is not Record.DEADLINE:
        return f"on {when}, its new {lead.terms_type or 'rule'} takes effect."
    return f"on {when}: {lead.why[0]}: {lead.title}."


def _what(story: Story, name: str) -> Iterator[Block]:
    lead = story.lead
    if lead.record is Record.DEADLINE:
        said = lead.why[0]
        yield text(f"{said[:1].upper()}{said[1:]} ({day(lead.effective or lead.recorded)}): {lead.title}.")
        return
    yield text(f"On {day(lead.effective or lead.recorded)} a change takes effect that you were told of:", weight=60)
    yield text(headline(story, name), weight=60)


def _how(story: Story, service: str, name: str, regions: frozenset[str], known: Catalogue) -> Iterator[Block]:
    if control := control_for(story, service, regions, known):
        yield text(bold(f"How to opt out: {control.title}"))
        yield control_steps(control)
        yield text(bold("Limits: "), control.does_not_stop, weight=35)
    else:
        yield text(bold("What you can do: "), f"/howto {service} shows what {name} lets you switch off.")
