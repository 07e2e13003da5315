"""What came to a story after a chat was told: one short, quiet message."""

from __future__ import annotations

from bot.chat import KEEP, Action, Block, Message
from bot.model import Change, Record, Story
from bot.render.alert import MAX_URL, quotes
from bot.render.words import bold, day, link, note, text, title
from bot.understand.names import Names


def follow_up(story: Story, uid: str, followed: tuple[str, ...], names: Names) -> Message:
    """The message about the part `uid` of a story, or about the story where the part is unknown."""
    part = next((part for part in story.parts if part.uid == uid), story.lead)
    service = followed[0] if followed else story.lead.services[0]
    name = names.label(service)
    told = f"the change of its {story.lead.terms_type} of {day(story.lead.recorded)}"
    blocks = [title(bold(f"{name}: an addition")), *_said(part, name, told)]
    if part.link and len(part.link) <= MAX_URL and part.record not in (Record.MEMO, Record.ARTICLE):
        blocks.append(note("Source: ", link("the change at Open Terms Archive", part.link), weight=20))
    blocks.append(note(f"To stop hearing about {name}: /unsubscribe {service}", weight=KEEP))
    actions = (Action("What changed", f"story {story.id}"), Action("Unsubscribe", f"unsubscribe {service}"))
    return Message(tuple(blocks), actions, private=False, quiet=True)


def _said(part: Change, name: str, told: str) -> list[Block]:
    match part.record:
        case Record.TAKEN_BACK:
            return [text(f"{name} took back {told}: what we told you about is no longer in the text. There is nothing to do.")]
        case Record.MEMO | Record.ARTICLE:
            who = "Open Terms Archive explains" if part.record is Record.MEMO else "An article explains"
            said = link(part.title, part.link) if part.link and len(part.link) <= MAX_URL else part.title
            return [text(f"{who} {told}: ", said)]
        case _:
            return [text(f"{name} has reworded {told} since:"), *quotes(part, limit=2, weight=5)]
