"""How a chat wants to be told: when, of what, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal

from bot.verdicts import Role


class Level(IntEnum):
    """From which weight on a chat hears of changes.

    Small edits too, what one should know, or only what one must know.
    """

    EVERYTHING = 0
    SHOULD_KNOW = 1
    MUST_KNOW = 2


#: The capacities among which a chat chooses. Who moderates is a `Role` too, but none of these:
#: whoever looks after a community publishes in it, and hears what creators hear.
ROLES = (
    Role.USERS,
    Role.SELLERS,
    Role.ADVERTISERS,
    Role.DEVELOPERS,
    Role.CREATORS,
    Role.BUSINESS,
)
#: Private people: whom everything is for that does not say otherwise.
PRIVATE = frozenset({Role.USERS})


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a chat wants to be told.

    `at` and `quiet` are minutes after midnight in `zone`; `weekday` counts from Monday, 0.
    `small_at_once` is for changes that matter less, which else wait for a week's message.
    `urgent` lets a deadline within two days through; `reminders` are days before a deadline;
    `silent` messages make no sound; `full` alerts show all that there is room for.
    """

    mode: Literal["now", "daily", "weekly"] = "now"
    at: int = 9 * 60
    weekday: int = 0
    quiet: tuple[int, int] | None = None
    zone: str = "Europe/Brussels"
    small_at_once: bool = False
    urgent: bool = False
    muted_until: datetime | None = None
    reminders: tuple[int, ...] = (7, 1, 0)
    silent: bool = False
    full: bool = False


@dataclass(frozen=True, slots=True)
class Interests:
    """What a chat wants to hear of.

    From which level on, of which topics (none: of all), and in which capacities, some of `ROLES`.
    """

    least: Level = Level.SHOULD_KNOW
    topics: frozenset[str] = frozenset()
    roles: frozenset[Role] = PRIVATE


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """The settings of a chat.

    `language` is "" where nobody chose one, `regions` are empty likewise; `mention` is the role
    that its alerts call; `shared` means that many people read it; `paused` says why it cannot be
    reached.
    """

    language: str = ""
    shared: bool = False
    mention: str = ""
    interests: Interests = Interests()
    schedule: Schedule = Schedule()
    regions: frozenset[str] = frozenset()
    paused: str | None = None
