"""/subscriptions: what this chat follows, and where."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Request
from bot.render.words import bold, day, listing, places, say, title
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    mine = context.store.subscriptions(request.address)
    if not mine:
        return say(
            "You follow nothing yet. Start with one: /subscribe linkedin eu", actions=[Action("See all services", "services")]
        )
    muted = context.store.muted(request.address, context.now)
    lines = [
        (bold(context.names.label(s.service)), f" · {places(s.regions)}",
         f" · muted until {day(muted[s.service])}" if s.service in muted else "")
        for s in mine
    ]  # fmt: skip
    return say(
        title(bold(f"You follow {len(mine)} service{'s' if len(mine) > 1 else ''}")),
        listing(lines),
        "To stop one: /unsubscribe, then its name. To stop all: /unsubscribe all",
    )


COMMAND = Command(Entry("subscriptions", "What you follow, and for which regions"), run)
