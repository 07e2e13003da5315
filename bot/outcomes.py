"""What came of a try to tell a chat, and what a platform says of chats unasked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.locales import N_
from bot.model import Address

#: Why chats are not told whose people removed us.
REMOVED = N_("the bot was removed or blocked")


#: Where so much, and more than this share of it, is lost at once, nobody believes it.
MANY = 5
SHARE = 0.2


def are_too_many(lost: int, of: int) -> bool:
    """Whether so much is lost at once that a platform is rather wrong than right about it."""
    return lost >= MANY and lost > SHARE * of


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took the message, and calls it `message_id`."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Later:
    """The message was not taken now, and may be tried again."""

    #: What the platform asked for, or None to let the outbox decide.
    wait: timedelta | None
    why: str
    #: True: it was not posted. False: it may have been, and only the answer was lost.
    certain: bool = True
    #: Whether the platform means all messages, not only this chat's.
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has another address now."""

    to: Address


@dataclass(frozen=True, slots=True)
class Gone:
    """The chat cannot be reached: it was closed, or a right is missing.

    `left`: somebody blocked or removed us, and it is no use to try again.
    """

    why: str
    left: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """Chats can be reached again: we were let in, or got the right to post."""


@dataclass(frozen=True, slots=True)
class OnlyIn:
    """The servers of a platform in which we are, by their numbers; we left all others."""

    platform: str
    servers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform says that our message is wrong, which is our bug.

    It is said once more in plain text, then kept for inspection.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A refusal that we do not know: tried again; when many are alike, somebody must look."""

    why: str


Outcome = Sent | Later | Moved | Gone | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Notice:
    """What the platform says, unasked, of some chats.

    That they moved, that we are no longer in them, or that we are back; or in which servers we are.
    """

    addresses: tuple[Address, ...]
    outcome: Moved | Gone | Back | OnlyIn
    #: A server by its platform and its number there: all of its chats are meant where we are no
    #: longer in it, else it is where the chats are. None for none.
    server: tuple[str, str] | None = None
