"""Errors of our own while an alert is worded or sent.

They are tried again like an outage, but less and less often.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.runtime.backoff import back_off

#: The wait after the first error.
FIRST = timedelta(seconds=5)
#: The longest wait.
CAP = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Fault:
    """An error of our own, by its type only: its message can hold what somebody wrote.

    `posted`: the alert may have been posted.
    """

    why: str
    posted: bool

    @classmethod
    def of(cls, error: Exception, posted: bool) -> Fault:
        """The fault that an exception is, in words for an operator."""
        return cls(f"our own error: {type(error).__name__}", posted)


def wait(attempts: int) -> timedelta:
    """How long to wait after so many tries (1 or more).

    A race is over in seconds and a bug in days, so each wait is eight times the one before; few
    copies arrive where the error came after the posting.
    """
    return back_off(FIRST, 3 * attempts - 2, CAP)
