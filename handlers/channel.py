"""/channel: manage a channel or group from a private chat, as one of its administrators."""

from __future__ import annotations

from bot.locales import N_, _
from bot.message import Block, Message, Span
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from handlers._base import Command, Context, Section


def run(request: Request, _context: Context) -> Message:
    """Explain the command.

    The platform itself answers lines for a channel; only those that it did not understand get here.
    """
    if not COMMAND.entry.offered_on(request.address.platform):
        return say(_("Here, use the command in the channel itself."))
    example = Block("copy", ((Span("/channel @mychannel subscribe linkedin eu"),),))
    return say(_("Name the channel, and what I shall do there."), _("For example:"), example)


COMMAND = Command(
    Entry(
        "channel",
        N_("On Telegram: manage a channel from here"),
        (
            Parameter("channel", N_("For example: @mychannel")),
            Parameter("command", N_("For example: subscribe linkedin eu")),
        ),
        section=Section.WHEN_AND_HOW,
        platforms=frozenset({"telegram"}),
        private_only=True,
        for_other_chat=True,
    ),
    run,
)
