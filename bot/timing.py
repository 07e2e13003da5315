"""Send timing: digests, quiet hours and mutes, which gather and delay alerts but lose none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.preferences import Schedule, at, next_digest, quiet_until
from bot.states import Part, PartKind
from bot.verdicts import HeldFor

DAY = timedelta(days=1)
#: A deadline this near is urgent, until its day is over.
URGENT = timedelta(hours=48)
#: More than this many alerts waiting for one chat become one message.
GATHER = 3
#: Changes of one service that are recorded within this time are one event, and one message.
EVENT = timedelta(hours=1)
#: The most alerts in one gathered message; any more wait for the next.
MOST = 100
#: The most alerts in a message about what a chat missed while it could not be reached.
MOST_LATE = 200
#: The most lines in one weekly digest of smaller changes; any more wait for the next week's.
MOST_SMALL = 1000
#: The digest that a row waits for, by the mode of its chat's schedule.
DIGESTS = {
    "now": HeldFor.WEEKLY_DIGEST,
    "daily": HeldFor.DAILY_DIGEST,
    "weekly": HeldFor.WEEKLY_DIGEST,
}
#: The time of day of reminders, in minutes after midnight.
REMIND_AT = 9 * 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """An outbox row that is due.

    `held` says that it waited for a digest, which is due now. `bundle` is the message in which it
    was tried before, or None. `digest` marks a smaller change that waits for a digest even in chats
    that are told at once; `void` says that its story was taken back. `service` is the story's first
    service, `recorded` the time of its first change. `late` marks what came while the chat could
    not be reached.
    """

    id: int
    story: int = 0
    part: Part = Part()
    deadline: datetime | None = None
    held: bool = False
    bundle: int | None = None
    digest: bool = False
    void: bool = False
    service: str = ""
    recorded: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the rows of one chat, by their ids.

    `send` are those to send now as one message, `hold` those to put aside (until when, and why),
    `drop` those that have become useless. `promote` were left for a digest but are urgent: they are
    sent at once.
    """

    send: tuple[int, ...]
    hold: dict[int, tuple[datetime, HeldFor]] = field(default_factory=dict)
    drop: tuple[int, ...] = ()
    promote: tuple[int, ...] = ()


def plan(waiting: Sequence[Waiting], schedule: Schedule, now: datetime) -> Plan:
    """Plan what to do with the rows that are due for one chat, oldest first.

    A message that was tried before is tried again with the same rows, so that its key still stands
    for the same text.
    """
    alone = _tried_first(waiting) or _publishing(waiting)
    if alone:
        return Plan(alone)
    drop = _of_no_use(waiting, schedule, now)
    return _planned([row for row in waiting if row.id not in drop], tuple(drop), schedule, now)


def _planned(
    left: Sequence[Waiting], drop: tuple[int, ...], schedule: Schedule, now: datetime
) -> Plan:
    hold = _put_aside(left, schedule, now)
    ready = {row.id: _has_come(row, schedule, now) for row in left if row.id not in hold}
    at_once = [row.id for row in left if ready.get(row.id) is False]
    digest = [row for row, has_come in ready.items() if has_come]
    if digest:
        digest += _taken_along(hold)
    promote = tuple(row.id for row in left if row.digest and row.id in at_once)
    late = [row.id for row in left if row.late and row.id in at_once]
    event = _event([row for row in left if row.id in at_once])
    send = tuple(late[:MOST_LATE]) or _message(at_once, event, digest, schedule)
    if schedule.mode == "now" and not at_once:
        hold |= dict.fromkeys(digest[MOST_SMALL:], (next_digest(schedule, now), DIGESTS["now"]))
    return Plan(send, hold, drop, promote)


def _put_aside(
    left: Sequence[Waiting], schedule: Schedule, now: datetime
) -> dict[int, tuple[datetime, HeldFor]]:
    """The rows that must go on waiting, by id: (until when, what for)."""
    found: dict[int, tuple[datetime, HeldFor]] = {}
    for row in left:
        until, why = opens(row, schedule, now)
        if why is None or until <= now:
            continue
        if row.late and why not in DIGESTS.values():
            why = HeldFor.REACHED_AGAIN  # to be told with the rest of that time
        found[row.id] = until, why
    return found


def _event(rows: Sequence[Waiting]) -> list[int]:
    """The ids of the first row and of the rows of the same event.

    Reminders belong together, and so do stories about one service within `EVENT`; an addition to a
    story is sent alone.
    """
    if not rows:
        return []
    first = rows[0]
    return [row.id for row in rows if row is first or _is_one_event(first, row)]


def _is_one_event(first: Waiting, other: Waiting) -> bool:
    if first.part.is_reminder:
        return other.part.is_reminder
    if not first.part.is_story or not other.part.is_story or first.service != other.service:
        return False
    if first.recorded is None or other.recorded is None:
        return False
    return abs(first.recorded - other.recorded) <= EVENT


def _message(
    at_once: list[int], event: list[int], digest: list[int], schedule: Schedule
) -> tuple[int, ...]:
    """The rows of the next message; those of one `event` are sent together.

    In a chat that is told at once, a digest is a message of its own, after all other alerts.
    """
    if schedule.mode != "now":
        return tuple((at_once + digest)[:MOST])
    if not at_once:
        return tuple(digest[:MOST_SMALL])
    if len(at_once) <= GATHER:
        return tuple(event[:MOST])
    return tuple(at_once[:MOST])


