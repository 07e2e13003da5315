"""/done: I have acted on this; no more reminders of it."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from bot.store.reminders import Answer
from handlers._base import Command, Context, Section
from handlers._pieces import no_story


def answer(request: Request, context: Context, what: Answer, said: str) -> Message:
    """End the reminders of the story whose number was given, and say so."""
    number = request.text.strip()
    if not (number.isdecimal() and number.isascii()) or len(number) > 15:
        return say(_("Which one? The buttons under a reminder know its number."))
    if not context.store.reminders.answer(request.address, int(number), what, context.now):
        return no_story()
    return say(said)


def run(request: Request, context: Context) -> Message:
    """End the reminders of a story that the chat has acted on."""
    return answer(request, context, "done", _("Well done. I will not remind you of this again."))


COMMAND = Command(
    Entry(
        "done",
        N_("You have acted: no more reminders of it"),
        (Parameter("story", N_("The number of the story")),),
        manages=True,
        listed=False,
        section=Section.ACT,
    ),
    run,
)
