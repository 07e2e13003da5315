"""/link: take your settings to another chat or platform, by a code that works once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.locales import N_, _, n_
from bot.message import Message
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, fill, say, text
from handlers._base import Command, Context

#: Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH, VALID = 10, timedelta(minutes=15)


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip().casefold()
    if not typed:
        code = "".join(secrets.choice(ALPHABET) for _letter in range(LENGTH))
        context.store.chats.offer(request.address, code, context.now + VALID, context.now)
        minutes = n_(
            "It works once, for {count} minute.",
            "It works once, for {count} minutes.",
            round(VALID.total_seconds() / 60),
        )
        return say(
            text(*fill(_("Send this in the other chat: {command}"), command=bold(f"/link {code}"))),
            minutes,
        )
    count = context.store.chats.take_over(request.address, typed[:40], context.now)
    if count is None:
        return say(
            _(
                "That code does not work: it was used, or is too old. /link in the other chat makes a new one."
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
    Entry("link", N_("Take your settings to another chat or platform"),
          (Parameter("code", N_("The code that the other chat gave you"), required=False),), manages=True, private_only=True),
    run,
)  # fmt: skip
