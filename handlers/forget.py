"""/forget: erase everything about this chat, after asking once."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.locales import N_, _
from bot.render.words import say
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    if request.text.strip().casefold() != "yes":
        return say(
            _(
                "This erases what you follow, your settings, what you marked as done, and all that is queued for this chat. Sure?"
            ),
            actions=[Action(_("Yes, erase everything"), "forget yes")],
        )
    if context.store.chats.forget(request.address):
        return say(_("Erased. Nothing about this chat is left. /start begins anew."))
    return say(_("There was nothing to erase."))


COMMAND = Command(
    Entry(
        "forget",
        N_("Erase everything about this chat"),
        (Parameter("sure", N_("yes, to confirm"), required=False),),
        manages=True,
    ),
    run,
)
