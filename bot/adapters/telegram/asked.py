"""A request from Telegram with the destination of its answer, and the means to answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from telegram import MaybeInaccessibleMessage
from telegram import Message as TelegramMessage

from bot.adapters.telegram.settings import TelegramSettings
from bot.message import Message
from bot.model import Address
from bot.platform import Dispatch, Request


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and the destination of its answer: a reply to a message, or an edit of one."""

    request: Request
    to: Address
    #: The id of the message to reply to, or "".
    reply_to: str = ""
    #: The id of the message whose button was pressed, which the answer may replace, or "".
    pressed_on: str = ""


#: Sends an answer on the platform.
Tell = Callable[[Asked, Message], Awaitable[None]]
#: Calls the Bot API: (method, parameters) -> its result, or None if it failed.
Call = Callable[[str, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Bot:
    """The means to answer updates; `name` is the bot's user name.

    `read_file` returns the text of a file by its id, "" if it is too large or unreadable.
    """

    name: str
    dispatch: Dispatch
    tell: Tell
    call: Call
    read_file: Callable[[str], Awaitable[str]]


def chat_address(chat: int | str, thread: int | None = None) -> Address:
    """The address of a chat, or of a topic in it."""
    return Address(TelegramSettings.name, str(chat), str(thread or ""))


def address_of(message: MaybeInaccessibleMessage) -> Address:
    """The address of the chat and topic that a message is in."""
    if isinstance(message, TelegramMessage) and message.is_topic_message:
        return chat_address(message.chat.id, message.message_thread_id)
    return chat_address(message.chat.id)


def place_of(message: MaybeInaccessibleMessage) -> str:
    """The id of a message if an answer may replace it, or "" if it cannot be edited."""
    return str(message.message_id) if message.is_accessible else ""
