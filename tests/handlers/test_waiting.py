"""Commands say that a change waits, and for which message."""

from __future__ import annotations

from dataclasses import replace

import pytest

import handlers
from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.model import Address, Cursor, Record, Subscription
from bot.platform import Request
from bot.preferences import Schedule
from bot.store import Store
from tests.support import world
from tests.support.world import CHANGE, ITEM, NOW

ANNA = Address("telegram", "1")
#: No date in it, which a digest would tell too late, and judged to be less.
SMALLER = replace(CHANGE, effective=None, at_once=False)


class Asked:
    """A chat that follows LinkedIn, and is told of one smaller change."""

    def __init__(self, store: Store, known: Catalogue, names: Names) -> None:
        self.store = store
        self.context = world.context(store, known, names)
        store.subscriptions.add(Subscription(ANNA, "linkedin", frozenset({"EU"})), NOW)
        world.tell(store, SMALLER)

    def answers(self, command: str, text: str = "") -> str:
        request = Request(command, text, ANNA)
        return handlers.answer(request, self.context).text


@pytest.fixture
def asked(both: Store, known: Catalogue, names: Names) -> Asked:
    return Asked(both, known, names)


@pytest.mark.parametrize(
    ("command", "text"),
    [("story", "1"), ("recent", ""), ("recent", "linkedin"), ("test", ""), ("why", "1")],
)
def test_what_waits_for_the_weekly_digest_is_said_with_its_day(
    asked: Asked, command: str, text: str
) -> None:
    said = asked.answers(command, text)
    assert "It is waiting for you: your weekly message (Monday)." in said


def test_why_says_it_of_each_change_of_a_service(asked: Asked) -> None:
    assert "your weekly message (Monday)" in asked.answers("why", "linkedin")


def test_the_day_is_the_chats_own(asked: Asked) -> None:
    schedule = Schedule("now", at=30, weekday=3, zone="Pacific/Auckland")
    asked.store.preferences.set_schedule(ANNA, schedule, NOW)
    asked.store.outbox.claim("telegram", "me", NOW, (NOW - NOW), 1)
    assert "your weekly message (Thursday)" in asked.answers("story", "1")
    assert "smaller ones once a week (Thursday, 0:30)" in asked.answers("when")


def test_smaller_ones_can_come_at_once_as_before(asked: Asked) -> None:
    assert "of smaller ones too" in asked.answers("when", "now all")
    assert "once a week" in asked.answers("when", "now")


def test_what_waits_for_nothing_says_nothing(asked: Asked) -> None:
    world.tell(
        asked.store, replace(SMALLER, uid="commit:2", at_once=True), replace(ITEM, uid="commit:2")
    )
    assert "waiting" not in asked.answers("story", "2")


def test_it_is_said_in_the_language_of_the_chat(asked: Asked) -> None:
    asked.store.preferences.set_language(ANNA, "de", NOW)
    assert "deine wöchentliche Nachricht (Montag)" in asked.answers("story", "1")


def test_what_was_taken_back_before_its_turn_is_explained(asked: Asked) -> None:
    story = asked.store.stories.get(1)
    assert story
    item = replace(ITEM, uid="commit:3")
    back = replace(SMALLER, uid="commit:3", record=Record.TAKEN_BACK, at_once=True)
    asked.store.items.keep(item.source, [item], Cursor(learned=True), NOW, NOW)
    audience = matcher.audience(back, story)
    asked.store.stories.publish(item, back, None, story, audience, NOW)
    asked.store.preferences.set_schedule(ANNA, Schedule(silent=True), NOW)
    asked.store.outbox.claim("telegram", "me", NOW, (NOW - NOW), 1)
    assert "it was taken back before its turn came" in asked.answers("why", "1")
