"""/dismiss: this is not for me; no more reminders of it."""

from __future__ import annotations

from bot.chat import Entry, Message, Parameter, Request
from handlers import done
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    return done.answer(request, context, "not for me", "All right.")


COMMAND = Command(
    Entry("dismiss", "Not for you: no more reminders of it", (Parameter("story", "The number of the story"),), manages=True),
    run,
)
