"""When a chat may be told: digests, quiet hours, mutes. They gather and delay, and lose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.preferences import Schedule
from bot.states import Part, PartKind
from bot.verdicts import HeldFor

DAY = timedelta(days=1)
#: A deadline this near is urgent, and stays so until its day is over.
URGENT = timedelta(hours=48)
#: More alerts than this that wait for one chat become one message.
GATHER = 3
#: Alerts of one gathered message; more wait for the next.
MOST = 100
#: What a chat with a digest waits for, by the mode of its schedule.
DIGESTS = {"daily": HeldFor.DAILY_DIGEST, "weekly": HeldFor.WEEKLY_DIGEST}
#: Reminders come at this time of day, in minutes after midnight.
REMIND_AT = 9 * 60
#: Days in which even a weekly digest has its moment: today, a week, and one for changes of clocks.
DIGEST_HORIZON_DAYS = 9


@dataclass(frozen=True, slots=True)
class Waiting:
    """An outbox row that is due.

    `held` says that it was put aside before; `bundle` is the message with which it was tried
    before, None where it never was.
    """

    id: int
    story: int = 0
    part: Part = Part()
    deadline: datetime | None = None
    held: bool = False
    bundle: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the rows of one chat, by their ids.

    `send` are those to send now as one message, `hold` those to put aside (until when, and why),
    `drop` reminders that are of no use any more.
    """

    send: tuple[int, ...]
    hold: dict[int, tuple[datetime, HeldFor]] = field(default_factory=dict)
    drop: tuple[int, ...] = ()


def plan(waiting: Sequence[Waiting], schedule: Schedule, now: datetime) -> Plan:
    """What to do with the rows that are due for one chat, oldest first.

    A message that was tried once is tried again with the same rows, so that its key still names
    the same words.
    """
    alone = _tried_first(waiting) or _publishing(waiting)
    if alone:
        return Plan(alone)
    drop = _of_no_use(waiting, now)
    ready: list[int] = []
    hold: dict[int, tuple[datetime, HeldFor]] = {}
    for row in waiting:
        if row.id in drop:
            continue
        until, why = opens(row, schedule, now)
        if why and until > now:
            hold[row.id] = until, why
        else:
            ready.append(row.id)
    together = ready[: _most(len(ready), schedule)]
    return Plan(tuple(together), hold, tuple(drop))


def _most(ready: int, schedule: Schedule) -> int:
    """How many of the rows that are ready go into one message."""
    if schedule.mode == "now" and ready <= GATHER:
        return 1
    return MOST


def _tried_first(waiting: Sequence[Waiting]) -> tuple[int, ...]:
    """The rows of the oldest message that was tried before; empty where there is none."""
    bundles: dict[int, list[int]] = {}
    for row in waiting:
        if row.bundle is not None:
            bundles.setdefault(row.bundle, []).append(row.id)
    return tuple(bundles[min(bundles)]) if bundles else ()


def _publishing(waiting: Sequence[Waiting]) -> tuple[int, ...]:
    """The first row that hands a posted message on; empty where there is none."""
    for row in waiting:
        if row.part.kind is PartKind.PUBLISHING:
            return (row.id,)
    return ()


def _of_no_use(waiting: Sequence[Waiting], now: datetime) -> set[int]:
    """Reminders after their day, and those that a later one of the same story has overtaken."""
    reminders = [row for row in waiting if row.part.is_reminder]
    newest: dict[int, Waiting] = {}
    for row in sorted(reminders, key=_days_left, reverse=True):
        newest[row.story] = row
    useless: set[int] = set()
    for row in reminders:
        is_late = row.deadline is not None and now >= row.deadline + DAY
        if is_late or row is not newest[row.story]:
            useless.add(row.id)
    return useless


def _days_left(row: Waiting) -> int:
    return row.part.days


def opens(row: Waiting, schedule: Schedule, now: datetime) -> tuple[datetime, HeldFor | None]:
    """The first moment at which a row may be sent, and what it waits for (None: nothing)."""
    if schedule.urgent and is_urgent(row.deadline, now):
        return now, None
    until, why = _scheduled(row, schedule, now)
    if schedule.urgent and row.deadline:
        until = max(now, min(until, row.deadline - URGENT))
    return until, why


def _scheduled(row: Waiting, schedule: Schedule, now: datetime) -> tuple[datetime, HeldFor | None]:
    """The same where nothing is urgent: after the mute, with the digest, not in quiet hours."""
    until: datetime = now
    why: HeldFor | None = None
    if schedule.muted_until and schedule.muted_until > until:
        until, why = schedule.muted_until, HeldFor.MUTE
    if _is_for_the_digest(row, schedule):
        digest = next_digest(schedule, now)
        if digest > until:
            until, why = digest, DIGESTS[schedule.mode]
    quiet_end = quiet_until(schedule, until)
    if quiet_end:
        until, why = quiet_end, HeldFor.QUIET_HOURS
    return until, why


def _is_for_the_digest(row: Waiting, schedule: Schedule) -> bool:
    """Whether a row waits for a digest; what waited for one before does not, nor do reminders."""
    return schedule.mode != "now" and not row.held and not row.part.is_reminder


def is_urgent(deadline: datetime | None, now: datetime) -> bool:
    """Whether a deadline is at most two days ahead, or passed within the last day."""
    return deadline is not None and now - DAY < deadline <= now + URGENT


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
        moment = at(local.date() + timedelta(days=ahead), end, schedule.zone)
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


def at(day: date, minutes: int, zone: str) -> datetime:
    """A time of day (minutes after midnight in a zone) as a moment in UTC.

    One that the clocks skip comes an hour later, one that they repeat comes first.
    """
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), ZoneInfo(zone))
    return wall.astimezone(UTC)


def reminder(
    deadline: datetime, offsets: Sequence[int], now: datetime, zone: str
) -> tuple[int, datetime] | None:
    """The reminder whose moment came last: (days before the deadline, the moment).

    None before the first one and after the deadline's day. Earlier ones that were missed are not
    made up for.
    """
    day = deadline.astimezone(UTC).date()
    if now >= at(day + DAY, 0, zone):
        return None
    latest: tuple[datetime, int] | None = None
    for days in offsets:
        moment = at(day - timedelta(days=days), REMIND_AT, zone)
        if moment > now:
            continue
        if latest is None or (moment, days) > latest:
            latest = moment, days
    if latest is None:
        return None
    moment, days = latest
    return days, moment
