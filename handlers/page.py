"""/page: a one-time link to the web page with all of this chat's settings."""

from __future__ import annotations

from datetime import timedelta

from bot.locales import N_, _
from bot.message import Action, Message
from bot.platform import Entry, Request
from bot.render.blocks import note, say
from bot.store.pages import new_key
from handlers._base import Command, Context, Section
from handlers._pieces import works_once

#: How long a link works.
VALID = timedelta(minutes=15)


def run(request: Request, context: Context) -> Message:
    """Give the link, if nobody else reads the answer."""
    if not context.pages:
        return say(_("This instance has no pages on the web. /status shows how things stand."))
    if not request.private and not request.unseen:
        return say(
            _("Everybody here could open that page. Ask me for it in a private chat."),
            _("On Telegram, for this chat: {command}", command="/channel @name page"),
        )
    key = new_key()
    until = context.now + VALID
    context.store.pages.offer(request.address, key, until, context.now, request.places)
    url = f"{context.pages}/page/{key}"
    said = _("Your page: all that you follow and want, to look at and to change.")
    kept = note(_("Give the link to nobody: who opens it can change all of that."))
    actions = [Action(_("Open the page"), url=url)]
    return say(said, works_once(VALID), kept, actions=actions)


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
