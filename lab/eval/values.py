"""The judges' own values for a chat, a story and a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

#: The key of `Settings.muted` for everything at once.
EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Timing:
    """When a chat wants to be told; `at` and `quiet` are minutes after midnight in `zone`."""

    mode: str
    at: int
    weekday: int
    quiet: tuple[int, int] | None
    zone: str
    urgent: bool
    silent: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a chat.

    `followed` maps services to the regions they are followed for, `muted` services (or EVERYTHING)
    to the end of the mute; `exists` says whether anything of the chat is stored at all.
    """

    followed: dict[str, frozenset[str]]
    regions: frozenset[str]
    timing: Timing
    muted: dict[str, datetime]
    topics: frozenset[str]
    threshold: str
    language: str
    exists: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A published story, with the values that a case can expect of its newest change."""

    title: str
    link: str
    services: tuple[str, ...]
    area: tuple[str, ...] | None
    effective: date | None
    recorded: datetime
    excerpts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a source: its last error ("" for none), and when it is polled next."""

    error: str
    next_look: datetime
