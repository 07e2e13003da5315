"""When a chat is told: as a plan, on days of clock changes, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.jobs.remind import Reminder, deadlines
from bot.model import Address, Record, Subscription
from bot.preferences import Schedule, next_digest, quiet_until
from bot.render.delivery import Words
from bot.states import Part
from bot.store import Store
from bot.timing import Waiting, opens, plan, reminder
from tests.conftest import Clock
from tests.jobs.test_deliver import FakeChat
from tests.support.world import CHANGE, ITEM, tell

ZONE = "Europe/Brussels"
NOON = datetime(2025, 11, 4, 12, tzinfo=UTC)
ANNA = Address("telegram", "1")


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        (Schedule("daily", 9 * 60), NOON, datetime(2025, 11, 5, 8, tzinfo=UTC)),
        (Schedule("daily", 18 * 60), NOON, datetime(2025, 11, 4, 17, tzinfo=UTC)),
        (Schedule("weekly", 9 * 60, weekday=0), NOON, datetime(2025, 11, 10, 8, tzinfo=UTC)),
        (Schedule("weekly", 18 * 60, weekday=1), NOON, datetime(2025, 11, 4, 17, tzinfo=UTC)),
        (Schedule("daily", 9 * 60, zone="Asia/Tokyo"), NOON, datetime(2025, 11, 5, 0, tzinfo=UTC)),
    ],
)
def test_the_next_digest(schedule: Schedule, now: datetime, expected: datetime) -> None:
    assert next_digest(schedule, now) == expected


@pytest.mark.parametrize("minutes", [90, 150, 170, 180, 540])
@pytest.mark.parametrize(
    "start", [datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)]
)
def test_one_digest_on_each_day_also_when_the_clocks_change(start: datetime, minutes: int) -> None:
    """02:30 does not exist on 29 March 2026, and exists twice on 25 October."""
    schedule, now, days = Schedule("daily", minutes), start, []
    for _ in range(5):
        now = next_digest(schedule, now)
        days.append(now.astimezone(ZoneInfo(ZONE)).date())
        assert next_digest(schedule, now) > now + timedelta(hours=20), (
            "not twice on the day that repeats an hour"
        )
    assert len(set(days)) == 5


def test_quiet_hours_end_in_the_morning() -> None:
    schedule = Schedule(quiet=(22 * 60, 8 * 60))
    assert quiet_until(schedule, NOON) is None
    assert quiet_until(schedule, datetime(2025, 11, 4, 22, tzinfo=UTC)) == datetime(
        2025, 11, 5, 7, tzinfo=UTC
    )
    assert quiet_until(schedule, datetime(2025, 11, 5, 3, tzinfo=UTC)) == datetime(
        2025, 11, 5, 7, tzinfo=UTC
    )
    assert quiet_until(schedule, datetime(2026, 3, 28, 23, tzinfo=UTC)) == datetime(
        2026, 3, 29, 6, tzinfo=UTC
    ), "the short night"


def test_what_presses_breaks_through_only_where_that_is_wanted() -> None:
    tomorrow = NOON + timedelta(days=1)
    for schedule in (
        Schedule("weekly"),
        Schedule(muted_until=NOON + timedelta(days=9)),
        Schedule(quiet=(12 * 60, 20 * 60)),
    ):
        assert opens(Waiting(1, deadline=tomorrow), schedule, NOON)[0] > NOON
        assert opens(Waiting(1, deadline=tomorrow), replace(schedule, urgent=True), NOON)[0] == NOON
    far = NOON + timedelta(days=4)
    until, _ = opens(Waiting(1, deadline=far), Schedule("weekly", weekday=0, urgent=True), NOON)
    assert until == far - timedelta(hours=48), "it will press before the digest comes"


def test_a_plan_sends_one_gathers_many_and_keeps_a_tried_message_as_it_was() -> None:
    rows = [Waiting(number) for number in range(1, 4)]
    assert plan(rows, Schedule(), NOON).send == (1,)
    assert plan([*rows, Waiting(4)], Schedule(), NOON).send == (1, 2, 3, 4)
    assert plan(
        [Waiting(1), Waiting(2, bundle=2), Waiting(3, bundle=2)], Schedule(), NOON
    ).send == (2, 3)
    held = plan(rows, Schedule("daily"), NOON)
    assert (held.send, set(held.hold)) == ((), {1, 2, 3})
    due = [replace(row, held=True) for row in rows]
    assert plan(due, Schedule("daily"), NOON).send == (1, 2, 3)


def test_reminders_that_are_of_no_use_are_dropped() -> None:
    deadline = datetime(2025, 11, 5, tzinfo=UTC)
    rows = [
        Waiting(1, 7, Part.reminder(7), deadline),
        Waiting(2, 7, Part.reminder(1), deadline),
        Waiting(3, 8, Part.reminder(0), NOON - timedelta(days=3)),
    ]
    found = plan(rows, Schedule(), NOON)
    assert (found.send, set(found.drop)) == ((2,), {1, 3})


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2025, 10, 26, 12, tzinfo=UTC), None),
        (datetime(2025, 10, 27, 8, tzinfo=UTC), 7),
        (datetime(2025, 11, 1, 12, tzinfo=UTC), 7),
        (datetime(2025, 11, 2, 8, tzinfo=UTC), 1),
        (datetime(2025, 11, 3, 7, tzinfo=UTC), 1),
        (datetime(2025, 11, 3, 8, tzinfo=UTC), 0),
        (datetime(2025, 11, 3, 23, tzinfo=UTC), None),
    ],
)
def test_the_reminder_of_the_hour(now: datetime, expected: int | None) -> None:
    found = reminder(datetime(2025, 11, 3, tzinfo=UTC), (7, 1, 0), now, ZONE)
    assert (found[0] if found else None) == expected


# -- with the store and the deliverer


@pytest.fixture
def store(both: Store) -> Store:
    return both


class Scene:
    """One chat that follows LinkedIn, a platform that takes everything, and a clock."""

    def __init__(self, store: Store, known: Catalogue, names: Names, clock: Clock) -> None:
        self.store, self.known, self.clock, self.chat = store, known, clock, FakeChat("telegram")
        clock.now = NOON
        for service in ("linkedin", "tiktok"):
            store.subscriptions.add(Subscription(ANNA, service, frozenset({"EU"})), NOON)
        self.words, self.count = Words(known, names), 0

    def happens(self, service: str = "linkedin", **fields: Any) -> None:
        self.count += 1
        item = replace(ITEM, uid=f"commit:{self.count}")
        change = replace(CHANGE, uid=item.uid, services=(service,), effective=None)
        tell(self.store, replace(change, **fields), item, self.clock())

    async def goes_on(self, **by: float) -> list[str]:
        """What the chat is told in that time, a few hours at a time, each with a new process."""
        before, end = len(self.chat.sent), self.clock() + timedelta(**by)
        step = timedelta(hours=1 if end - self.clock() < timedelta(days=2) else 6)
        while self.clock() < end:
            self.clock.now = min(self.clock() + step, end)
            await Reminder(self.store, self.known, self.clock).remind_due()
            await Deliverer(self.store, [self.chat], self.words, self.clock).deliver_due()
        return [text for _, _, text in self.chat.sent[before:]]


@pytest.fixture
def scene(store: Store, known: Catalogue, names: Names, clock: Clock) -> Scene:
    return Scene(store, known, names, clock)


async def test_a_daily_digest_is_one_message_by_service_and_nothing_if_nothing_happened(
    scene: Scene,
) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule("daily", 18 * 60), NOON)
    for service in ("linkedin", "tiktok", "linkedin"):
        scene.happens(service)
    assert await scene.goes_on(hours=4) == []
    [told] = await scene.goes_on(hours=20)
    assert told.startswith("3 changes · 2 services\nLinkedIn\n")
    assert told.index("LinkedIn\n") < told.index("TikTok\n")
    assert "Data for Generative AI Improvement" in told, "the opt-out, with its link"
    assert await scene.goes_on(days=3) == []


async def test_quiet_hours_hold_and_lose_nothing(scene: Scene) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule(quiet=(12 * 60, 20 * 60)), NOON)
    scene.happens()
    assert await scene.goes_on(hours=6) == []
    assert len(await scene.goes_on(hours=2)) == 1


async def test_a_muted_service_waits_and_comes_as_one_message(scene: Scene) -> None:
    scene.happens()
    assert scene.store.subscriptions.mute(ANNA, "linkedin", NOON + timedelta(days=2), NOON)
    for _ in range(5):
        scene.happens()
    scene.happens("tiktok")
    [other] = await scene.goes_on(days=1)
    assert "TikTok" in other
    assert "LinkedIn" not in other
    [told] = await scene.goes_on(days=2)
    assert told.startswith("6 changes · LinkedIn")


async def test_the_end_of_a_mute_brings_what_waited(scene: Scene) -> None:
    scene.store.subscriptions.mute(ANNA, "linkedin", NOON + timedelta(days=30), NOON)
    scene.happens()
    assert await scene.goes_on(days=1) == []
    scene.store.subscriptions.mute(ANNA, "linkedin", None, scene.clock())
    assert len(await scene.goes_on(hours=1)) == 1


async def test_a_new_pace_holds_for_what_waits(scene: Scene) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule("weekly"), NOON)
    scene.happens()
    assert await scene.goes_on(hours=3) == []
    scene.store.preferences.set_schedule(ANNA, Schedule(), scene.clock())
    assert len(await scene.goes_on(hours=1)) == 1


async def test_leaving_wins_over_what_is_held(scene: Scene) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule("weekly"), NOON)
    scene.happens()
    await scene.goes_on(hours=2)
    scene.store.subscriptions.remove(ANNA, "linkedin", scene.clock())
    assert await scene.goes_on(days=8) == []


@pytest.mark.parametrize("deadline", [date(2025, 11, 18), date(2026, 3, 29), date(2026, 10, 25)])
async def test_a_deadline_is_reminded_three_times_each_once(scene: Scene, deadline: date) -> None:
    scene.clock.now = datetime(
        deadline.year, deadline.month, deadline.day, 12, tzinfo=UTC
    ) - timedelta(days=14)
    scene.store.subscriptions.add(Subscription(ANNA, "linkedin", frozenset({"EU"})), scene.clock())
    scene.happens(effective=deadline)
    told = await scene.goes_on(days=20)
    assert [text.splitlines()[0] for text in told[1:]] == [
        "LinkedIn: in 7 days",
        "LinkedIn: tomorrow",
        "LinkedIn: today",
    ]
    assert all("Data for Generative AI Improvement" in text for text in told[1:])


async def test_done_ends_the_reminders(scene: Scene) -> None:
    scene.happens(effective=date(2025, 11, 18))
    assert len(await scene.goes_on(days=8)) == 2
    assert scene.store.reminders.answer(ANNA, 1, "done", scene.clock())
    assert await scene.goes_on(days=10) == []


async def test_reminders_can_be_set_and_switched_off(scene: Scene) -> None:
    ben = Address("telegram", "2")
    scene.store.subscriptions.add(
        Subscription(ben, "linkedin", frozenset({"EU"})), NOON - timedelta(days=1)
    )
    scene.store.preferences.set_schedule(ben, Schedule(reminders=(3,)), NOON)
    scene.store.preferences.set_schedule(ANNA, Schedule(reminders=()), NOON)
    scene.happens(effective=date(2025, 11, 18))
    await scene.goes_on(days=20)
    assert [chat for chat, _, _ in scene.chat.sent].count("1") == 1
    assert [text.splitlines()[0] for chat, _, text in scene.chat.sent if chat == "2"][1:] == [
        "LinkedIn: in 3 days"
    ]


async def test_reminders_missed_while_we_were_down_are_not_made_up_for(scene: Scene) -> None:
    scene.happens(effective=date(2025, 11, 18))
    await scene.goes_on(hours=1)
    scene.clock.now = datetime(2025, 11, 17, 12, tzinfo=UTC)
    assert [text.splitlines()[0] for text in await scene.goes_on(hours=2)] == ["LinkedIn: tomorrow"]


async def test_who_was_told_after_a_moment_is_not_reminded_of_it(scene: Scene) -> None:
    scene.happens(effective=(NOON + timedelta(days=5)).date())
    told = await scene.goes_on(days=6)
    assert [text.splitlines()[0] for text in told[1:]] == ["LinkedIn: tomorrow", "LinkedIn: today"]


async def test_clocks_that_jump_remind_nobody_twice(scene: Scene) -> None:
    scene.happens(effective=date(2025, 11, 18))
    await scene.goes_on(days=7)
    told = 0
    for hours in (2, -2, 26, -26, 2):
        scene.clock.forward(hours=hours)
        told += len(await scene.goes_on(hours=1))
    assert told <= 1
    assert len(scene.chat.sent) == 2


async def test_a_date_of_the_catalogue_is_reminded_to_those_who_follow(
    scene: Scene, known: Catalogue
) -> None:
    scene.clock.now = datetime(2025, 10, 20, 12, tzinfo=UTC)
    named = {change.services[0]: change for change in deadlines(known, scene.clock())}
    assert named["linkedin"].record is Record.DEADLINE
    assert named["linkedin"].effective == date(2025, 11, 3)
    scene.store.subscriptions.add(
        Subscription(Address("telegram", "9"), "linkedin", frozenset({"US"})), scene.clock()
    )
    scene.store.subscriptions.add(Subscription(ANNA, "linkedin", frozenset({"EU"})), scene.clock())
    for service in ("linkedin", "tiktok"):  # they followed before the catalogue's first moment
        scene.store.subscriptions.remove(ANNA, service, scene.clock())
        scene.store.subscriptions.add(Subscription(ANNA, service, frozenset({"EU"})), scene.clock())
    told = await scene.goes_on(days=20)
    assert {text.splitlines()[0] for text in told} == {
        "LinkedIn: in 7 days",
        "LinkedIn: tomorrow",
        "LinkedIn: today",
    }
    assert {chat for chat, _, _ in scene.chat.sent} == {"1"}
    assert scene.store.stories.recent(["linkedin"], 5) == [], "a date is no event"
