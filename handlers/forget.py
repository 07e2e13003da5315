"""/forget: erase everything about this chat, after asking once."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.render.words import say
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    if request.text.strip().casefold() != "yes":
        return say(
            "This erases what you follow, your regions and all that is queued for this chat. Sure?",
            actions=[Action("Yes, erase everything", "forget yes")],
        )
    if context.store.forget(request.address):
        return say("Erased. Nothing about this chat is left. /start begins anew.")
    return say("There was nothing to erase.")


COMMAND = Command(
    Entry("forget", "Erase everything about this chat", (Parameter("sure", "yes, to confirm", required=False),), manages=True),
    run,
)
