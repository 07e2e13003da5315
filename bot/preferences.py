"""Chat settings: when a chat is told, of what, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from typing import Literal
from zoneinfo import ZoneInfo

from bot.verdicts import Role


class Level(IntEnum):
    """The least level of changes that a chat hears of.

    Small edits too, what people should know, or only what they must know.
    """

    EVERYTHING = 0
    SHOULD_KNOW = 1
    MUST_KNOW = 2


#: The roles that a chat can choose. Moderators are a `Role` too, but cannot be chosen: whoever
#: looks after a community publishes in it, and hears what creators hear.
ROLES = (
    Role.USERS,
    Role.SELLERS,
    Role.ADVERTISERS,
    Role.DEVELOPERS,
    Role.CREATORS,
    Role.BUSINESS,
)
#: Days to search for the next digest: today, a week, and one more for changes of the clocks.
DIGEST_HORIZON_DAYS = 9
#: Private people: the audience of everything that does not name another.
PRIVATE = frozenset({Role.USERS})


#: The days of the week as commands name them; Monday is 0.
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: How often a chat is told.
Mode = Literal["now", "daily", "weekly"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The times at which a chat is told.

    `at` and `quiet` are minutes after midnight in `zone`; `weekday` counts from Monday, 0.
    `small_at_once` sends smaller changes at once, which otherwise wait for the weekly digest.
    `urgent` sends deadlines within two days regardless; `reminders` are days before a deadline;
    `silent` messages make no sound; `full` alerts show as much as there is room for.
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
    """The changes that a chat wants to hear of.

    From which level on, of which topics (empty: all), and for which roles, some of `ROLES`.
    """

    least: Level = Level.SHOULD_KNOW
    topics: frozenset[str] = frozenset()
    roles: frozenset[Role] = PRIVATE


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """The settings of a chat.

    `language` is "" and `regions` are empty if nobody chose any. `mention` is the role that its
    alerts notify; `shared` means that many people read it; `paused` says why it cannot be reached.
    `server` is the id of a channel's server, `manager` a hash of who last changed something there.
    `done` are the controls that were marked done, each as "service/control".
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
    """The next time of the digest. Raises ValueError for a weekday outside 0 to 6.

    Days are counted in the chat's time zone, so both days on which the clocks change have one.
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
        # If the clocks repeat the hour of the end, the second end counts once the first is over.
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

    A time that the clocks skip comes an hour later. Of one that they repeat it is the first, or the
    second with `again`.
    """
    clock = time(minutes // 60, minutes % 60, fold=int(again))
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
