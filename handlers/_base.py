"""The Command class, and the Context that commands may use."""

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
    """The headings of /help, in order; a command's entry names its own."""

    FOLLOW = N_("Follow")
    ACT = N_("Act")
    UNDERSTAND = N_("Understand")
    WHEN_AND_HOW = N_("When and how")
    YOU_AND_THIS_BOT = N_("You and this bot")


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a command may use; `now` is an argument like any other. No network.

    `contact`, `code` and `pages` are the addresses of this instance's operator, source code and web
    pages, "" if it has none. `chat` holds the settings of the asking chat, read once per request.
    `menu` holds the entries of all commands. `secrets`, by platform, key the hashes of people's
    ids, so that the database alone does not identify them. `admins` are the operators of this
    instance, as platform:person.
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
        """Today's date in UTC."""
        return self.now.date()


#: Parameters of many commands.
SERVICE = Parameter("service", N_("Which service, for example linkedin"), kind="service")
REGION = Parameter(
    "region", N_("EU, EEA, UK, Switzerland or a country"), required=False, kind="region"
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its menu entry, and the plain function that answers.

    `understands` says whether a line typed without a slash that begins with its name is this
    command rather than a sentence; it takes the rest of the line. `words` are its own words among
    services and regions, in lower case. `hidden` says for which requests the command does not
    exist.
    """

    entry: Entry
    run: Callable[[Request, Context], Message]
    understands: Callable[[str, Request, Context], bool] | None = None
    words: frozenset[str] = frozenset()
    hidden: Callable[[Request, Context], bool] | None = None

    def is_for(self, request: Request, context: Context) -> bool:
        """Whether the command exists for a request."""
        return self.hidden is None or not self.hidden(request, context)
