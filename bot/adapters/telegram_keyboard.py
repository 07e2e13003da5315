"""Buttons as Telegram has them: a command line of at most 64 bytes, or a link."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from bot.chat import LINKABLE, Action, Message

#: Bytes of a button's command, letters of its label, and how many a keyboard may have.
COMMAND_BYTES, LABEL, BUTTONS = 64, 60, 100
#: What a link to the bot can carry.
_PAYLOAD = re.compile(r"[\w-]{1,64}", re.ASCII)

Row = list[dict[str, Any]]


def keyboard(message: Message, bot: str = "", shared: bool = False) -> dict[str, Any]:
    """The `reply_markup` of a message, or nothing. What is personal in a shared chat opens a private one with `bot`."""
    own = [action for action in message.buttons if action not in message.actions]
    options = message.menu.options if message.menu else ()
    wide = 3 if len(options) > 12 and all(len(option.label) < 16 for option in options) else 2
    rows = [*_rows(own, 1, bot, shared), *_rows(options, wide, bot, shared), *_rows(message.actions, 2, bot, shared)]
    return {"reply_markup": {"inline_keyboard": rows[: BUTTONS // wide]}} if rows else {}


def deep_link(bot: str, command: str) -> str:
    """A link that opens a private chat with the bot and says the command there; "" where it cannot be carried."""
    payload = command.replace(" ", "_")
    return f"https://t.me/{bot}?start={payload}" if bot and _PAYLOAD.fullmatch(payload) else ""


def _rows(actions: Sequence[Action], wide: int, bot: str, shared: bool) -> Iterator[Row]:
    buttons = [button for action in actions if (button := _button(action, bot, shared))]
    for start in range(0, len(buttons), wide):
        yield buttons[start : start + wide]


def _button(action: Action, bot: str, shared: bool) -> dict[str, Any] | None:
    label = action.label[:LABEL] or "…"
    url = action.url or (deep_link(bot, action.command) if action.share or (action.personal and shared) else "")
    if url:
        url = f"https://t.me/share/url?url={quote(url)}" if action.share else url
        return {"text": label, "url": url} if LINKABLE.fullmatch(url) else None
    if action.share:
        return None
    return {"text": label, "callback_data": action.command} if 0 < len(action.command.encode()) <= COMMAND_BYTES else None
