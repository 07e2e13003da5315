"""How a chat wants to be told: when, of what, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from typing import Literal
from zoneinfo import ZoneInfo

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
#: Days in which even a weekly digest has its moment: today, a week, and one for changes of clocks.
DIGEST_HORIZON_DAYS = 9
#: Private people: whom everything is for that does not say otherwise.
PRIVATE = frozenset({Role.USERS})


#: The days of the week as commands name them; Monday is 0.
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: How often one is told.
Mode = Literal["now", "daily", "weekly"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a chat wants to be told.

    `at` and `quiet` are minutes after midnight in `zone`; `weekday` counts from Monday, 0.
    `small_at_once` is for changes that matter less, which else wait for a week's message.
    `urgent` lets a deadline within two days through; `reminders` are days before a deadline;
    `silent` messages make no sound; `full` alerts show all that there is room for.
    """

    mode: Mode = "now"
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
    reached. `server` is where a channel is, `manager` a sum of who last changed something there.
    `done` are the controls of services that were marked done, each as "service/control".
    """

    language: str = ""
    shared: bool = False
    mention: str = ""
    interests: Interests = Interests()
    schedule: Schedule = Schedule()
    regions: frozenset[str] = frozenset()
    paused: str | None = None
    server: str = ""
    manager: str = ""
    done: frozenset[str] = frozenset()


def next_digest(schedule: Schedule, now: datetime) -> datetime:
    """The next moment of the digest. Raises ValueError for a weekday that no week has.

    Days are counted on the chat's own calendar, so both days on which the clocks change have one.
    """
    today = now.astimezone(ZoneInfo(schedule.zone)).date()
    for ahead in range(DIGEST_HORIZON_DAYS):
        day = today + timedelta(days=ahead)
        if schedule.mode != "daily" and day.weekday() != schedule.weekday:
            continue
        moment = at(day, schedule.at, schedule.zone)
        if moment > now:
            return moment
    raise ValueError(f"no week has a day {schedule.weekday}")


def quiet_until(schedule: Schedule, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in, or None."""
    if schedule.quiet is None:
        return None
    start, end = schedule.quiet
    local = now.astimezone(ZoneInfo(schedule.zone))
    if not _is_between(local.hour * 60 + local.minute, start, end):
        return None
    for ahead in range(2):
        day = local.date() + timedelta(days=ahead)
        # Where the clocks repeat the hour of the end, the second end counts if the first is over.
        for moment in (at(day, end, schedule.zone), at(day, end, schedule.zone, again=True)):
            if moment > now:
                return moment
    return None


def _is_between(minute: int, start: int, end: int) -> bool:
    """Whether a minute of the day is in a span, which may run over midnight or be empty."""
    if start == end:
        return False
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end


def at(day: date, minutes: int, zone: str, again: bool = False) -> datetime:
    """A time of day (minutes after midnight in a zone) as a moment in UTC.

    One that the clocks skip comes an hour later; of one that they repeat the first, or the second
    where it is asked for `again`.
    """
    clock = time(minutes // 60, minutes % 60, fold=int(again))
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
