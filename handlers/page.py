"""/page: a link to a page on the web with all that this chat follows and wants."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.locales import N_, _, n_
from bot.message import Action, Message
from bot.platform import Entry, Request
from bot.render.blocks import note, say
from handlers._base import Command, Context, Section

#: How long a link works, once; and the bytes of chance in it.
VALID = timedelta(minutes=15)
BYTES = 32


def run(request: Request, context: Context) -> Message:
    """Give the link, where nobody else reads the answer."""
    if not context.pages:
        return say(_("This instance has no pages on the web. /status shows how things stand."))
    if not request.private and not request.unseen:
        return say(
            _("Everybody here could open that page. Ask me for it in a private chat."),
            _("On Telegram, for this chat: {command}", command="/channel @name page"),
        )
    key = secrets.token_urlsafe(BYTES)
    until = context.now + VALID
    context.store.pages.offer(request.address, key, until, context.now, request.places)
    url = f"{context.pages}/page/{key}"
    how_long = n_(
        "It works once, for {count} minute.",
        "It works once, for {count} minutes.",
        round(VALID.total_seconds() / 60),
    )
    said = _("Your page: all that you follow and want, to look at and to change.")
    kept = note(_("Give the link to nobody: who opens it can change all of that."))
    actions = [Action(_("Open the page"), url=url)]
    return say(said, how_long, kept, actions=actions)


COMMAND = Command(
    Entry(
        "page",
        N_("Your page on the web, with all that you follow and want"),
        manages=True,
        section=Section.YOU_AND_THIS_BOT,
        lists_places=True,
    ),
    run,
)
