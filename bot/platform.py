"""The port that every chat platform implements, and the values that cross it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.message import Message
from bot.model import Address
from bot.outcomes import Notice, Outcome
from bot.rate_limit import Gate


def command_of(typed: str) -> tuple[str, str]:
    """The command of a line that begins with a slash, and the rest of it; "" and a sentence else.

    Clients put a line break or a no-break space behind a command, too.
    """
    if not typed.startswith("/"):
        return "", typed
    command, *behind = typed.removeprefix("/").split(maxsplit=1) or [""]
    return command, "".join(behind)


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a server: its name, and the rights that the bot lacks there to post."""

    address: Address
    name: str
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A command that a person gave: typed, or by a button.

    An empty `command` is a line without a slash, which is in `text`.
    """

    command: str
    #: The rest of the line.
    text: str
    address: Address
    #: Whether the person may change what the chat receives.
    may_manage: bool = True
    #: Whether nobody else reads the chat.
    private: bool = True
    #: Whether other servers can follow the channel.
    announces: bool = False
    #: The language of the person's client, as a code, or "".
    language: str = ""
    #: Whether it came from a button.
    pressed: bool = False
    #: Whether the line is not finished yet.
    typing: bool = False
    #: Whether nobody said it: a page shows what would be answered.
    looks: bool = False
    #: The rights that the bot needs to post there and does not have.
    lacks: tuple[str, ...] = ()
    #: The server that the chat is in, as the platform numbers it, or "".
    server: str = ""
    #: The platform's own number of what was said, where it says it again after a kill; else "".
    number: str = ""
    #: Who asks, as the platform numbers people; "" where that is the chat, or nobody knows.
    person: str = ""
    #: Their own chat with the bot, where that is another one and known.
    home: Address | None = None
    #: Whether the answer is shown to the person who asks and to nobody else.
    unseen: bool = False
    #: Whether it was typed at the machine on which the bot runs.
    local: bool = False
    #: For a command that is about a whole server: its channels.
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """A parameter that somebody is typing; the actions of the answer are what may be meant.

    `kind` is that of the parameter.
    """

    kind: str
    typed: str
    language: str = ""
    #: The chat in which they type, None where that is not known.
    address: Address | None = None
    #: Who types, as the platform numbers people; "" where nobody knows.
    person: str = ""


#: Answers a request; the answer to a notice is said to nobody.
Dispatch = Callable[[Request | Notice | Hint], Awaitable[Message]]


#: The largest file that is read.
FILE_BYTES = 1_000_000
#: What a parameter takes: words, a role, the text of a file, or one of a set of which the bot
#: suggests the nearest. `followed` is a service that the chat follows.
Kind = Literal[
    "text",
    "role",
    "file",
    "service",
    "followed",
    "followed first",
    "region",
    "topic",
    "level",
    "language",
    "day",
    "switch",
    "zone",
    "reminders",
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What follows a command. `kind` tells platforms what they can offer."""

    name: str
    help: str
    required: bool = True
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as menus show it. Texts are English, and translated where they are shown."""

    name: str
    help: str
    parameters: tuple[Parameter, ...] = ()
    #: Whether it changes what the chat receives.
    manages: bool = False
    #: Other names that one can type.
    aliases: tuple[str, ...] = ()
    #: Subcommands, for platforms that have them; elsewhere one types the same line.
    forms: tuple[Entry, ...] = ()
    #: Whether menus show it.
    listed: bool = True
    #: Its place in /help.
    section: str = ""
    #: The platforms that offer it; empty means all.
    platforms: frozenset[str] = frozenset()
    #: Whether it is offered in private chats only.
    private_only: bool = False
    #: Whether a platform gives it by itself when a group takes the bot in.
    greets: bool = False
    #: Whether its text names another chat and a line for that chat, which the platform resolves.
    for_other_chat: bool = False
    #: Whether its answer is posted where alerts go, so that one sees whether they arrive.
    posts: bool = False
    #: Whether its text is that of a file, which somebody sends with it.
    reads_file: bool = False
    #: Whether it is about all channels of a server.
    for_server: bool = False
    #: Whether its answer in a server tells of the server's channels, too.
    lists_places: bool = False
    #: Whether its answer to the name of a service can be posted as a card in any chat.
    card: bool = False
    #: Its label in the menu of somebody's message, whose words become its text; empty: not there.
    message_label: str = ""

    def offered_on(self, platform: str) -> bool:
        """Whether the menus of a platform show it."""
        if not self.listed:
            return False
        return not self.platforms or platform in self.platforms


#: A message as the platform takes it, made once for many chats.
Body = dict[str, Any]


class Platform(Protocol):
    """A platform, which serves one bot token within its limits."""

    name: str
    gate: Gate
    #: Whether a key makes a second try of a message harmless.
    keyed: bool

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        """Connect, and answer people until it is stopped; without `dispatch` only send.

        Raises PlatformError, or an error of the platform's library, when the platform is lost.
        """
        ...

    @property
    def ready(self) -> bool:
        """Whether sending can succeed now."""
        ...

    @property
    def reached(self) -> bool:
        """Whether the platform answered when it was last asked."""
        ...

    def body(self, message: Message, plain: bool = False, shared: bool = False) -> Body:
        """A message within the platform's limits.

        `plain` is without any markup, `shared` for a chat of many people.
        """
        ...

    def invitation(self, line: str) -> str:
        """A link by which somebody begins to talk to the bot, and says a line there if it can be.

        "" where it is not known yet, or there is no such link.
        """
        ...

    async def send(
        self,
        address: Address,
        body: Body,
        key: str,
        reply_to: str = "",
        look: datetime | None = None,
    ) -> Outcome:
        """Send once, without retrying; `key` is the same for every try of the same message.

        `look`: an earlier try may have been posted from then on, and so long ago that the platform
        forgot its key. Raises nothing: whatever goes wrong is an outcome.
        """
        ...

    async def edit(self, address: Address, message_id: str, body: Body) -> Outcome:
        """Put a message in the place of one that was posted; nobody is called for it.

        Refused, Gone or Unknown where it cannot be changed any more. Raises nothing.
        """
        ...

    async def publish(self, address: Address, message_id: str) -> Outcome:
        """Hand a message that was posted in a channel on to those who follow it."""
        ...
