"""What came to a story after a chat was told: one short, quiet message."""

from __future__ import annotations

from bot.catalogue.names import Names
from bot.locales import _
from bot.message import KEEP, Action, Block, Message
from bot.model import Change, Record, Story
from bot.render.alert import MAX_URL, quotes, way_out
from bot.render.blocks import bold, fill, labelled, link, note, text, title
from bot.render.labels import moment, terms


def follow_up(story: Story, uid: str, followed: tuple[str, ...], names: Names) -> Message:
    """The message about the part `uid` of a story, or about the story where the part is unknown."""
    part = next((part for part in story.parts if part.uid == uid), story.lead)
    service = followed[0] if followed else story.lead.services[0]
    name = names.label(service)
    of = fill(
        _("It belongs to the change of {terms} of {day}."),
        terms=terms(story.lead.terms_type),
        day=moment(story.lead.recorded),
    )
    blocks = [title(bold(_("{name}: an addition", name=name))), *_said(part, name), text(*of)]
    if part.link and len(part.link) <= MAX_URL and part.record not in (Record.MEMO, Record.ARTICLE):
        blocks.append(
            note(
                _("Source:") + " ",
                link(_("the change at Open Terms Archive"), part.link),
                weight=20,
            )
        )
    blocks.append(note(way_out(name, service), weight=KEEP))
    actions = (
        Action(_("What changed"), f"story {story.id}"),
        Action(_("Unsubscribe"), f"unsubscribe {service}"),
    )
    return Message(tuple(blocks), actions, private=False, quiet=True)


def _said(part: Change, name: str) -> list[Block]:
    match part.record:
        case Record.TAKEN_BACK:
            return [text(_("{name} took back a change: what we told you about is no longer in the text. There is nothing to do.",
                           name=name))]  # fmt: skip
        case Record.MEMO | Record.ARTICLE:
            who = (
                _("Open Terms Archive explains:")
                if part.record is Record.MEMO
                else _("An article explains:")
            )
            return [
                labelled(
                    who,
                    link(part.title, part.link)
                    if part.link and len(part.link) <= MAX_URL
                    else part.title,
                )
            ]
        case _other:
            return [
                text(_("{name} has reworded a change since:", name=name)),
                *quotes(part, limit=2, weight=5),
            ]
