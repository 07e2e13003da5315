"""Buttons as Telegram has them: a command line of at most 64 bytes, or a link."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from bot.message import LINKABLE, Action, Message

#: Bytes of a button's command, letters of its label, and how many a keyboard may have.
COMMAND_BYTES, LABEL, BUTTONS = 64, 60, 100
#: Begins the command of a button that is about another chat, whose number follows in few letters.
ELSEWHERE = "@"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
#: What a link to the bot can carry.
_PAYLOAD = re.compile(r"[\w-]{1,64}", re.ASCII)

Row = list[dict[str, Any]]


def keyboard(
    message: Message, bot: str = "", shared: bool = False, about: str = ""
) -> dict[str, Any]:
    """The `reply_markup` of a message, or nothing. What is personal in a shared chat opens a private one with `bot`.

    `about` is the number of the chat that the message is about, where that is another than it stands in.
    """
    message = elsewhere(message, about) if about else message
    own = [action for action in message.buttons if action not in message.actions]
    options = message.menu.options if message.menu else ()
    wide = 3 if len(options) > 12 and all(len(option.label) < 16 for option in options) else 2
    rows = [
        *_rows(own, 1, bot, shared),
        *_rows(options, wide, bot, shared),
        *_rows(message.actions, 2, bot, shared),
    ]
    return {"reply_markup": {"inline_keyboard": rows[: BUTTONS // wide]}} if rows else {}


def elsewhere(message: Message, chat: str) -> Message:
    """The message with buttons that act on that channel or group."""
    prefix = f"{ELSEWHERE}{_short(-int(chat))} "

    def there(action: Action) -> Action:
        carried = action.command and not action.share
        return replace(action, command=prefix + action.command) if carried else action

    blocks = (replace(b, action=there(b.action)) if b.action else b for b in message.blocks)
    menu = message.menu
    if menu:
        menu = replace(menu, options=tuple(map(there, menu.options)))
    actions = tuple(map(there, message.actions))
    return replace(message, blocks=tuple(blocks), actions=actions, menu=menu)


def chat_of(data: str) -> tuple[str, str]:
    """The chat that a pressed button is about, "" for the one it stands in, and its command line."""
    short, _sep, line = data.partition(" ")
    digits = short.removeprefix(ELSEWHERE)
    if not data.startswith(ELSEWHERE) or not digits or set(digits) - set(_DIGITS):
        return "", data
    return str(-int(digits, len(_DIGITS))), line


def _short(number: int) -> str:
    """A positive number in few letters: ten digits in seven."""
    digits = ""
    while number > 0:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


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
    url = action.url or (
        deep_link(bot, action.command) if action.share or (action.personal and shared) else ""
    )
    if url:
        url = f"https://t.me/share/url?url={quote(url)}" if action.share else url
        return {"text": label, "url": url} if LINKABLE.fullmatch(url) else None
    if action.share:
        return None
    return (
        {"text": label, "callback_data": action.command}
        if 0 < len(action.command.encode()) <= COMMAND_BYTES
        else None
    )
