"""/story: one change in full, before and after."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Message
from bot.model import Story
from bot.platform import Entry, Parameter, Request
from bot.render.alert import detail
from bot.render.blocks import say
from bot.render.coverage import coverage
from bot.understand.stories import COVERAGE
from handlers._base import Command, Context


def run(request: Request, context: Context) -> Message:
    story = numbered(request.text, context)
    if story is None:
        return unknown()
    if story.lead.record in COVERAGE:
        return coverage(story, (), context.names)
    return detail(story, context.known, context.names, context.today)


def numbered(typed: str, context: Context) -> Story | None:
    """The story of a number that somebody typed."""
    number = typed.strip()
    return (
        context.store.stories.get(int(number))
        if number.isdecimal() and number.isascii() and len(number) < 16
        else None
    )


def unknown() -> Message:
    return say(_("I do not know that story. /recent lists the last ones."))


COMMAND = Command(
    Entry(
        "story",
        N_("One change in full, before and after"),
        (Parameter("number", N_("As /recent shows it")),),
    ),
    run,
)
