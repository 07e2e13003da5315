"""Outcomes of sending a message, and notices that a platform sends about chats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.locales import N_
from bot.model import Address

#: Why a chat that removed or blocked the bot is not told.
REMOVED = N_("the bot was removed or blocked")


#: A loss of at least MANY at once, and of more than SHARE of all, is not believed.
MANY = 5
SHARE = 0.2


def are_too_many(lost: int, of: int) -> bool:
    """Whether so many are lost at once that the platform is more likely wrong than right."""
    return lost >= MANY and lost > SHARE * of


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform accepted the message and gave it the id `message_id`."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Later:
    """The message was not accepted now, and may be tried again."""

    #: How long the platform asked to wait, or None to let the outbox decide.
    wait: timedelta | None
    why: str
    #: True: it was not posted. False: it may have been, and only the answer was lost.
    certain: bool = True
    #: Whether to wait with all messages of the token, not only this chat's.
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has another address now."""

    to: Address


@dataclass(frozen=True, slots=True)
class Gone:
    """The chat cannot be reached: it was closed, or the bot lacks a right.

    `left` means that somebody blocked or removed the bot, so that trying again is pointless.
    """

    why: str
    left: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """Chats can be reached again: the bot was let in, or was given the right to post."""


@dataclass(frozen=True, slots=True)
class OnlyIn:
    """The ids of the servers of a platform that the bot is in; it has left all others."""

    platform: str
    servers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform rejected the message as malformed, which is a bug of ours.

    It is sent once more as plain text, then kept for inspection.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unrecognised refusal: it is tried again; if there are many alike, somebody must look."""

    why: str


Outcome = Sent | Later | Moved | Gone | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that the platform sends about some chats.

    They moved, the bot is no longer in them or is back in them; or which servers the bot is in.
    """

    addresses: tuple[Address, ...]
    outcome: Moved | Gone | Back | OnlyIn
    #: A server as (platform, id), or None. If the bot is no longer in it, all of its chats are
    #: meant; otherwise it is the server that the chats are in.
    server: tuple[str, str] | None = None
