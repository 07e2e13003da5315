"""What a command is, and what it may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import N_
from bot.message import Message
from bot.model import Source
from bot.platform import Entry, Parameter, Request
from bot.preferences import ChatSettings
from bot.store import Store


class Section(StrEnum):
    """The headings of /help, in its order; a command's entry names its own."""

    FOLLOW = N_("Follow")
    ACT = N_("Act")
    UNDERSTAND = N_("Understand")
    WHEN_AND_HOW = N_("When and how")
    YOU_AND_THIS_BOT = N_("You and this bot")


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a command may touch; `now` is an argument like any other. No network.

    `contact`, `code` and `pages` are addresses: of who runs this instance, of its source code, and
    of its pages on the web, "" where it has none. `chat` is
    what the chat that asks has chosen, read once a request. `menu` holds the entries of all
    commands. `secrets` of each platform keep people from being known again by who has the
    database alone. `admins` are the people who run this instance, as platform:person.
    """

    store: Store
    known: Catalogue
    names: Names
    now: datetime
    contact: str = ""
    code: str = ""
    pages: str = ""
    sources: tuple[Source, ...] = ()
    chat: ChatSettings = ChatSettings()
    menu: tuple[Entry, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    admins: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        """The day it is, in UTC."""
        return self.now.date()


#: What many commands are typed with.
SERVICE = Parameter("service", N_("Which service, for example linkedin"), kind="service")
REGION = Parameter(
    "region", N_("EU, EEA, UK, Switzerland or a country"), required=False, kind="region"
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command: how menus show it, and the plain function that answers.

    `understands` says whether a line that was typed without a slash and begins with its name is
    this command and no sentence; it takes the rest of the line. `words` are those of its own that
    are typed among services and regions, in small letters. `hidden` says for whom there is no such
    command.
    """

    entry: Entry
    run: Callable[[Request, Context], Message]
    understands: Callable[[str, Request, Context], bool] | None = None
    words: frozenset[str] = frozenset()
    hidden: Callable[[Request, Context], bool] | None = None

    def is_for(self, request: Request, context: Context) -> bool:
        """Whether there is such a command for who asks."""
        return self.hidden is None or not self.hidden(request, context)
