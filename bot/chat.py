"""The port that every chat platform implements, and the values that cross it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from bot.gate import Gate
from bot.model import Address


@dataclass(frozen=True, slots=True)
class Span:
    """A run of plain text; platforms escape it. `url` makes it a link, `style` is bold, strike or nothing. `when` is
    the day that the text names, for platforms that show it on the reader's own calendar."""

    text: str
    style: str = ""
    url: str = ""
    when: datetime | None = None


#: Addresses that a message may link: web addresses without anything that a platform could stumble over.
LINKABLE = re.compile(r"https?://[^\s\x00-\x20\x7f-\xa0<>\"'`\\^{}|]{1,2000}")


#: Marks that turn the direction of what follows; a feed could hide words behind them.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a command line, so that pressing is typing, or a link to open. In a group the answer to a `personal`
    one is for the person who pressed it, in private. One to `share` hands the command on to others as a link, where the
    platform has such links; elsewhere it is left out."""

    label: str
    command: str = ""
    url: str = ""
    personal: bool = False
    share: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """One choice out of many; each option is a command line."""

    label: str
    options: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class File:
    """Something to keep, or, with `alt`, a picture: its words for people who do not see it."""

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a message. `kind` is title, text, quote, steps, list, note or copy: words to be copied as they are.

    `lines` are paragraphs, or the steps of a numbered list. What has a high `weight` is shortened
    last; what has `KEEP` is never shortened: the opt-out step, the link and the way out. `action` is the button that
    belongs to this piece.
    """

    kind: str
    lines: tuple[tuple[Span, ...], ...]
    weight: int = 1
    action: Action | None = None

    def __len__(self) -> int:
        return sum(len(span.text) for line in self.lines for span in line)


KEEP = 100


@dataclass(frozen=True, slots=True)
class Message:
    """Platform-neutral words. `private` answers are for the asker's eyes only, where that exists; `quiet` messages make
    no sound. One that is `in_place` takes the place of the message whose button was pressed. `mention` is the one
    role that may be called; nobody else ever is."""

    blocks: tuple[Block, ...]
    actions: tuple[Action, ...] = ()
    private: bool = True
    quiet: bool = False
    menu: Menu | None = None
    in_place: bool = False
    file: File | None = None
    mention: str = ""

    @property
    def text(self) -> str:
        return "\n".join("".join(span.text for span in line) for b in self.blocks for line in b.lines)

    @property
    def buttons(self) -> tuple[Action, ...]:
        """All buttons, in the order of the words they belong to."""
        return (*(block.action for block in self.blocks if block.action), *self.actions)


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
    subcommands, for platforms that have them; elsewhere one types the same line.
    """

    name: str
    help: str
    parameters: tuple[Parameter, ...] = ()
    manages: bool = False
    aliases: tuple[str, ...] = ()
    forms: tuple[Entry, ...] = ()
    listed: bool = True


#: A message as the platform takes it, made once for many chats.
Body = dict[str, Any]


class Chat(Protocol):
    """A platform, which serves one bot token and keeps its pace."""

    platform: str
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

    async def send(self, address: Address, body: Body, key: str, reply_to: str = "", look: bool = False) -> Outcome:
        """Send once, without retrying; `key` is the same for every try of the same message.

        `look`: an earlier try may have been posted, and so long ago that the platform forgot its key.
        """
        ...

    async def publish(self, address: Address, message_id: str) -> Outcome:
        """Hand a message that was posted in a channel on to those who follow it."""
        ...
