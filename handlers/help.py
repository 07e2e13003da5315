"""/help: every command, from the one list."""

from __future__ import annotations

from collections.abc import Iterator

from bot.locales import N_, _
from bot.message import Action, Block, Message
from bot.platform import Entry, Request
from bot.render.blocks import bold, listing, note, say, text, title
from handlers._base import Command, Context

#: The commands in the order in which one needs them.
SECTIONS = (
    (
        N_("Follow"),
        ("setup", "subscribe", "unsubscribe", "subscriptions", "services", "region", "status"),
    ),
    (N_("Act"), ("howto", "picture", "checklist", "letter", "done", "dismiss")),
    (N_("Understand"), ("recent", "story", "why")),
    (
        N_("When and how"),
        (
            "when",
            "threshold",
            "topics",
            "mute",
            "reminders",
            "language",
            "mention",
            "channel",
            "test",
        ),
    ),
    (N_("You and this bot"), ("privacy", "export", "link", "forget", "about", "start", "help")),
)


def run(request: Request, context: Context) -> Message:
    offers = [
        Action(_("Choose services"), "setup"),
        Action(_("How to opt out"), "howto linkedin", personal=True),
    ]
    return say(
        title(bold(_("What you can say"))),
        *_sections(),
        note(_("Regions are EU, EEA, UK, Switzerland, or a country.")),
        actions=offers,
    )


def _sections() -> Iterator[Block]:
    from handlers import COMMANDS  # the list holds this command too

    entries = {command.entry.name: command.entry for command in COMMANDS}
    for heading, names in SECTIONS:
        yield text(bold(_(heading)), weight=100)
        yield listing(
            ((bold(usage(entries[name])), f" · {_(entries[name].help)}") for name in names),
            weight=100,
        )


def usage(entry: Entry) -> str:
    """/subscribe <service> [region]"""
    words = (f"<{p.name}>" if p.required else f"[{p.name}]" for p in entry.parameters)
    return " ".join((f"/{entry.name}", *words))


COMMAND = Command(Entry("help", N_("This list")), run)
