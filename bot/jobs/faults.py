"""Errors of our own while an alert is worded or sent: they are tried again like an outage, but less and less often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.backoff import back_off

FIRST = timedelta(seconds=5)
CAP = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, by its type only: a message can hold what somebody wrote. `posted`: the alert may have been."""

    why: str
    posted: bool

    @classmethod
    def of(cls, error: Exception, posted: bool) -> Fault:
        return cls(f"our own error: {type(error).__name__}", posted)


def wait(attempts: int) -> timedelta:
    """How long after so many tries (1 or more). A race is over in seconds and a bug in days, so each wait is eight
    times the one before; few copies arrive where the error came after the posting."""
    return back_off(FIRST, 3 * attempts - 2, CAP)
