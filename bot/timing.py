"""When a chat may be told: digests, quiet hours, mutes. Gathers and delays; loses nothing (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from zoneinfo import ZoneInfo

from bot.preferences import Schedule
from bot.reasons import HeldFor
from bot.states import Part, PartKind

#: A deadline this near is urgent, and stays so until its day is over.
URGENT, DAY = timedelta(hours=48), timedelta(days=1)
#: More alerts than this that wait for one chat become one message.
GATHER = 3
#: Alerts of one gathered message; more wait for the next.
MOST = 100
DIGESTS = {"daily": HeldFor.DAILY_DIGEST, "weekly": HeldFor.WEEKLY_DIGEST}
#: Reminders come at this hour, in minutes after midnight.
REMIND_AT = 9 * 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """An outbox row that is due. `held` says that it was put aside before; `bundle` that it was sent, or tried, with others."""

    id: int
    story: int = 0
    part: Part = Part()
    deadline: datetime | None = None
    held: bool = False
    bundle: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows to send now as one message, those to put aside (row id -> (until, why)), and reminders that are
    of no use any more."""

    send: tuple[int, ...]
    hold: dict[int, tuple[datetime, HeldFor]] = field(default_factory=dict)
    drop: tuple[int, ...] = ()


def plan(waiting: Sequence[Waiting], schedule: Schedule, now: datetime) -> Plan:
    """What to do with the rows that are due for one chat, oldest first.

    A message that was tried once is tried again with the same rows, so that its key still names the same words.
    """
    tried = [row for row in waiting if row.bundle is not None]
    if tried:
        first = min(row.bundle for row in tried if row.bundle is not None)
        return Plan(tuple(row.id for row in tried if row.bundle == first))
    if publish := next((row for row in waiting if row.part.kind is PartKind.PUBLISHING), None):
        return Plan((publish.id,))
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
    gathered = schedule.mode != "now" or len(ready) > GATHER
    return Plan(tuple(ready[: MOST if gathered else 1]), hold, tuple(drop))


def _of_no_use(waiting: Sequence[Waiting], now: datetime) -> set[int]:
    """Reminders after their day, and those that a later one of the same story has overtaken."""
    reminders = [row for row in waiting if row.part.is_reminder]
    newest = {row.story: row for row in sorted(reminders, key=lambda row: -row.part.days)}
    late = {row.id for row in reminders if row.deadline and now >= row.deadline + DAY}
    return late | {row.id for row in reminders if row is not newest[row.story]}


def opens(row: Waiting, schedule: Schedule, now: datetime) -> tuple[datetime, HeldFor | None]:
    """The first moment at which a row may be sent, and what it waits for."""
    if schedule.urgent and is_urgent(row.deadline, now):
        return now, None
    until: datetime = now
    why: HeldFor | None = None
    if schedule.muted_until and schedule.muted_until > until:
        until, why = schedule.muted_until, HeldFor.MUTE
    if schedule.mode != "now" and not row.held and not row.part.is_reminder:
        digest = next_digest(schedule, now)
        until, why = max((until, why), (digest, DIGESTS[schedule.mode]), key=itemgetter(0))
    if end := quiet_until(schedule, until):
        until, why = end, HeldFor.QUIET_HOURS
    if schedule.urgent and row.deadline:
        until = max(now, min(until, row.deadline - URGENT))
    return until, why


def is_urgent(deadline: datetime | None, now: datetime) -> bool:
    return deadline is not None and now - DAY < deadline <= now + URGENT


def next_digest(schedule: Schedule, now: datetime) -> datetime:
    """The next moment of the digest. Days are counted on the chat's own calendar, so both days on which the
    clocks change have one."""
    today = now.astimezone(ZoneInfo(schedule.zone)).date()
    days = (today + timedelta(days=n) for n in range(9))
    fitting = (day for day in days if schedule.mode == "daily" or day.weekday() == schedule.weekday)
    return next(moment for day in fitting if (moment := at(day, schedule.at, schedule.zone)) > now)


def quiet_until(schedule: Schedule, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in, or None."""
    if schedule.quiet is None or schedule.quiet[0] == schedule.quiet[1]:
        return None
    start, end = schedule.quiet
    local = now.astimezone(ZoneInfo(schedule.zone))
    minute = local.hour * 60 + local.minute
    if not (start <= minute < end if start < end else minute >= start or minute < end):
        return None
    ends = (at(local.date() + timedelta(days=n), end, schedule.zone) for n in range(2))
    return next((moment for moment in ends if moment > now), None)


def at(day: date, minutes: int, zone: str) -> datetime:
    """A time of day as a moment. One that the clocks skip comes an hour later, one that they repeat comes first."""
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), ZoneInfo(zone))
    return wall.astimezone(UTC)


def reminder(
    deadline: datetime, offsets: Sequence[int], now: datetime, zone: str
) -> tuple[int, datetime] | None:
    """The reminder whose moment came last: (days before the deadline, the moment); None before the first and after
    the deadline's day. Earlier ones that were missed are not made up for."""
    day = deadline.astimezone(UTC).date()
    if now >= at(day + timedelta(days=1), 0, zone):
        return None
    passed = [(at(day - timedelta(days=n), REMIND_AT, zone), n) for n in offsets]
    moment, days = max(((moment, n) for moment, n in passed if moment <= now), default=(now, -1))
    return (days, moment) if days >= 0 else None
