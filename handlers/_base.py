"""What a command is, and what it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.model import Source
from bot.platform import Entry, Request
from bot.preferences import ChatSettings
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a command may touch; `now` is an argument like any other. No network.

    `contact` and `code` are addresses: of who runs this instance, and of its source code. `chat` is what the chat that
    asks has chosen, read once a request.
    """

    store: Store
    known: Catalogue
    names: Names
    now: datetime
    contact: str = ""
    code: str = ""
    sources: tuple[Source, ...] = ()
    chat: ChatSettings = ChatSettings()

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Command:
    """A command: how menus show it, and the plain function that answers."""

    entry: Entry
    run: Callable[[Request, Context], Message]
