"""Handling bugs of our own: what fails three times is put aside, and tried after a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.runtime.backoff import back_off

#: How often something that triggers a bug of ours is tried.
TRIES = 3
#: The wait after the first error, and the longest.
FIRST = timedelta(seconds=5)
CAP = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Fault:
    """A bug of our own, by the exception's type only: its message can contain somebody's words.

    `posted`: the alert may have been posted.
    """

    why: str
    posted: bool

    @classmethod
    def of(cls, error: Exception, posted: bool) -> Fault:
        """The fault for an exception, in words for an operator."""
        return cls(f"our own error: {type(error).__name__}", posted)


def wait(attempts: int) -> timedelta:
    """How long to wait after so many tries (1 or more).

    A race is over in seconds, a bug only with another version, so each wait is eight times the one
    before; and few duplicates arrive if the error came after the posting.
    """
    return back_off(FIRST, 3 * attempts - 2, CAP)
