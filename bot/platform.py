"""The port that every chat platform implements, and the values that cross it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

from bot.message import Message
from bot.model import Address
from bot.rate_limit import Gate


@dataclass(frozen=True, slots=True)
class Request:
    """A person said something: the command, the rest of the line, who may do what, and where.

    `private`: nobody else reads the chat. `announces`: other servers can follow the channel. `language` is that of the
    person's client; `pressed` tells a button from a typed line, `typing` a line that is not finished yet; `lacks` are the
    rights that the bot would need to post there and does not have.
    """

    command: str
    text: str
    address: Address
    may_manage: bool = True
    private: bool = True
    announces: bool = False
    language: str = ""
    pressed: bool = False
    typing: bool = False
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """Somebody is typing a parameter of a kind; the actions of the answer are what may be meant."""

    kind: str
    typed: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    message_id: str


@dataclass(frozen=True, slots=True)
class Later:
    """Try again; `wait` is what the platform asked for, or None to let the outbox decide.

    `certain`: it was not posted; else it may have been, and only the answer was lost. `everyone`: the platform
    means all messages, not this chat's.
    """

    wait: timedelta | None
    why: str
    certain: bool = True
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    to: Address


@dataclass(frozen=True, slots=True)
class Gone:
    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform says that our message is wrong: our bug. Said once more in plain text, then kept for inspection."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A refusal that we do not know: tried again; when many are alike, somebody must look."""

    why: str


Outcome = Sent | Later | Moved | Gone | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Notice:
    """The platform says, unasked, that a chat moved, or that we are no longer in it."""

    address: Address
    outcome: Moved | Gone


#: Answers a request; the answer to a notice is said to nobody.
Dispatch = Callable[[Request | Notice | Hint], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What follows a command. `kind` tells platforms what they can offer."""

    name: str
    help: str
    required: bool = True
    kind: Literal["text", "service", "region", "role"] = "text"


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as a menu shows it; texts are English and translated where they are shown.

    `manages` marks those that change what the chat receives, `listed` those that menus show. `forms` are its
    subcommands, for platforms that have them; elsewhere one types the same line. `section` is its place in /help;
    only `platforms` offer it, where there are any; one that is `private_only` is offered in private chats.
    """

    name: str
    help: str
    parameters: tuple[Parameter, ...] = ()
    manages: bool = False
    aliases: tuple[str, ...] = ()
    forms: tuple[Entry, ...] = ()
    listed: bool = True
    section: str = ""
    platforms: frozenset[str] = frozenset()
    private_only: bool = False


#: A message as the platform takes it, made once for many chats.
Body = dict[str, Any]


class Platform(Protocol):
    """A platform, which serves one bot token within its limits."""

    name: str
    gate: Gate
    #: Whether a key makes a second try of a message harmless.
    keyed: bool

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        """Connect, and answer people until it is stopped; without `dispatch` only send. Raises when the platform is lost."""
        ...

    @property
    def ready(self) -> bool:
        """Whether sending can succeed now."""
        ...

    def body(self, message: Message, plain: bool = False, shared: bool = False) -> Body:
        """A message within the platform's limits; `plain` is without any markup, `shared` for a chat of many people."""
        ...

    async def send(
        self, address: Address, body: Body, key: str, reply_to: str = "", look: bool = False
    ) -> Outcome:
        """Send once, without retrying; `key` is the same for every try of the same message.

        `look`: an earlier try may have been posted, and so long ago that the platform forgot its key.
        """
        ...

    async def publish(self, address: Address, message_id: str) -> Outcome:
        """Hand a message that was posted in a channel on to those who follow it."""
        ...
