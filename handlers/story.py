"""/story: one change in full, before and after."""

from __future__ import annotations

from bot.chat import Entry, Message, Parameter, Request
from bot.render.alert import detail
from bot.render.words import say
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    number = request.text.strip()
    story = context.store.story(int(number)) if number.isdecimal() and len(number) < 16 else None
    if story is None:
        return say("I do not know that story. /recent lists the last ones.")
    return detail(story, context.known, context.names, context.today)


COMMAND = Command(Entry("story", "One change in full, before and after", (Parameter("number", "As /recent shows it"),)), run)
