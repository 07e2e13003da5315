"""The interface that every chat platform implements, and the values that cross it."""

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
    """Split a line into the command after its slash, or "" if it has none, and the rest.

    Some clients put a line break or a no-break space after a command.
    """
    if not typed.startswith("/"):
        return "", typed
    command, *behind = typed.removeprefix("/").split(maxsplit=1) or [""]
    return command, "".join(behind)


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a server: its name, and the rights that the bot lacks to post there."""

    address: Address
    name: str
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A request by a person: a typed command, a pressed button or a sentence.

    An empty `command` is a line without a slash; the line is in `text`.
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
    #: Whether nobody asked: a web page previews the answer.
    looks: bool = False
    #: The rights that the bot needs to post there and does not have.
    lacks: tuple[str, ...] = ()
    #: The platform's id of the server that the chat is in, or "".
    server: str = ""
    #: The platform's id of the update, if it repeats updates after a crash; otherwise "".
    number: str = ""
    #: The platform's id of the person who asks; "" if that is the chat, or is unknown.
    person: str = ""
    #: The person's private chat with the bot, if it is another chat and known.
    home: Address | None = None
    #: Whether the answer is shown only to the person who asks.
    unseen: bool = False
    #: Whether it was typed on the machine that runs the bot.
    local: bool = False
    #: For a command that is about a whole server: its channels.
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """A request for suggestions for a parameter that somebody is typing.

    The actions of the answer are the suggestions. `kind` is the parameter's kind.
    """

    kind: str
    typed: str
    language: str = ""
    #: The chat in which they type, or None if unknown.
    address: Address | None = None
    #: The platform's id of the person who types; "" if unknown.
    person: str = ""


#: Answers a request; the answer to a notice is not sent to anybody.
Dispatch = Callable[[Request | Notice | Hint], Awaitable[Message]]


#: The largest file that is read, in bytes.
FILE_BYTES = 1_000_000
#: What a parameter takes: words, a role, the text of a file, or one value of a set, of which the
#: bot suggests the best matches. `followed` is a service that the chat follows.
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
    """A parameter of a command. `kind` tells platforms what they can offer."""

    name: str
    help: str
    required: bool = True
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as menus show it. Its texts are English, and translated when they are shown."""

    name: str
    help: str
    parameters: tuple[Parameter, ...] = ()
    #: Whether it changes what the chat receives.
    manages: bool = False
    #: Other names under which it can be typed.
    aliases: tuple[str, ...] = ()
    #: Subcommands, for platforms that have them; on others people type the same line.
    forms: tuple[Entry, ...] = ()
    #: Whether menus show it.
    listed: bool = True
    #: Its place in /help.
    section: str = ""
    #: The platforms that offer it; empty means all.
    platforms: frozenset[str] = frozenset()
    #: Whether it is offered in private chats only.
    private_only: bool = False
    #: Whether a platform sends it of its own accord when a group adds the bot.
    greets: bool = False
    #: Whether its text names another chat and a line for that chat, which the platform resolves.
    for_other_chat: bool = False
    #: Whether its answer is posted where alerts go, to show whether they arrive.
    posts: bool = False
    #: Whether its text is the content of a file that is attached to it.
    reads_file: bool = False
    #: Whether it is about all channels of a server.
    for_server: bool = False
    #: Whether its answer in a server tells of the server's channels, too.
    lists_places: bool = False
    #: Whether its answer to the name of a service can be posted as a card in any chat.
    card: bool = False
    #: Its label in the context menu of a message, whose words become its text; "" for no label.
    message_label: str = ""

    def offered_on(self, platform: str) -> bool:
        """Whether the menus of a platform show it."""
        if not self.listed:
            return False
        return not self.platforms or platform in self.platforms


#: A message in the platform's own format, made once for many chats.
Body = dict[str, Any]


class Platform(Protocol):
    """A chat platform, which serves one bot token within the platform's limits."""

    name: str
    gate: Gate
    #: Whether the platform recognises a message's key, so that sending it twice is harmless.
    keyed: bool

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        """Connect, and answer people until stopped; without `dispatch`, only send.

        Raises PlatformError, or an error of the platform's library, when the platform is lost.
        """
        ...

    @property
    def ready(self) -> bool:
        """Whether the platform can send now."""
        ...

    @property
    def reached(self) -> bool:
        """Whether the platform answered the last request."""
        ...

    def body(self, message: Message, plain: bool = False, shared: bool = False) -> Body:
        """Render a message within the platform's limits.

        `plain` is without any markup; `shared` is for a chat of many people.
        """
        ...

    def invitation(self, line: str) -> str:
        """A link that opens a chat with the bot and, where possible, says `line` there.

        "" if it is not known yet, or if the platform has no such link.
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

        `look` is set if an earlier try may have been posted, at that time or later, and the
        platform has forgotten its key since. Raises nothing: every failure is an outcome.
        """
        ...

    async def edit(self, address: Address, message_id: str, body: Body) -> Outcome:
        """Replace a posted message; nobody is notified of it.

        Refused, Gone or Unknown if it can no longer be edited. Raises nothing.
        """
        ...

    async def publish(self, address: Address, message_id: str) -> Outcome:
        """Publish a message that was posted in a channel to the channel's followers."""
        ...
