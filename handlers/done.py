"""/done: I have acted on this; no more reminders of it."""

from __future__ import annotations

from bot.chat import Entry, Message, Parameter, Request
from bot.render.words import say
from bot.store.pacing import Answer
from handlers.base import Command, Context


def answer(request: Request, context: Context, what: Answer, said: str) -> Message:
    number = request.text.strip()
    if not number.isdigit() or len(number) > 15:
        return say("Which one? The buttons under a reminder know its number.")
    if not context.store.answer(request.address, int(number), what, context.now):
        return say(f"I know no story {number}.")
    return say(f"{said} I will not remind you of this again.")


def run(request: Request, context: Context) -> Message:
    return answer(request, context, "done", "Well done.")


COMMAND = Command(
    Entry("done", "You have acted: no more reminders of it", (Parameter("story", "The number of the story"),), manages=True),
    run,
)
