"""/privacy: what is kept about you, and how to have it erased."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Request
from bot.render.words import bold, listing, say, title
from handlers.base import Command, Context

KEPT = (
    (
        "Kept: ",
        "the number of this chat, what it follows and for which regions, when it wants to hear of it, which changes "
        "it was told, and which of them you marked as done.",
    ),
    ("Not kept: ", "names, user names, what you write. No tracking, no ads, nothing is passed on."),
    ("For how long: ", "until you erase it with /forget. If you block the bot, it only falls silent."),
)


def run(request: Request, context: Context) -> Message:
    contact = context.contact or "not given by the operator of this instance"
    return say(
        title(bold("What Smallprint keeps about you")),
        listing([(bold(what), text) for what, text in KEPT], weight=100),
        f"Who runs this instance: {contact}",
        actions=[Action("Erase everything", "forget")],
    )


COMMAND = Command(Entry("privacy", "What is kept about you"), run)
