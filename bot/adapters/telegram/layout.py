"""Messages for Telegram: HTML, and buttons with a link or a command of at most 64 bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from telegram.constants import ParseMode

from bot.adapters.telegram.markup import html_of, printable, size
from bot.message import LINKABLE, Action, Message, about_chat
from bot.platform import Body
from bot.render.fit import fit
from bot.render.plain import text_of

#: The most UTF-16 units of a message.
LENGTH = 4096
#: The width of a message without markup; Telegram wraps lines itself.
PLAIN_WIDTH = 400
#: The most bytes of a button's command.
COMMAND_BYTES = 64
#: The most letters of a button's label.
LABEL_LETTERS = 60
#: The most buttons of a keyboard.
BUTTONS = 100
#: With more options than this, a menu has three short ones in a row, else two.
MANY_OPTIONS = 12
#: The most letters of an option in a row of two; a phone cuts longer ones.
HALF_LABEL_LETTERS = 24
#: The most letters of an option in a row of three.
SHORT_LABEL_LETTERS = 15
#: The prefix of a button's command about another chat, followed by its id in base 36.
ELSEWHERE = "@"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
#: The characters that a link to the bot can carry.
_PAYLOAD = re.compile(r"[\w-]{1,64}", re.ASCII)

Row = list[dict[str, Any]]


def body_of(message: Message, bot: str, plain: bool, shared: bool, about: str = "") -> Body:
    """The parameters of a message, within Telegram's limits.

    `bot` is the bot's user name. `shared` says that many people read the chat. `about` is the id of
    the chat that the message is about, if it is sent to another.
    """
    body: Body
    if plain:
        body = {"text": _plain(fit(message, _plain_size, LENGTH))}
    else:
        message = fit(message, size, LENGTH)
        body = {"text": html_of(message), "parse_mode": str(ParseMode.HTML)}
    body |= {"link_preview_options": {"is_disabled": True}}
    body |= keyboard(message, bot, shared, about)
    if message.quiet:
        body["disable_notification"] = True
    return body


def keyboard(
    message: Message, bot: str = "", shared: bool = False, about: str = ""
) -> dict[str, Any]:
    """The `reply_markup` of a message, or nothing.

    Personal buttons in a shared chat open a private one with `bot`. `about` is as in `body_of`.
    """
    if about:
        message = elsewhere(message, about)
    own = [action for action in message.buttons if action not in message.actions]
    options = message.menu.options if message.menu else ()
    wide = _options_in_a_row(options)
    rows = [
        *_rows(own, 1, bot, shared),
        *_rows(options, wide, bot, shared),
        *_rows(message.actions, 2, bot, shared),
    ]
    if not rows:
        return {}
    return {"reply_markup": {"inline_keyboard": rows[: BUTTONS // wide]}}


def elsewhere(message: Message, chat: str) -> Message:
    """The message with buttons that act on another channel or group."""
    return about_chat(message, f"{ELSEWHERE}{_short(-int(chat))}")


def chat_of(data: str) -> tuple[str, str]:
    """The chat that a pressed button is about ("" for its own), and its command line."""
    short, _space, line = data.partition(" ")
    digits = short.removeprefix(ELSEWHERE)
    if not data.startswith(ELSEWHERE) or not digits or set(digits) - set(_DIGITS):
        return "", data
    return str(-int(digits, len(_DIGITS))), line


def deep_link(bot: str, command: str) -> str:
    """A link that opens a private chat with the bot and sends the command there.

    "" if a link cannot carry it.
    """
    payload = command.replace(" ", "_")
    if not bot or not _PAYLOAD.fullmatch(payload):
        return ""
    return f"https://t.me/{bot}?start={payload}"


def _short(number: int) -> str:
    """A positive number in base 36: ten digits in seven."""
    digits = ""
    while number > 0:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _options_in_a_row(options: Sequence[Action]) -> int:
    if len(options) <= MANY_OPTIONS:
        return 1 if any(len(option.label) > HALF_LABEL_LETTERS for option in options) else 2
    if any(len(option.label) > SHORT_LABEL_LETTERS for option in options):
        return 2
    return 3


def _rows(actions: Sequence[Action], wide: int, bot: str, shared: bool) -> Iterator[Row]:
    made = (_button(action, bot, shared) for action in actions)
    buttons = [button for button in made if button]
    for start in range(0, len(buttons), wide):
        yield buttons[start : start + wide]


def _button(action: Action, bot: str, shared: bool) -> dict[str, Any] | None:
    """The JSON of a button; None if Telegram would refuse it or cannot have it."""
    label = action.label[:LABEL_LETTERS] or "…"
    if url := _link_of(action, bot, shared):
        return {"text": label, "url": url} if LINKABLE.fullmatch(url) else None
    if action.share or not 0 < len(action.command.encode()) <= COMMAND_BYTES:
        return None
    return {"text": label, "callback_data": action.command}


def _link_of(action: Action, bot: str, shared: bool) -> str:
    """The address that a button opens; "" if it sends its command in the chat."""
    url = action.url
    if not url:
        opens_private = action.personal and shared
        if action.share or opens_private:
            url = deep_link(bot, action.command)
    if url and action.share:
        return f"https://t.me/share/url?url={quote(url)}"
    return url


def _plain(message: Message) -> str:
    return printable(text_of(message, width=PLAIN_WIDTH))


def _plain_size(message: Message) -> int:
    return len(_plain(message).encode("utf-16-le")) // 2
