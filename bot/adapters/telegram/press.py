"""Presses of buttons: whether they are true, and what only the person who pressed is shown."""

from __future__ import annotations

from telegram import MaybeInaccessibleMessage
from telegram import Message as TelegramMessage

from bot.adapters.telegram.markup import printable
from bot.message import Message

#: UTF-16 units of what only the person who pressed is shown.
ALERT = 200


def stands_on(message: MaybeInaccessibleMessage, data: str) -> bool:
    """Whether a message has that button; what a client sends as pressed is the client's own word."""
    markup = message.reply_markup if isinstance(message, TelegramMessage) else None
    rows = markup.inline_keyboard if markup else ()
    return any(button.callback_data == data for row in rows for button in row)


def brief(answer: Message) -> bool:
    """Whether an answer is whole where only the person who pressed reads it: few words, no buttons."""
    more = answer.buttons or answer.menu or answer.file
    return not more and _units(printable(answer.text)) <= ALERT


def alert(said: str) -> str:
    """Words as they are shown to the person who pressed, shortened where they are too many."""
    shown = printable(said)
    if _units(shown) <= ALERT:
        return shown
    # A letter takes two units at most.
    return f"{shown[: ALERT // 2 - 1].rstrip()}…"


def _units(said: str) -> int:
    return len(said.encode("utf-16-le", "replace")) // 2
