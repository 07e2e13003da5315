"""A request from Telegram, where its answer goes, and what is needed to answer it."""

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
    """A request and where its answer goes: in reply to a message, or in the place of one."""

    request: Request
    to: Address
    #: The message that is answered, or "".
    reply_to: str = ""
    #: The message whose button was pressed and in whose place the answer may stand, or "".
    pressed_on: str = ""


#: Says an answer on the platform.
Tell = Callable[[Asked, Message], Awaitable[None]]
#: Calls the Bot API: (method, parameters) -> its result, or None where it failed.
Call = Callable[[str, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Bot:
    """What updates are answered with; `name` is the bot's user name.

    `read_file` gives the text of a file by its id, "" where it is too large or cannot be read.
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
    """The chat that a message stands in, with its topic."""
    if isinstance(message, TelegramMessage) and message.is_topic_message:
        return chat_address(message.chat.id, message.message_thread_id)
    return chat_address(message.chat.id)


def place_of(message: MaybeInaccessibleMessage) -> str:
    """The message, as one in whose place an answer may stand; "" where it cannot be changed."""
    return str(message.message_id) if message.is_accessible else ""
