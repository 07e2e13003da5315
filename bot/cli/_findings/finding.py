"""The findings of `smallprint check`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """The level of a finding. A warning does not stop the bot from working."""

    WELL = "well"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding: its level, what was checked, what was found, and what to do."""

    level: Level
    what: str
    words: str
    todo: str = ""


def well(what: str, words: str) -> Finding:
    """A finding that needs no action."""
    return Finding(Level.WELL, what, words)


def warning(what: str, words: str, todo: str) -> Finding:
    """A finding that somebody should look at, although the bot works."""
    return Finding(Level.WARNING, what, words, todo)


def bad(what: str, words: str, todo: str) -> Finding:
    """A finding of something that does not work."""
    return Finding(Level.BAD, what, words, todo)


@dataclass(slots=True)
class Seen:
    """Observations about the network: how many servers answered, and their clocks.

    `offsets` are the seconds by which our clock is ahead of theirs.
    """

    answers: int = 0
    offsets: list[float] = field(default_factory=list)

    def answer(self, date: datetime | None, now: datetime) -> None:
        """Record that a server answered, and its clock, which has a resolution of one second."""
        self.answers += 1
        if date is not None:
            self.offsets.append((now - date).total_seconds() - 0.5)
