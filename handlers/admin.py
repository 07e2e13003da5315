"""/admin status: the state of this instance, for its operators. For others it does not exist."""

from __future__ import annotations

from bot.locales import N_
from bot.message import Message
from bot.platform import Entry, Request
from bot.render.blocks import bold, listing, say, title
from bot.watch.report import TITLE, report
from handlers._base import Command, Context, Section


def run(_request: Request, context: Context) -> Message:
    """Answer with the report, in English like the log."""
    lines = [
        [each] for each in report(context.store, context.now, [each.id for each in context.sources])
    ]
    return say(title(bold(TITLE)), listing(lines))


def is_hidden(request: Request, context: Context) -> bool:
    """Whether somebody else asks, or others would read the answer."""
    if not (request.private or request.unseen):
        return True
    here = request.address
    asks = {f"{here.platform}:{request.person}", f"{here.platform}:{here.chat}"}
    return asks.isdisjoint(context.admins)


COMMAND = Command(
    Entry(
        "admin",
        N_("How this instance is, for who runs it"),
        listed=False,
        section=Section.YOU_AND_THIS_BOT,
    ),
    run,
    hidden=is_hidden,
)