def _has_come(row: Waiting, schedule: Schedule, now: datetime) -> bool:
    """Whether a sendable row belongs to a digest that is due."""
    if not row.held or not _is_of_a_digest(row, schedule):
        return False
    return not (schedule.urgent and is_urgent(row.deadline, now))


def _taken_along(hold: dict[int, tuple[datetime, HeldFor]]) -> list[int]:
    """Take the rows that wait for the next digest out of `hold`, to send them with this one."""
    along = [row for row, (_until, why) in hold.items() if why in DIGESTS.values()]
    for row in along:
        del hold[row]
    return along


def _tried_first(waiting: Sequence[Waiting]) -> tuple[int, ...]:
    """The rows of the oldest message that was tried before; empty if there is none."""
    bundles: dict[int, list[int]] = {}
    for row in waiting:
        if row.bundle is not None:
            bundles.setdefault(row.bundle, []).append(row.id)
    return tuple(bundles[min(bundles)]) if bundles else ()


def _publishing(waiting: Sequence[Waiting]) -> tuple[int, ...]:
    """The first row that publishes a posted message; empty if there is none."""
    for row in waiting:
        if row.part.kind is PartKind.PUBLISHING:
            return (row.id,)
    return ()


def _of_no_use(waiting: Sequence[Waiting], schedule: Schedule, now: datetime) -> set[int]:
    """The ids of rows that have become useless.

    They are reminders after their day, reminders that a later one of the same story has overtaken
    or will overtake today, and stories that were taken back before they were told.
    """
    reminders = [row for row in waiting if row.part.is_reminder]
    newest: dict[int, Waiting] = {}
    for row in sorted(reminders, key=_days_left, reverse=True):
        newest[row.story] = row
    useless = {row.id for row in waiting if row.void and _is_of_the_story(row.part)}
    for row in reminders:
        is_late = row.deadline is not None and now >= row.deadline + DAY
        if is_late or row is not newest[row.story] or _is_overtaken(row, schedule, now):
            useless.add(row.id)
    return useless


def _is_overtaken(row: Waiting, schedule: Schedule, now: datetime) -> bool:
    """Whether another reminder of the same date comes today: there is one a day."""
    if row.deadline is None:
        return False
    today = now.astimezone(ZoneInfo(schedule.zone)).date()
    left = (row.deadline.astimezone(UTC).date() - today).days
    return left < row.part.days and left in schedule.reminders


def _days_left(row: Waiting) -> int:
    return row.part.days


def _is_of_the_story(part: Part) -> bool:
    """Whether a part tells or repeats the story itself, rather than an addition to it."""
    return part.is_story or part.is_reminder


def opens(row: Waiting, schedule: Schedule, now: datetime) -> tuple[datetime, HeldFor | None]:
    """The first moment at which a row may be sent, and what it waits for (None: nothing)."""
    if schedule.urgent and is_urgent(row.deadline, now):
        return now, None
    until, why = _scheduled(row, schedule, now)
    if schedule.urgent and row.deadline:
        until = max(now, min(until, row.deadline - URGENT))
    return until, why


def _scheduled(row: Waiting, schedule: Schedule, now: datetime) -> tuple[datetime, HeldFor | None]:
    """The same for a row that is not urgent: after the mute, in its digest, after quiet hours."""
    until: datetime = now
    why: HeldFor | None = None
    if schedule.muted_until and schedule.muted_until > until:
        until, why = schedule.muted_until, HeldFor.MUTE
    of_digest = _is_of_a_digest(row, schedule)
    if of_digest and not row.held:
        digest = next_digest(schedule, now)
        if digest > until and not _is_over_before(row, schedule, digest, now):
            until, why = digest, DIGESTS[schedule.mode]
    quiet_end = quiet_until(schedule, until)
    if quiet_end is None:
        return until, why
    if of_digest and (row.held or why in DIGESTS.values()):
        # It still belongs to its digest if that comes an hour later.
        return quiet_end, DIGESTS[schedule.mode]
    return quiet_end, HeldFor.QUIET_HOURS


def _is_of_a_digest(row: Waiting, schedule: Schedule) -> bool:
    """Whether a row is sent in a digest; reminders never are."""
    waits = schedule.mode != "now" or (row.digest and not schedule.small_at_once)
    return waits and not row.part.is_reminder


def _is_over_before(row: Waiting, schedule: Schedule, digest: datetime, now: datetime) -> bool:
    """Whether the digest would tell a chat of a date only after it has passed.

    Only for chats that are told at once.
    """
    if schedule.mode != "now" or row.deadline is None:
        return False
    return now < row.deadline < digest


def is_urgent(deadline: datetime | None, now: datetime) -> bool:
    """Whether a deadline is at most two days ahead, or passed within the last day."""
    return deadline is not None and now - DAY < deadline <= now + URGENT


def reminder(
    deadline: datetime, offsets: Sequence[int], now: datetime, zone: str
) -> tuple[int, datetime] | None:
    """The last reminder that is due: (days before the deadline, when it was due).

    None before the first one and after the deadline's day. Earlier reminders that were missed are
    not made up for.
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
