"""/link: transfer your settings to another chat or platform with a one-time code."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from bot.locales import N_, _, n_
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import ChatSettings
from bot.render.blocks import bold, fill, say, text
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import works_once

#: Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
#: The length of a code, and how long it works.
LENGTH = 10
VALID = timedelta(minutes=15)


def run(request: Request, context: Context) -> Message:
    """Make a code, or take over the settings of the chat that made the given one."""
    code, *sure = request.text.casefold().split() or [""]
    if not code:
        return _offer(request, context)
    if code == "undo":
        return _undo(request, context)
    if sure or not _has_settings(request, context):
        return _take_over(code, request, context)
    return _ask(code, context)


def _has_settings(request: Request, context: Context) -> bool:
    """Whether this chat has anything that a code would replace."""
    plain = replace(ChatSettings(), language=context.chat.language, shared=context.chat.shared)
    return bool(_arguments.followed(request, context)) or context.chat != plain


def _ask(code: str, context: Context) -> Message:
    """Ask before the settings of this chat are replaced."""
    if not context.store.chats.is_offered(code[:40], context.now):
        return _no_code()
    return say(
        _(
            "This chat has settings of its own. Those of the other chat take their place; "
            "what you follow in either, you follow here. Shall I?"
        ),
        _("Nothing has changed yet."),
        actions=[Action(_("Yes, take them over"), f"link {code} yes")],
    )


def _undo(request: Request, context: Context) -> Message:
    if context.store.chats.restore(request.address, context.now):
        return say(_("All is as it was before."))
    return say(_("There is nothing to take back."))


def _offer(request: Request, context: Context) -> Message:
    code = "".join(secrets.choice(ALPHABET) for _letter in range(LENGTH))
    context.store.chats.offer(request.address, code, context.now + VALID, context.now)
    send = fill(_("Send this in the other chat: {command}"), command=bold(f"/link {code}"))
    return say(text(*send), works_once(VALID))


def _take_over(code: str, request: Request, context: Context) -> Message:
    count = context.store.chats.take_over(request.address, code[:40], context.now)
    if count is None:
        return _no_code()
    return say(
        n_(
            "Your settings are here now; you follow {count} service.",
            "Your settings are here now; you follow {count} services.",
            count,
        ),
        actions=[Action(_("Undo"), "link undo"), Action(_("What I follow"), "subscriptions")],
    )


def _no_code() -> Message:
    return say(
        _(
            "That code does not work: it was used, or is too old. "
            "/link in the other chat makes a new one."
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
