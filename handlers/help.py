"""/help: every command, from the one list."""

from __future__ import annotations

from bot.chat import Entry, Message, Request
from bot.render.words import bold, listing, say, title
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    from handlers import COMMANDS  # the list holds this command too

    return say(
        title(bold("What you can say")),
        listing(((bold(usage(c.entry)), f" · {c.entry.help}") for c in COMMANDS), weight=100),
        "Regions are EU, EEA, UK, Switzerland, or a country.",
    )


def usage(entry: Entry) -> str:
    """/subscribe <service> [region]"""
    words = (f"<{p.name}>" if p.required else f"[{p.name}]" for p in entry.parameters)
    return " ".join((f"/{entry.name}", *words))


COMMAND = Command(Entry("help", "This list"), run)
