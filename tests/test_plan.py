"""The delivery plan of a chat: nothing lost or told twice, in every zone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.preferences import Schedule, next_digest
from bot.timing import DIGESTS, GATHER, MOST_SMALL, Waiting, plan
from bot.verdicts import HeldFor

#: Zones of whole, half and quarter hours, on both sides of the date line and with odd clocks.
ZONES = (
    "Europe/Brussels",
    "Europe/Lisbon",
    "America/New_York",
    "America/St_Johns",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Pago_Pago",
)
#: Just before clocks change somewhere, and in the middle of nowhere.
STARTS = (
    datetime(2026, 3, 5, tzinfo=UTC),
    datetime(2026, 3, 26, tzinfo=UTC),
    datetime(2026, 4, 2, tzinfo=UTC),
    datetime(2026, 9, 24, tzinfo=UTC),
    datetime(2026, 10, 22, tzinfo=UTC),
    datetime(2026, 12, 29, tzinfo=UTC),
)
FOR_EVER = timedelta(days=60)
DAY = timedelta(days=1)


@dataclass
class Row:
    """A row of the outbox as the store keeps it."""

    waiting: Waiting
    due: datetime
    why: HeldFor | None = None

    def seen(self) -> Waiting:
        return replace(self.waiting, held=self.why in DIGESTS.values())


@dataclass
class Outbox:
    """The rows of one chat, and the messages that it got: (when, rows)."""

    schedule: Schedule
    now: datetime
    rows: dict[int, Row] = field(default_factory=dict)
    messages: list[tuple[datetime, tuple[Waiting, ...]]] = field(default_factory=list)
    count: int = 0

    def queue(self, digest: bool, days: int | None = None) -> int:
        """A story for the chat, with a date so many days ahead."""
        self.count += 1
        deadline = None if days is None else self.now + timedelta(days=days)
        waiting = Waiting(self.count, self.count, deadline=deadline, digest=digest)
        self.rows[self.count] = Row(waiting, self.now)
        return self.count

    def choose(self, schedule: Schedule) -> None:
        """Another schedule: what was put aside and is not yet due is looked at again."""
        self.schedule = schedule
        for row in self.rows.values():
            if row.due > self.now:
                row.due, row.why = self.now, None

    def deliver(self) -> None:
        """Claim and send until nothing is due."""
        while due := [row.seen() for row in self.rows.values() if row.due <= self.now]:
            found = plan(due, self.schedule, self.now)
            touched = {*found.send, *found.hold, *found.drop}
            assert touched, "what is due is sent, put aside or dropped"
            for row, (until, why) in found.hold.items():
                assert until > self.now
                self.rows[row].due, self.rows[row].why = until, why
            for number in found.promote:
                row_there = self.rows[number]
                row_there.waiting = replace(row_there.waiting, digest=False)
            sent = tuple(self.rows.pop(row).waiting for row in found.send)
            if sent:
                self.messages.append((self.now, sent))

    def passes(self, time: timedelta, step: timedelta = timedelta(hours=1)) -> None:
        end = self.now + time
        while self.now < end:
            self.now = min(self.now + step, end)
            self.deliver()

    def digests(self) -> list[tuple[datetime, tuple[Waiting, ...]]]:
        return [message for message in self.messages if any(row.digest for row in message[1])]


schedules = st.builds(
    Schedule,
    mode=st.sampled_from(["now", "now", "daily", "weekly"]),
    at=st.sampled_from([0, 90, 150, 540, 1439]),
    weekday=st.integers(0, 6),
    quiet=st.sampled_from([None, (22 * 60, 8 * 60), (8 * 60, 10 * 60), (9 * 60, 8 * 60)]),
    zone=st.sampled_from(ZONES),
    urgent=st.booleans(),
)
Event = tuple[Literal["queue", "wait", "choose", "mute", "die"], object]
events = st.lists(
    st.one_of(
        st.tuples(st.just("queue"), st.tuples(st.booleans(), st.none() | st.integers(-2, 12))),
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 60, 60 * 7, 60 * 24, 60 * 24 * 8])),
        st.tuples(st.just("choose"), schedules),
        st.tuples(st.just("mute"), st.integers(1, 9)),
    ),
    max_size=25,
)


def _lives(outbox: Outbox, happening: list[tuple[str, object]]) -> None:
    for name, value in happening:
        match name, value:
            case "queue", (bool() as digest, days):
                outbox.queue(digest, days if isinstance(days, int) else None)
                outbox.deliver()
            case "wait", int() as minutes:
                outbox.passes(timedelta(minutes=minutes), timedelta(minutes=max(20, minutes / 40)))
            case "choose", Schedule() as schedule:
                outbox.choose(schedule)
                outbox.deliver()
            case "mute", int() as days:
                until = outbox.now + timedelta(days=days)
                outbox.choose(replace(outbox.schedule, muted_until=until))


@given(schedules, st.sampled_from(STARTS), events)
def test_nothing_is_lost_and_nothing_is_told_twice(
    schedule: Schedule, start: datetime, happening: list[tuple[str, object]]
) -> None:
    outbox = Outbox(schedule, start)
    _lives(outbox, happening)
    outbox.passes(FOR_EVER)
    told = [row.id for _, rows in outbox.messages for row in rows]
    assert sorted(told) == list(range(1, outbox.count + 1))
    assert outbox.rows == {}


@given(schedules, st.sampled_from(STARTS), events)
def test_one_message_mixes_no_alert_with_what_is_left_for_the_digest(
    schedule: Schedule, start: datetime, happening: list[tuple[str, object]]
) -> None:
    outbox = Outbox(replace(schedule, mode="now"), start)
    _lives(outbox, [event for event in happening if event[0] != "choose"])
    outbox.passes(FOR_EVER)
    for _, rows in outbox.messages:
        assert len({row.digest for row in rows}) == 1


@given(
    st.sampled_from(ZONES),
    st.sampled_from(STARTS),
    st.integers(0, 6),
    st.sampled_from([0, 90, 150, 540, 1439]),
    st.lists(st.integers(0, 30 * 24), min_size=1, max_size=30),
)
def test_there_is_at_most_one_digest_a_week(
    zone: str, start: datetime, weekday: int, minutes: int, hours: list[int]
) -> None:
    outbox = Outbox(Schedule("now", minutes, weekday, zone=zone), start)
    for hour in range(45 * 24):
        for _ in range(hours.count(hour)):
            outbox.queue(digest=True)
        outbox.passes(timedelta(hours=1))
    moments = [when for when, _ in outbox.digests()]
    assert sum(len(rows) for _, rows in outbox.digests()) == len(hours)
    for sooner, later in pairwise(moments):
        apart = later - sooner
        assert abs(apart - round(apart / DAY / 7) * 7 * DAY) <= timedelta(hours=2)
        assert apart >= timedelta(days=6, hours=22)


@given(schedules, st.sampled_from(STARTS), events)
def test_an_alert_waits_for_no_digest(
    schedule: Schedule, start: datetime, happening: list[tuple[str, object]]
) -> None:
    outbox = Outbox(replace(schedule, mode="now", quiet=None), start)
    left = [event for event in happening if event[0] in ("queue", "wait")]
    _lives(outbox, left)
    number = outbox.queue(digest=False)
    outbox.deliver()
    assert number not in outbox.rows


@pytest.mark.parametrize("count", [1, GATHER, GATHER + 1, 100, MOST_SMALL])
def test_however_many_lines_it_is_one_message(count: int) -> None:
    outbox = Outbox(Schedule(), STARTS[0])
    for _ in range(count):
        outbox.queue(digest=True)
    outbox.passes(timedelta(days=8), timedelta(hours=6))
    [(_, rows)] = outbox.messages
    assert len(rows) == count


def test_what_is_more_than_a_digest_holds_comes_a_week_later() -> None:
    outbox = Outbox(Schedule(), STARTS[0])
    for _ in range(MOST_SMALL + 5):
        outbox.queue(digest=True)
    outbox.passes(timedelta(days=15), timedelta(hours=6))
    (first, rows), (second, rest) = outbox.messages
    assert (len(rows), len(rest)) == (MOST_SMALL, 5)
    assert second - first == timedelta(days=7)
    assert [row.id for row in rest] == list(range(MOST_SMALL + 1, MOST_SMALL + 6))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("minutes", [0, 90, 150, 1439])
def test_a_weekly_moment_comes_once_in_each_week_of_a_year(zone: str, minutes: int) -> None:
    schedule = Schedule("now", minutes, weekday=6, zone=zone)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(53):
        later = next_digest(schedule, now)
        assert later > now
        now = later
    assert timedelta(days=364) <= now - datetime(2026, 1, 1, tzinfo=UTC) < timedelta(days=375)


@pytest.mark.parametrize(
    ("days", "urgent", "quiet", "is_now"),
    [
        (None, False, None, False),
        (-3, False, None, False),
        (0, False, None, False),  # it has begun today
        (1, False, None, True),
        (3, False, None, True),
        (9, False, None, False),  # the digest comes before it
        (1, True, (0, 1439), True),
        (1, False, (0, 1439), False),
        (9, True, None, False),
    ],
)
def test_dates_bring_forward_what_a_digest_would_tell_too_late(
    days: int | None, urgent: bool, quiet: tuple[int, int] | None, is_now: bool
) -> None:
    tuesday = datetime(2025, 11, 4, 12, tzinfo=UTC)
    outbox = Outbox(Schedule(urgent=urgent, quiet=quiet), tuesday)
    outbox.queue(digest=True, days=days)
    outbox.deliver()
    assert bool(outbox.messages) is is_now
    assert not outbox.digests()
