"""Digests in the outbox: weekly, told once, and never delaying an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.model import Address, Change, Cursor, Item, Record, Story, Subscription
from bot.outcomes import Later, Outcome
from bot.preferences import Interests, Level, Schedule
from bot.render.delivery import Words
from bot.states import DeliveryState
from bot.store import Store, fan_out
from bot.verdicts import HeldFor, Verdict
from tests.conftest import Clock
from tests.jobs.test_deliver import FakeChat
from tests.support.world import CHANGE, ITEM, tell

#: A Tuesday noon; the next digest of who chose no schedule comes on Monday at 9:00 in Brussels.
NOON = datetime(2025, 11, 4, 12, tzinfo=UTC)
MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)
WEEK = timedelta(days=7)
ANNA = Address("telegram", "1")
BEN = Address("telegram", "2")
SMALLER = "maller changes"


class Scene:
    """Chats on a platform that takes everything, stories that happen, and a clock."""

    def __init__(self, store: Store, known: Catalogue, names: Names, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.chat = FakeChat("telegram")
        self.words = Words(known, names)
        self.count = 0
        clock.now = NOON
        for service in ("linkedin", "tiktok"):
            self.follow(ANNA, service)

    def follow(self, address: Address, service: str = "linkedin", region: str = "EU") -> None:
        there = Subscription(address, service, frozenset({region}))
        self.store.subscriptions.add(there, self.clock())

    def happens(self, service: str = "linkedin", **fields: Any) -> Story:
        """A smaller change, unless the fields say otherwise; the story that it began."""
        self.count += 1
        item = replace(ITEM, uid=f"commit:{self.count}")
        smaller = {"services": (service,), "effective": None, "at_once": False}
        change = replace(CHANGE, uid=item.uid, **{**smaller, **fields})
        tell(self.store, change, item, self.clock())
        [found] = [
            told
            for told in self.store.changes.newest([service], 100)
            if told.change.uid == item.uid
        ]
        return Story(found.story_id or 0, change)

    def joins(self, story: Story, **fields: Any) -> Change:
        """Something comes to a story that was told."""
        self.count += 1
        item = replace(ITEM, uid=f"commit:{self.count}")
        part = replace(story.lead, uid=item.uid, fingerprint=(self.count,), **fields)
        _publish(self.store, item, part, story, self.clock())
        return part

    async def goes_on(self, **by: float) -> list[str]:
        """What is told in that time; every few hours a new process looks."""
        before = len(self.chat.sent)
        end = self.clock() + timedelta(**by)
        step = timedelta(hours=1 if end - self.clock() < timedelta(days=2) else 6)
        while self.clock() < end:
            self.clock.now = min(self.clock() + step, end)
            await self.looks()
        return [text for _, _, text in self.chat.sent[before:]]

    async def looks(self, *answers: Outcome) -> None:
        self.chat.answers = list(answers)
        await Deliverer(self.store, [self.chat], self.words, self.clock).deliver_due()

    def held_for(self, address: Address, story: Story) -> HeldFor | None:
        return self.store.outbox.fate(address, story.id).held_for


def _publish(store: Store, item: Item, part: Change, story: Story, now: datetime) -> None:
    store.sources.due([item.source], now)
    store.items.keep(item.source, [item], Cursor(learned=True), now, now)
    store.stories.publish(item, part, None, story, matcher.audience(part, story), now)


@pytest.fixture
def scene(both: Store, known: Catalogue, names: Names, clock: Clock) -> Scene:
    return Scene(both, known, names, clock)


async def test_smaller_changes_come_as_one_message_on_monday(scene: Scene) -> None:
    for service in ("linkedin", "tiktok", "linkedin"):
        scene.happens(service)
    assert await scene.goes_on(days=5) == []
    [told] = await scene.goes_on(days=2)
    assert SMALLER in told.splitlines()[0]
    assert scene.clock() > MONDAY
    assert await scene.goes_on(days=21) == []


async def test_who_asks_for_all_at_once_has_smaller_changes_as_before(scene: Scene) -> None:
    scene.happens()
    assert await scene.goes_on(hours=3) == []
    as_before = Schedule(small_at_once=True)
    scene.store.preferences.set_schedule(ANNA, as_before, scene.clock())
    assert len(await scene.goes_on(hours=3)) == 1, "what waited for Monday comes, too"
    scene.happens()
    [told] = await scene.goes_on(hours=3)
    assert SMALLER not in told
    assert await scene.goes_on(days=21) == []


@pytest.mark.parametrize("count", [1, 3, 4, 1000])
async def test_however_many_there_are_it_is_one_message(scene: Scene, count: int) -> None:
    for _ in range(count):
        scene.happens()
    await scene.goes_on(days=5)
    assert len(await scene.goes_on(days=2)) == 1
    assert scene.store.outbox.depth() == {DeliveryState.SENT: count}


async def test_what_is_told_at_once_waits_for_no_digest_and_drags_none_along(scene: Scene) -> None:
    for _ in range(5):
        scene.happens()
    for _ in range(4):
        scene.happens("tiktok", at_once=True)
    [told] = await scene.goes_on(hours=1)
    assert "LinkedIn" not in told
    assert scene.store.outbox.depth() == {DeliveryState.SENT: 4, DeliveryState.HELD: 5}
    scene.clock.now = MONDAY + timedelta(minutes=1)
    scene.happens("tiktok", at_once=True)
    await scene.looks()
    alert, digest = [text for _, _, text in scene.chat.sent[-2:]]
    assert "TikTok" in alert
    assert SMALLER not in alert
    assert SMALLER in digest


async def test_a_chat_with_a_digest_gets_all_in_it(scene: Scene) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule("daily", 18 * 60), NOON)
    scene.happens()
    scene.happens("tiktok", at_once=True)
    [told] = await scene.goes_on(days=1)
    assert "TikTok" in told
    assert "LinkedIn" in told
    assert told.index("TikTok") < told.index("LinkedIn"), "the important first"


async def test_small_edits_that_somebody_asked_for_come_in_the_digest(scene: Scene) -> None:
    scene.store.preferences.set_interests(ANNA, Interests(Level.EVERYTHING), NOON)
    scene.follow(BEN)
    story = scene.happens(verdict=Verdict.MINOR, at_once=True)
    assert scene.held_for(ANNA, story) is HeldFor.WEEKLY_DIGEST
    assert scene.store.outbox.fate(BEN, story.id).state is None
    await scene.goes_on(days=7)
    assert [chat for chat, _, _ in scene.chat.sent] == ["1"]


async def test_quiet_hours_delay_a_digest_by_hours(scene: Scene) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule(quiet=(8 * 60, 20 * 60)), NOON)
    scene.happens()
    await scene.goes_on(days=5)
    scene.clock.now = MONDAY + timedelta(hours=10, minutes=59)
    await scene.looks()
    assert scene.chat.sent == []
    scene.clock.forward(minutes=2)
    await scene.looks()
    assert len(scene.chat.sent) == 1


async def test_who_was_down_on_monday_morning_tells_it_after_the_quiet_hours(scene: Scene) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule(quiet=(22 * 60, 8 * 60)), NOON)
    scene.happens()
    await scene.goes_on(hours=1)
    scene.clock.now = MONDAY + timedelta(hours=15)
    await scene.looks()
    assert scene.chat.sent == []
    scene.clock.now = MONDAY + timedelta(days=1)
    await scene.looks()
    assert len(scene.chat.sent) == 1


@pytest.mark.parametrize(("days", "messages"), [(1, 1), (4, 1), (8, 2), (12, 2)])
async def test_the_end_of_a_mute_brings_no_digest_of_its_own(
    scene: Scene, days: int, messages: int
) -> None:
    scene.happens("tiktok")
    scene.happens()
    scene.store.subscriptions.mute(ANNA, "linkedin", NOON + timedelta(days=days), NOON)
    scene.happens()
    told = await scene.goes_on(days=14)
    assert sum("LinkedIn" in text for text in told) == 1
    assert len(told) == messages
    assert scene.store.outbox.depth() == {DeliveryState.SENT: 3}


async def test_unmuting_leaves_it_for_monday(scene: Scene) -> None:
    scene.store.subscriptions.mute(ANNA, "linkedin", NOON + timedelta(days=30), NOON)
    scene.happens()
    await scene.goes_on(hours=2)
    scene.store.subscriptions.mute(ANNA, "linkedin", None, scene.clock())
    assert await scene.goes_on(days=5) == []
    assert len(await scene.goes_on(days=2)) == 1


async def test_a_chat_that_was_away_gets_the_digest_of_the_week_in_which_it_is_back(
    scene: Scene,
) -> None:
    scene.happens()
    scene.happens(at_once=True)
    scene.store.reach.lose([ANNA], "blocked", scene.clock(), left=True)
    assert await scene.goes_on(days=20) == []
    scene.store.reach.regain([ANNA], scene.clock())
    [alert] = await scene.goes_on(days=1)
    assert SMALLER not in alert
    [digest] = await scene.goes_on(days=7)
    assert SMALLER in digest


async def test_a_new_schedule_holds_for_what_waits(scene: Scene) -> None:
    scene.happens()
    await scene.goes_on(hours=1)
    for schedule in (Schedule("weekly", 18 * 60, weekday=3), Schedule("daily", 20 * 60)):
        scene.store.preferences.set_schedule(ANNA, schedule, scene.clock())
        await scene.looks()
    assert len(await scene.goes_on(days=1)) == 1
    scene.happens()
    scene.store.preferences.set_schedule(ANNA, Schedule(), scene.clock())
    assert await scene.goes_on(days=4) == []
    assert len(await scene.goes_on(days=2)) == 1


async def test_a_schedule_that_changes_when_the_digest_is_due_delays_it_by_no_week(
    scene: Scene,
) -> None:
    scene.happens()
    await scene.looks()
    scene.clock.now = MONDAY + timedelta(minutes=1)
    scene.store.preferences.set_schedule(ANNA, Schedule(silent=True), scene.clock())
    await scene.looks()
    assert len(scene.chat.sent) == 1


async def test_who_chose_a_day_and_hears_at_once_again_keeps_it_for_the_digest(
    scene: Scene,
) -> None:
    schedule = Schedule("now", 18 * 60, weekday=3, zone="Asia/Tokyo")
    scene.store.preferences.set_schedule(ANNA, schedule, NOON)
    scene.happens()
    scene.clock.now = datetime(2025, 11, 6, 8, 59, tzinfo=UTC)
    await scene.looks()
    assert scene.chat.sent == []
    scene.clock.forward(minutes=2)
    await scene.looks()
    assert len(scene.chat.sent) == 1


async def test_a_date_to_act_by_before_the_digest_is_told_at_once(scene: Scene) -> None:
    scene.happens("tiktok")
    scene.happens(effective=date(2025, 11, 8))
    [told] = await scene.goes_on(hours=1)
    assert SMALLER not in told
    assert "LinkedIn" in told


async def test_a_date_that_is_over_or_comes_after_it_is_not(scene: Scene) -> None:
    scene.happens(effective=date(2025, 11, 4))
    scene.happens(effective=date(2025, 11, 20))
    assert await scene.goes_on(hours=2) == []
    assert len(await scene.goes_on(days=7)) == 1


async def test_urgent_lets_a_near_date_through_quiet_hours_too(scene: Scene) -> None:
    quiet = Schedule(quiet=(12 * 60, 20 * 60), urgent=True)
    scene.store.preferences.set_schedule(ANNA, quiet, NOON)
    scene.happens(effective=date(2025, 11, 5))
    assert len(await scene.goes_on(hours=1)) == 1


async def test_a_digest_that_meets_an_error_is_tried_again_and_not_a_week_later(
    scene: Scene,
) -> None:
    scene.happens()
    scene.happens("tiktok")
    scene.clock.now = MONDAY
    await scene.looks(Later(None, "reset"))
    assert scene.chat.sent == []
    scene.clock.forward(minutes=1)
    await scene.looks()
    [(_, _, text)] = scene.chat.sent
    assert SMALLER in text
    assert await scene.goes_on(days=14) == []


@pytest.mark.parametrize("mode", ["daily", "weekly"])
async def test_a_chosen_digest_that_meets_an_error_is_tried_again(scene: Scene, mode: Any) -> None:
    scene.store.preferences.set_schedule(ANNA, Schedule(mode), NOON)
    scene.happens(at_once=True)
    await scene.looks()
    scene.clock.now = MONDAY
    await scene.looks(Later(None, "reset"))
    scene.clock.forward(minutes=1)
    await scene.looks()
    assert len(scene.chat.sent) == 1


async def test_a_process_that_was_killed_tells_the_same_message_again(scene: Scene) -> None:
    scene.happens()
    scene.happens("tiktok")
    scene.clock.now = MONDAY
    claim = scene.store.outbox.claim
    [first] = claim("telegram", "dead", MONDAY, timedelta(minutes=2), 9)
    assert len(first.alerts) == 2
    scene.store.outbox.release()
    scene.happens()
    [again] = claim("telegram", "heir", MONDAY, timedelta(minutes=2), 9)
    assert (again.key, again.ids) == (first.key, first.ids)


async def test_what_comes_just_too_late_goes_with_the_digest(scene: Scene) -> None:
    scene.happens()
    scene.clock.now = MONDAY + timedelta(seconds=2)
    schedule = Schedule("now", silent=True)
    scene.store.preferences.set_schedule(ANNA, schedule, scene.clock())
    scene.happens("tiktok")
    await scene.looks()
    assert len(scene.chat.sent) == 1
    assert scene.store.outbox.depth() == {DeliveryState.SENT: 2}


async def test_two_digests_are_a_week_apart_when_the_clocks_change(scene: Scene) -> None:
    scene.clock.now = datetime(2026, 3, 17, tzinfo=UTC)
    sent: list[datetime] = []
    for _ in range(21 * 24):
        scene.clock.forward(hours=1)
        if scene.clock().hour == 12:
            scene.happens()
        before = len(scene.chat.sent)
        await scene.looks()
        sent += [scene.clock()] * (len(scene.chat.sent) - before)
    assert [moment.isoformat(" ", "minutes")[:16] for moment in sent] == [
        "2026-03-23 08:00",
        "2026-03-30 07:00",
        "2026-04-06 07:00",
    ]


async def test_what_was_a_line_of_a_digest_is_not_repeated_louder(scene: Scene) -> None:
    soon = date(2025, 11, 20)
    scene.happens(effective=soon)
    story = scene.happens("tiktok", effective=soon)
    await scene.goes_on(days=7)
    scene.joins(story, at_once=True)
    await scene.goes_on(hours=1)
    for _ in range(14):
        scene.store.reminders.begin_due(scene.clock(), "Europe/Brussels")
        await scene.goes_on(days=1)
    told = [text.splitlines()[0] for _, _, text in scene.chat.sent]
    assert [heading for heading in told if "LinkedIn" in heading] == []
    assert told[-3:] == ["TikTok: in 7 days", "TikTok: tomorrow", "TikTok: today"]


# -- what comes to a story


async def test_what_presses_brings_a_waiting_story_at_once_and_only_once(scene: Scene) -> None:
    story = scene.happens()
    await scene.goes_on(hours=1)
    scene.joins(story, at_once=True)
    [told] = await scene.goes_on(hours=1)
    assert SMALLER not in told
    assert await scene.goes_on(days=14) == []


async def test_a_smaller_part_of_a_waiting_story_waits_with_it(scene: Scene) -> None:
    story = scene.happens()
    scene.joins(story)
    assert await scene.goes_on(days=5) == []
    assert len(await scene.goes_on(days=9)) == 1


async def test_what_explains_a_story_of_the_digest_is_added_to_it_at_once(scene: Scene) -> None:
    story = scene.happens()
    await scene.goes_on(days=7)
    scene.joins(story, record=Record.MEMO, at_once=True)
    assert await scene.goes_on(hours=1) == [], "quietly"
    [(_, told)] = scene.chat.edited
    assert "Explained by Open Terms Archive" in told
    assert await scene.goes_on(days=14) == []


async def test_what_presses_is_an_alert_to_who_read_of_the_story_in_a_digest(scene: Scene) -> None:
    story = scene.happens()
    await scene.goes_on(days=7)
    scene.joins(story, at_once=True, terms_type="Terms of Service")
    [told] = await scene.goes_on(hours=1)
    assert told.startswith("LinkedIn · Terms of Service\n")
    assert "How to opt out:" in told
    grown = scene.store.stories.get(story.id)
    assert grown
    scene.joins(grown, at_once=True, terms_type="Trackers Policy")
    assert await scene.goes_on(days=14) == []


async def test_a_smaller_addition_is_left_for_the_next_digest(scene: Scene) -> None:
    story = scene.happens(at_once=True)
    await scene.goes_on(days=1)
    scene.joins(story, at_once=False)
    assert await scene.goes_on(days=4) == []
    [told] = await scene.goes_on(days=2)
    assert SMALLER in told


async def test_it_is_brought_forward_only_where_the_new_part_concerns_people(scene: Scene) -> None:
    scene.follow(BEN, region="CH")
    story = scene.happens(area=None)
    await scene.looks()
    scene.joins(story, at_once=True, area=frozenset({"CH"}))
    await scene.looks()
    assert [chat for chat, _, _ in scene.chat.sent] == ["2"]
    await scene.goes_on(days=7)
    assert [chat for chat, _, _ in scene.chat.sent] == ["2", "1"]


@pytest.mark.parametrize("days", [2, 9])
async def test_a_mute_holds_what_was_brought_forward(scene: Scene, days: int) -> None:
    story = scene.happens()
    scene.store.subscriptions.mute(ANNA, "linkedin", NOON + timedelta(days=days), NOON)
    scene.joins(story, at_once=True)
    assert await scene.goes_on(days=days - 1) == []
    [told] = await scene.goes_on(days=1)
    assert SMALLER not in told


async def test_a_service_that_is_not_muted_brings_forward_what_is_about_both(scene: Scene) -> None:
    story = scene.happens(services=("linkedin", "tiktok"))
    scene.store.subscriptions.mute(ANNA, "linkedin", NOON + timedelta(days=30), NOON)
    scene.joins(story, at_once=True)
    assert len(await scene.goes_on(days=1)) == 1


async def test_who_was_away_hears_at_once_of_what_was_brought_forward(scene: Scene) -> None:
    story = scene.happens()
    scene.store.reach.lose([ANNA], "blocked", scene.clock(), left=True)
    scene.joins(story, at_once=True)
    assert await scene.goes_on(days=3) == []
    scene.store.reach.regain([ANNA], scene.clock())
    [told] = await scene.goes_on(hours=1)
    assert SMALLER not in told


async def test_a_crowd_is_brought_forward_slice_by_slice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "SLICE", 2)
    for number in range(2, 8):
        scene.follow(Address("telegram", str(number)))
    story = scene.happens()
    while scene.store.outbox.fan_out() is not None:
        pass
    await scene.looks()
    assert scene.store.outbox.depth() == {DeliveryState.HELD: 7}
    scene.joins(story, at_once=True)
    while scene.store.outbox.fan_out() is not None:
        pass
    await scene.looks()
    assert len({chat for chat, _, _ in scene.chat.sent}) == 7
    assert len(scene.chat.sent) == 7


async def test_what_was_taken_back_meanwhile_is_not_told(scene: Scene) -> None:
    story = scene.happens()
    scene.happens("tiktok")
    await scene.goes_on(days=1)
    scene.joins(story, record=Record.TAKEN_BACK, at_once=True)
    [told] = await scene.goes_on(days=7)
    assert "LinkedIn" not in told
    assert scene.store.outbox.depth() == {DeliveryState.SENT: 1}


async def test_a_digest_of_nothing_but_what_was_taken_back_does_not_come(scene: Scene) -> None:
    story = scene.happens()
    scene.joins(story, record=Record.TAKEN_BACK, at_once=True)
    assert await scene.goes_on(days=14) == []


async def test_what_was_taken_back_and_came_again_is_told(scene: Scene) -> None:
    story = scene.happens()
    await scene.goes_on(days=1)
    scene.joins(story, record=Record.TAKEN_BACK, at_once=True)
    scene.joins(story)
    assert len(await scene.goes_on(days=7)) == 1


async def test_leaving_wins_over_the_digest(scene: Scene) -> None:
    scene.happens()
    scene.happens("tiktok")
    await scene.goes_on(hours=1)
    scene.store.subscriptions.remove(ANNA, "linkedin", scene.clock())
    [told] = await scene.goes_on(days=7)
    assert "LinkedIn" not in told
    scene.happens("tiktok")
    scene.store.subscriptions.remove(ANNA, None, scene.clock())
    assert await scene.goes_on(days=14) == []


async def test_settings_that_are_taken_over_move_the_digest(scene: Scene) -> None:
    scene.happens()
    await scene.looks()
    scene.follow(BEN)
    scene.store.preferences.set_schedule(BEN, Schedule("now", weekday=2), scene.clock())
    scene.store.chats.offer(BEN, "code", scene.clock() + WEEK, scene.clock())
    scene.store.chats.take_over(ANNA, "code", scene.clock())
    assert len(await scene.goes_on(days=1)) == 1


async def test_alerts_pass_a_crowd_that_waits_for_its_digests(scene: Scene) -> None:
    for number in range(2, 40):
        scene.follow(Address("telegram", str(number)))
    scene.happens()
    scene.clock.now = MONDAY + timedelta(minutes=5)
    scene.follow(Address("telegram", "99"), "tiktok")
    scene.store.preferences.set_schedule(
        Address("telegram", "99"), Schedule("now", zone="Europe/Rome"), scene.clock()
    )
    scene.happens("tiktok", at_once=True)
    [first, second] = scene.store.outbox.claim(
        "telegram", "me", scene.clock(), timedelta(minutes=2), 2
    )
    assert {first.address.chat, second.address.chat} == {"1", "99"}
    assert [alert.digest for delivery in (first, second) for alert in delivery.alerts] == [
        False
    ] * 2
