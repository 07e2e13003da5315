"""/link: take your settings to another chat or platform, by a code that works once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.locales import N_, _, n_
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, fill, say, text
from handlers._base import Command, Context, Section

#: Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
#: Letters of a code, and how long it works.
LENGTH = 10
VALID = timedelta(minutes=15)


def run(request: Request, context: Context) -> Message:
    """Make a code, or take over the settings of the chat that made the given one."""
    typed = request.text.strip().casefold()
    if typed:
        return _take_over(typed, request, context)
    return _offer(request, context)


def _offer(request: Request, context: Context) -> Message:
    code = "".join(secrets.choice(ALPHABET) for _letter in range(LENGTH))
    context.store.chats.offer(request.address, code, context.now + VALID, context.now)
    send = fill(_("Send this in the other chat: {command}"), command=bold(f"/link {code}"))
    how_long = n_(
        "It works once, for {count} minute.",
        "It works once, for {count} minutes.",
        round(VALID.total_seconds() / 60),
    )
    return say(text(*send), how_long)


def _take_over(code: str, request: Request, context: Context) -> Message:
    count = context.store.chats.take_over(request.address, code[:40], context.now)
    if count is None:
        return say(
            _(
                "That code does not work: it was used, or is too old. "
                "/link in the other chat makes a new one."
            )
        )
    return say(
        n_(
            "Your settings are here now; you follow {count} service.",
            "Your settings are here now; you follow {count} services.",
            count,
        )
    )


COMMAND = Command(
    Entry(
        "link",
        N_("Take your settings to another chat or platform"),
        (Parameter("code", N_("The code that the other chat gave you"), required=False),),
        manages=True,
        section=Section.YOU_AND_THIS_BOT,
        private_only=True,
    ),
    run,
)
