"""/share: what you follow, as a link that offers it to others, without any settings."""

from __future__ import annotations

from collections.abc import Sequence

from bot.locales import N_, _
from bot.message import Action, Block, Message, Span
from bot.platform import Entry, Request
from bot.render.blocks import say, short
from handlers import _arguments, _free_text
from handlers._base import Command, Context, Section

#: The most services in a link.
MOST = 14
#: The verb of such a link in /start.
LINK = "list"


def run(request: Request, context: Context) -> Message:
    """A share button for each part of the list that fits in a link, and the line to copy."""
    mine = _arguments.followed(request, context)
    known = [service for service in mine if context.names.get(service)]
    if not known:
        return _arguments.nothing_followed()
    parts = [known[start : start + MOST] for start in range(0, len(known), MOST)]
    lines = [f"{LINK} {context.names.bundled(part)}" for part in parts]
    actions = [
        Action(_("Share: {names}", names=_names(part, context)), line, share=True)
        for part, line in zip(parts, lines, strict=True)
    ]
    return say(
        _("Who opens this is offered what you follow, and chooses. Your settings stay with you."),
        _("To send it by yourself, copy this line:"),
        *(Block("copy", ((Span(f"/start {line.replace(' ', '_')}"),),)) for line in lines),
        actions=actions,
    )


def _names(services: Sequence[str], context: Context) -> str:
    return short(", ".join(map(context.names.label, services)), 40)


def offered(request: Request, context: Context) -> Message:
    """The services of a shared list, to follow with one tap."""
    services = context.names.unbundled(request.text.strip())
    if not services:
        return say(_("There is nothing in this list that I know."))
    return _free_text.offer(services, frozenset(), context)


COMMAND = Command(
    Entry(
        "share",
        N_("What you follow, as a link for others"),
        section=Section.FOLLOW,
    ),
    run,
)
