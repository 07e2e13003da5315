"""Marks on controls: the same wherever set, and ending every reminder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Address, Change, Record, Subscription
from bot.states import PartKind
from bot.store import Store
from bot.store.reminders import Acted, ControlKey, Deed, Done
from bot.verdicts import Origin, Reason
from tests.support.world import CHANGE, ITEM, NOW, tell

ME = Address("telegram", "1")
OTHER = Address("telegram", "2")
DAY = date(2025, 11, 20)
AI = ControlKey("linkedin", "ai-training")
ADS = ControlKey("linkedin", "ads")
ZONE = "Europe/Brussels"
LEASE = timedelta(minutes=2)


def dated(**fields: object) -> Change:
    base = replace(CHANGE, effective=DAY, topics=("ai_training",))
    return replace(base, **fields)  # type: ignore[arg-type]


def deadline() -> Change:
    return replace(
        CHANGE,
        uid="control:linkedin/ai-training/2025-11-20",
        record=Record.DEADLINE,
        effective=DAY,
        topics=("ai_training",),
        why=(Reason(Origin.ACT_UNTIL),),
    )


def followed(store: Store) -> None:
    for who in (ME, OTHER):
        store.subscriptions.add(Subscription(who, "linkedin", frozenset({"EU"})), NOW)


def told(store: Store, change: Change) -> None:
    """Tell a change, and have it delivered."""
    tell(store, change, replace(ITEM, uid=change.uid))
    for delivery in store.outbox.claim("telegram", "me", NOW, LEASE, 10):
        store.outbox.sent([(delivery, "m")], "me", NOW)


def reminded(store: Store, days: int) -> list[tuple[str, int]]:
    """Who is reminded so many days ahead, and of how many stories in one message."""
    now = NOW.replace(year=DAY.year, month=DAY.month, day=DAY.day, hour=12) - timedelta(days=days)
    store.reminders.begin_due(now, ZONE)
    found = store.outbox.claim("telegram", "me", now, LEASE, 10)
    for delivery in found:
        assert all(alert.part.kind is PartKind.REMINDER for alert in delivery.alerts)
        store.outbox.sent([(delivery, "m")], "me", now)
    return sorted((delivery.address.chat, len(delivery.alerts)) for delivery in found)


def test_two_dates_of_one_switch_are_one_message(both: Store) -> None:
    followed(both)
    told(both, dated())
    both.reminders.add_deadline(deadline(), NOW)
    assert reminded(both, 7) == [("1", 2), ("2", 2)]
    assert reminded(both, 1) == [("1", 2), ("2", 2)]


@pytest.mark.parametrize("deed", ["done", "not for me"])
def test_a_mark_ends_every_date_of_its_control(both: Store, deed: Deed) -> None:
    followed(both)
    told(both, dated())
    both.reminders.add_deadline(deadline(), NOW)
    both.reminders.act(ME, Done(AI, deed, "ai_training"), NOW)
    assert reminded(both, 7) == [("2", 2)]


def test_a_mark_of_before_ends_the_dates_that_come(both: Store) -> None:
    followed(both)
    both.reminders.act(ME, Done(AI, "done", "ai_training"), NOW)
    told(both, dated())
    both.reminders.add_deadline(deadline(), NOW)
    assert reminded(both, 7) == [("2", 2)]


def test_another_control_or_later_ends_nothing(both: Store) -> None:
    followed(both)
    told(both, dated())
    both.reminders.act(ME, Done(ADS, "done", "advertising_tracking"), NOW)
    both.reminders.act(ME, Done(AI, "later", "ai_training"), NOW)
    assert reminded(both, 7) == [("1", 1), ("2", 1)]


def test_what_is_taken_back_is_reminded_of_again(both: Store) -> None:
    followed(both)
    told(both, dated())
    both.reminders.act(ME, Done(AI, "done", "ai_training"), NOW)
    both.reminders.undo(ME, AI, NOW)
    assert both.reminders.acted(ME) == {}
    assert reminded(both, 7) == [("1", 1), ("2", 1)]


def test_later_after_done_is_reminded_of_again(both: Store) -> None:
    followed(both)
    told(both, dated())
    both.reminders.act(ME, Done(AI, "done", "ai_training"), NOW)
    both.reminders.act(ME, Done(AI, "later", "ai_training"), NOW)
    assert reminded(both, 7) == [("1", 1), ("2", 1)]


def test_a_date_that_another_control_answers_stays_answered(both: Store) -> None:
    followed(both)
    told(both, dated())
    other = ControlKey("linkedin", "objection")
    both.reminders.act(ME, Done(other, "done", "ai_training"), NOW)
    both.reminders.act(ME, Done(AI, "done", "ai_training"), NOW)
    both.reminders.undo(ME, AI, NOW)
    assert reminded(both, 7) == [("2", 1)]


def test_one_day_has_one_reminder(both: Store) -> None:
    """After a standstill the last day's reminder takes the place of the one of the day before."""
    followed(both)
    told(both, dated())
    midnight = NOW.replace(year=DAY.year, month=DAY.month, day=DAY.day, hour=1)
    both.reminders.begin_due(midnight, ZONE)
    assert both.outbox.claim("telegram", "me", midnight, LEASE, 10) == []
    assert reminded(both, 0) == [("1", 1), ("2", 1)]
    assert reminded(both, 0) == []


def test_deliveries_know_what_is_done(both: Store) -> None:
    followed(both)
    both.reminders.act(ME, Done(AI, "done", "ai_training"), NOW)
    both.reminders.act(ME, Done(ControlKey("tiktok", "ads"), "done", "ads"), NOW)
    tell(both)
    found = both.outbox.claim("telegram", "me", NOW, LEASE, 10)
    done = {delivery.address.chat: delivery.chat.done for delivery in found}
    assert done == {"1": {"linkedin/ai-training"}, "2": frozenset()}


DEEDS = st.lists(st.sampled_from(["done", "later", "not for me", "undo"]), min_size=1, max_size=6)


@given(DEEDS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_last_press_counts(store: Store, deeds: list[str]) -> None:
    for each in deeds:
        if each == "undo":
            store.reminders.undo(ME, AI, NOW)
        else:
            store.reminders.act(ME, Done(AI, each, "ai_training"), NOW)  # type: ignore[arg-type]
    last = deeds[-1]
    expected = {} if last == "undo" else {AI: Acted(last, NOW)}  # type: ignore[arg-type]
    assert store.reminders.acted(ME) == expected
