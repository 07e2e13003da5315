"""The port that every chat platform implements, and the values that cross it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.model import Address


@dataclass(frozen=True, slots=True)
class Span:
    """A run of plain text; platforms escape it. `url` makes it a link, `style` is bold, strike or nothing."""

    text: str
    style: str = ""
    url: str = ""


#: Addresses that a message may link: web addresses without anything that a platform could stumble over.
LINKABLE = re.compile(r"https?://[^\s\x00-\x20\x7f-\xa0<>\"'`\\^{}|]{1,2000}")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a message. `kind` is title, text, quote, steps or note.

    `lines` are paragraphs, or the steps of a numbered list. What has a high `weight` is shortened
    last; what has `KEEP` is never shortened: the opt-out step, the link and the way out.
    """

    kind: str
    lines: tuple[tuple[Span, ...], ...]
    weight: int = 1

    def __len__(self) -> int:
        return sum(len(span.text) for line in self.lines for span in line)


KEEP = 100


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a command line, so that pressing is typing, or a link to open."""

    label: str
    command: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Platform-neutral words. `private` answers are for the asker's eyes only, where that exists; `quiet`
    messages make no sound."""

    blocks: tuple[Block, ...]
    actions: tuple[Action, ...] = ()
    private: bool = True
    quiet: bool = False

    @property
    def text(self) -> str:
        return "\n".join("".join(span.text for span in line) for b in self.blocks for line in b.lines)


@dataclass(frozen=True, slots=True)
class Request:
    """A person said something: the command, the rest of the line, who may do what, and where."""

    command: str
    text: str
    address: Address
    may_manage: bool = True
    private: bool = True


@dataclass(frozen=True, slots=True)
class Sent:
    message_id: str


@dataclass(frozen=True, slots=True)
class Later:
    """Try again; `wait` is what the platform asked for, or None to let the outbox decide."""

    wait: timedelta | None
    why: str


@dataclass(frozen=True, slots=True)
class Moved:
    to: Address


@dataclass(frozen=True, slots=True)
class Gone:
    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform says that our message is wrong: our bug, kept for inspection."""

    why: str


Outcome = Sent | Later | Moved | Gone | Refused
Dispatch = Callable[[Request], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    help: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as a menu shows it. `manages` marks those that change what the chat receives."""

    name: str
    help: str
    parameters: tuple[Parameter, ...] = ()
    manages: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform takes: characters of a whole message, bytes of a button's command, buttons,
    and its pace in messages a second."""

    length: int
    command_bytes: int
    buttons: int
    per_second: float


class Chat(Protocol):
    """A platform. `run` returns only when it is stopped, and raises when the platform is lost."""

    platform: str
    limits: Limits

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch) -> None: ...

    async def send(self, address: Address, message: Message, key: str) -> Outcome:
        """Send once, without retrying; `key` is the same for every try of the same alert."""
        ...

    @property
    def ready(self) -> bool:
        """Whether sending can succeed now."""
        ...
