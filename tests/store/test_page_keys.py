"""Keys of personal pages, on both databases: one-time, temporary, deleted with the chat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.model import Address, Subscription
from bot.platform import Place
from bot.store import Store
from bot.verdicts import Verdict
from tests.support.world import CHANGE, NOW, tell

ME = Address("telegram", "1", "7")
OTHER = Address("discord", "2")
LATER = NOW + timedelta(minutes=15)
HOUR = NOW + timedelta(hours=1)


def test_many_at_once_use_a_link_once(both: Store) -> None:
    both.pages.offer(ME, "key", LATER, NOW)

    def use(number: int) -> bool:
        """Use it."""
        return both.pages.open("key", f"session {number}", HOUR, NOW)

    with ThreadPoolExecutor(8) as pool:
        used = list(pool.map(use, range(8)))
    assert used.count(True) == 1
    sessions = [both.pages.session(f"session {number}", NOW) for number in range(8)]
    [mine] = [each for each in sessions if each is not None]
    assert mine.address == ME


def test_a_key_opens_one_thing_only(both: Store) -> None:
    both.pages.offer(ME, "link", LATER, NOW)
    both.pages.offer_feed(ME, "feed", NOW)
    assert both.pages.session("link", NOW) is None
    assert both.pages.of_feed("link", NOW) is None
    assert both.pages.session("feed", NOW) is None
    assert not both.pages.open("feed", "s", HOUR, NOW)
    assert both.pages.open("link", "s", HOUR, NOW)
    assert both.pages.of_feed("s", NOW) is None
    assert both.pages.of_feed("feed", NOW) == ME
    for odd in ("", "\udcff", "'; --", "x" * 5_000):
        assert both.pages.session(odd, NOW) is None


def test_places_come_back_as_they_were(both: Store) -> None:
    places = (Place(OTHER, "new\\s “1”", ("Send Messages",)), Place(ME, "", ()))
    both.pages.offer(OTHER, "link", LATER, NOW, places)
    both.pages.open("link", "s", HOUR, NOW)
    found = both.pages.session("s", NOW)
    assert found
    assert found.places == places


def test_what_is_over_is_erased(both: Store) -> None:
    both.pages.offer(ME, "link", LATER, NOW)
    both.pages.offer_feed(ME, "feed", NOW)
    both.pages.offer(OTHER, "other", LATER, NOW)
    both.pages.open("other", "s", HOUR, NOW)
    both.pages.tidy(LATER)
    assert not both.pages.is_offered("link", NOW)
    assert both.pages.session("s", NOW)
    both.pages.tidy(HOUR)
    assert both.pages.session("s", NOW) is None
    assert both.pages.of_feed("feed", NOW) == ME
    assert both.pages.feed_since(ME) == NOW
    both.pages.drop_feed(ME)
    assert both.pages.feed_since(ME) is None


def test_a_chat_that_moves_takes_its_page_along(both: Store) -> None:
    group, larger = Address("telegram", "-1"), Address("telegram", "-1001")
    both.pages.offer_feed(group, "feed", NOW)
    both.chats.move(group, larger)
    assert both.pages.of_feed("feed", NOW) == larger
    third = Address("telegram", "-1002")
    both.subscriptions.add(Subscription(third, "x", frozenset({"EU"})), NOW)
    both.chats.move(larger, third)
    assert both.pages.of_feed("feed", NOW) is None, "what is merged gives its keys up"


def test_counts_of_changes_and_what_was_heard(both: Store) -> None:
    assert both.changes.counts(["linkedin"])[Verdict.MATERIAL] == 0
    both.subscriptions.add(Subscription(ME, "linkedin", frozenset({"EU"})), NOW)
    tell(both)
    assert both.changes.counts(["linkedin"])[Verdict.MATERIAL] == 1
    assert both.archive.heard(ME, 5) == []
    [delivery] = both.outbox.claim("telegram", "me", NOW, timedelta(minutes=1), 5)
    both.outbox.sent([(delivery, "99")], "me", LATER)
    [(story, when)] = both.archive.heard(ME, 5)
    assert (story.lead.uid, when) == (CHANGE.uid, LATER)
    assert [each.id for each in both.archive.published((), 5)] == [story.id]
    assert both.archive.heard(OTHER, 5) == []
