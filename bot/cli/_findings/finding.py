"""What `smallprint check` finds: how it is, what was looked at, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """How it is. A warning does not keep the bot from its work."""

    WELL = "well"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: how it is, what was looked at, what was found, and what to do."""

    level: Level
    what: str
    words: str
    todo: str = ""


def well(what: str, words: str) -> Finding:
    """There is nothing to do."""
    return Finding(Level.WELL, what, words)


def warning(what: str, words: str, todo: str) -> Finding:
    """It works, but somebody should look at it."""
    return Finding(Level.WARNING, what, words, todo)


def bad(what: str, words: str, todo: str) -> Finding:
    """It does not work."""
    return Finding(Level.BAD, what, words, todo)


@dataclass(slots=True)
class Seen:
    """What servers outside showed beside their answers: that there is a way to them, and the time.

    `offsets` are the seconds by which our clock is ahead of theirs.
    """

    answers: int = 0
    offsets: list[float] = field(default_factory=list)

    def answer(self, date: datetime | None, now: datetime) -> None:
        """Note that a server answered, and what its clock said, to a second."""
        self.answers += 1
        if date is not None:
            self.offsets.append((now - date).total_seconds() - 0.5)
