"""/help: all commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.locales import N_, _
from bot.message import KEEP, Action, Block, Message
from bot.platform import Entry, Request
from bot.render.blocks import bold, listing, note, say, text, title
from handlers._base import Command, Context, Section

#: Exceptions from menu order: the commands that come first, and last, in their section.
_FIRST = ("setup",)
_LAST = ("status", "help")


def run(request: Request, context: Context) -> Message:
    """List by section the commands that the person can use here."""
    here = [entry for entry in context.menu if _is_usable(entry, request)]
    offers = [
        Action(_("Choose services"), "setup"),
        Action(_("How to opt out"), "howto linkedin", personal=True),
    ]
    return say(
        title(bold(_("What you can say"))),
        *_sections(here),
        note(_("Regions are EU, EEA, UK, Switzerland, or a country.")),
        actions=offers,
    )


def _is_usable(entry: Entry, request: Request) -> bool:
    if not entry.offered_on(request.address.platform):
        return False
    if entry.private_only and not request.private:
        return False
    if entry.for_server and request.private:
        return False
    return request.may_manage or not entry.manages


def _sections(menu: Sequence[Entry]) -> Iterator[Block]:
    for section in Section:
        entries = [entry for entry in menu if entry.section == section]
        entries.sort(key=_place)
        if not entries:
            continue
        lines = [(bold(usage(entry)), f" · {_(entry.help)}") for entry in entries]
        yield text(bold(_(section.value)), weight=KEEP)
        yield listing(lines, weight=KEEP)


def _place(entry: Entry) -> int:
    """The rank of a command in its section; equal ones are in menu order."""
    if entry.name in _FIRST:
        return 0
    if entry.name in _LAST:
        return 2
    return 1


def usage(entry: Entry) -> str:
    """The syntax of a command: /subscribe <service> [region]."""
    words = [f"/{entry.name}"]
    for parameter in entry.parameters:
        if parameter.required:
            words.append(f"<{parameter.name}>")
        else:
            words.append(f"[{parameter.name}]")
    return " ".join(words)


COMMAND = Command(Entry("help", N_("This list"), section=Section.YOU_AND_THIS_BOT), run)
