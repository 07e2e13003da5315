"""Undo within a day of removals and replacements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.document_kinds import Kind
from bot.model import Address, Subscription
from bot.preferences import Schedule
from bot.store import Store
from bot.store.suggestions import Suggestion

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ME, OTHER = Address("telegram", "1"), Address("discord", "2")


def follow(store: Store, service: str, regions: str, where: Address = ME) -> None:
    wanted = Subscription(where, service, frozenset(regions.split()))
    store.subscriptions.add(wanted, NOW)


def mine(store: Store, where: Address = ME) -> dict[str, frozenset[str]]:
    return {each.service: each.regions for each in store.subscriptions.of(where)}


def test_what_was_unfollowed_comes_back_with_its_regions_and_documents(both: Store) -> None:
    follow(both, "linkedin", "NO SE")
    both.subscriptions.choose(ME, "linkedin", {Kind.PRIVACY}, NOW)
    both.subscriptions.remove(ME, "linkedin", NOW)
    assert mine(both) == {}
    assert both.subscriptions.restore(ME, ["linkedin"], NOW) == ["linkedin"]
    [back] = both.subscriptions.of(ME)
    assert (back.regions, back.kinds) == (frozenset({"NO", "SE"}), frozenset({Kind.PRIVACY}))
    assert both.subscriptions.restore(ME, ["linkedin"], NOW) == [], "once"


def test_an_earlier_time_in_other_regions_does_not_come_back(both: Store) -> None:
    follow(both, "linkedin", "NO")
    both.subscriptions.remove(ME, "linkedin", NOW)
    follow(both, "linkedin", "CH")
    both.subscriptions.remove(ME, "linkedin", NOW)
    both.subscriptions.restore(ME, ["linkedin"], NOW)
    assert mine(both) == {"linkedin": {"CH"}}


def test_all_that_went_at_one_time_comes_back_together(both: Store) -> None:
    for service in ("linkedin", "reddit", "tiktok"):
        follow(both, service, "EU")
    both.subscriptions.remove(ME, "tiktok", NOW)
    both.subscriptions.remove(ME, None, NOW + timedelta(minutes=1))
    both.subscriptions.restore(ME, None, NOW + timedelta(minutes=2))
    assert set(mine(both)) == {"linkedin", "reddit"}
    both.subscriptions.restore(ME, None, NOW + timedelta(minutes=2))
    assert set(mine(both)) == {"linkedin", "reddit", "tiktok"}


def test_what_is_followed_again_meanwhile_stays_as_it_is_now(both: Store) -> None:
    follow(both, "linkedin", "NO")
    both.subscriptions.remove(ME, "linkedin", NOW)
    follow(both, "linkedin", "NO")
    both.subscriptions.restore(ME, ["linkedin"], NOW)
    assert mine(both) == {"linkedin": {"NO"}}


def test_a_day_later_it_is_gone_for_good(both: Store) -> None:
    follow(both, "linkedin", "NO")
    both.subscriptions.remove(ME, "linkedin", NOW)
    late = NOW + timedelta(days=1)
    assert both.subscriptions.restore(ME, ["linkedin"], late) == []
    both.chats.tidy(late)
    assert "unfollowed" in both.chats.export(ME)
    assert both.chats.export(ME)["unfollowed"] == []


def test_a_chat_that_took_over_settings_can_be_as_it_was(both: Store) -> None:
    follow(both, "linkedin", "NO")
    follow(both, "reddit", "CH", OTHER)
    both.preferences.set_language(ME, "de", NOW)
    both.preferences.set_schedule(OTHER, Schedule(mode="weekly"), NOW)
    both.chats.offer(OTHER, "abc", NOW + timedelta(minutes=5), NOW)
    assert both.chats.take_over(ME, "abc", NOW) == 2
    follow_later = Subscription(ME, "tiktok", frozenset({"NO"}))
    both.subscriptions.add(follow_later, NOW + timedelta(hours=1))
    assert both.chats.restore(ME, NOW + timedelta(hours=2))
    settings = both.preferences.get(ME)
    assert settings is not None
    assert (settings.language, settings.schedule.mode) == ("de", "now")
    assert mine(both) == {"linkedin": {"NO"}, "tiktok": {"NO"}}, "what came later stays"
    assert not both.chats.restore(ME, NOW + timedelta(hours=2)), "once"


def test_a_chat_that_nobody_knows_has_nothing_to_take_back(both: Store) -> None:
    assert not both.chats.restore(ME, NOW)
    assert both.chats.export(ME) == {}, "and asking makes it no chat"


def test_suggestions_are_counted_and_told_once_a_day(both: Store) -> None:
    for what in ("b.example", "a.example", "b.example"):
        both.suggestions.add("service", what, NOW)
    assert both.suggestions.due(NOW + timedelta(hours=23), 10) == []
    due = both.suggestions.due(NOW + timedelta(days=1), 1)
    assert due == [Suggestion("service", "b.example", 2)]
    both.suggestions.told(due)
    [left] = both.suggestions.due(NOW + timedelta(days=1), 10)
    assert left == Suggestion("service", "a.example", 1)


def test_suggestions_of_which_nobody_is_told_are_not_kept_for_ever(both: Store) -> None:
    both.suggestions.add("service", "a.example", NOW)
    both.suggestions.tidy(NOW + timedelta(days=89))
    assert len(both.suggestions.due(NOW + timedelta(days=1), 10)) == 1
    both.suggestions.tidy(NOW + timedelta(days=90))
    assert both.suggestions.due(NOW + timedelta(days=1), 10) == []


def test_a_code_of_a_chat_that_moved_carries_nothing(both: Store) -> None:
    """Its chat is another one by then; the code ends like any that ran out."""
    group, moved = Address("telegram", "-5"), Address("telegram", "-1005")
    for chat in (group, moved):
        both.subscriptions.add(Subscription(chat, "linkedin", frozenset({"EU"})), NOW)
    both.chats.offer(group, "code", NOW + timedelta(minutes=15), NOW)
    both.chats.move(group, moved)
    assert both.chats.take_over(ME, "code", NOW) is None
