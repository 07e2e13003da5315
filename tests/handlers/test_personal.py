"""The settings of a chat: level, topics, marks, and their transfer.

And the reasons that it is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import handlers
from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.matcher import Hindrance, hindrance, level_of
from bot.model import Address, Change, Record, Story, Subscription
from bot.platform import Request
from bot.preferences import ChatSettings, Interests, Level
from bot.store import Store
from bot.store.reminders import Acted, ControlKey, Done
from bot.verdicts import OptOut, Severity, Verdict
from tests.support import world
from tests.support.world import CHANGE, ITEM, NOW

A = Address("telegram", "1")
B = Address("discord", "2")
SMALL = replace(
    CHANGE,
    uid="commit:small",
    verdict=Verdict.MINOR,
    topics=(),
    opt_out=OptOut.NONE,
    effective=None,
)
PLAIN = replace(
    CHANGE,
    uid="commit:plain",
    severity=Severity.SHOULD_KNOW,
    topics=("payments_refunds",),
    opt_out=OptOut.NONE,
    effective=None,
)
GRAVE = replace(PLAIN, uid="commit:grave", severity=Severity.MUST_KNOW)
AHEAD = CHANGE.recorded.date() + timedelta(days=30)
NAMELESS = replace(PLAIN, uid="commit:nameless", topics=())


def follow(store: Store, *addresses: Address) -> None:
    for address in addresses:
        store.subscriptions.add(
            Subscription(address, "linkedin", frozenset({"EU"})), NOW - timedelta(days=1)
        )


def tell(store: Store, change: Change) -> int:
    return world.tell(store, change, replace(ITEM, uid=change.uid))


@pytest.mark.parametrize(
    ("change", "level"),
    [
        (SMALL, Level.EVERYTHING),
        (PLAIN, Level.SHOULD_KNOW),
        (replace(PLAIN, topics=("ai_training",)), Level.SHOULD_KNOW),
        (GRAVE, Level.MUST_KNOW),
        (replace(PLAIN, effective=AHEAD), Level.SHOULD_KNOW),
        (replace(PLAIN, opt_out=OptOut.AVAILABLE), Level.SHOULD_KNOW),
        (replace(PLAIN, effective=AHEAD, opt_out=OptOut.AVAILABLE), Level.MUST_KNOW),
        (replace(PLAIN, effective=AHEAD, opt_out=OptOut.REMOVED), Level.MUST_KNOW),
        (replace(PLAIN, record=Record.UNREAD), Level.MUST_KNOW),
        (replace(SMALL, severity=Severity.MUST_KNOW, effective=AHEAD), Level.EVERYTHING),
    ],
)
def test_the_level_of_a_change(change: Change, level: Level) -> None:
    assert level_of(change) is level


@pytest.mark.parametrize("least", list(Level))
def test_a_chat_hears_from_its_level_on(both: Store, least: Level) -> None:
    follow(both, A)
    both.preferences.set_interests(A, Interests(least), NOW)
    told = [tell(both, change) for change in (SMALL, PLAIN, GRAVE)]
    assert told == [int(level >= least) for level in Level]


def test_a_small_edit_is_told_only_to_those_who_asked_for_everything(both: Store) -> None:
    follow(both, A, B)
    assert tell(both, SMALL) == 0
    both.preferences.set_interests(A, Interests(Level.EVERYTHING), NOW)
    assert tell(both, replace(SMALL, uid="commit:another")) == 1
    assert both.stories.recent(["linkedin"], 5) == [], "a small edit is no story to others"
    assert len(both.changes.minor(["linkedin"], 5)) == 2


def test_a_chat_hears_of_its_topics_and_of_what_has_none(both: Store) -> None:
    follow(both, A, B)
    both.preferences.set_interests(
        A, Interests(topics=frozenset({"ai_training", "user_rights"})), NOW
    )
    assert [tell(both, change) for change in (CHANGE, PLAIN, NAMELESS)] == [2, 1, 2]


def test_what_joins_a_story_counts_as_much_as_the_story(store: Store) -> None:
    story = Story(1, replace(CHANGE, severity=Severity.MUST_KNOW))
    assert matcher.audience(SMALL, story).level is Level.MUST_KNOW
    assert set(matcher.audience(PLAIN, story).topics) == {"payments_refunds", "ai_training"}


@pytest.mark.parametrize(
    ("change", "interests", "expected"),
    [
        (CHANGE, Interests(), None),
        (replace(CHANGE, verdict=Verdict.NOISE), Interests(), Hindrance.VERDICT),
        (SMALL, Interests(), Hindrance.VERDICT),
        (SMALL, Interests(Level.EVERYTHING), None),
        (replace(CHANGE, services=("x",)), Interests(), Hindrance.SERVICE),
        (replace(CHANGE, area=frozenset({"US"})), Interests(), Hindrance.REGION),
        (PLAIN, Interests(Level.MUST_KNOW), Hindrance.LEVEL),
        (PLAIN, Interests(topics=frozenset({"ai_training"})), Hindrance.TOPIC),
        (NAMELESS, Interests(topics=frozenset({"ai_training"})), None),
    ],
)
def test_the_reason_is_what_the_store_matched_by(
    both: Store, change: Change, interests: Interests, expected: Hindrance | None
) -> None:
    follow(both, A)
    both.preferences.set_interests(A, interests, NOW)
    found = hindrance(change, both.subscriptions.of(A), interests)
    assert found is expected
    assert tell(both, change) == (0 if expected else 1)


def test_language_role_and_kind_are_kept(both: Store) -> None:
    assert both.preferences.get(A) is None
    follow(both, A)
    assert both.preferences.get(A) == ChatSettings()
    both.chats.meet(A, "de", shared=True)
    both.chats.meet(A, "fr", shared=True)
    assert both.preferences.get(A) == ChatSettings("de", shared=True), "the first language stays"
    both.preferences.set_language(A, "pl", NOW)
    both.preferences.set_mention(A, "77", NOW)
    both.reach.lose([A], "left", NOW, left=True)
    assert both.preferences.get(A) == ChatSettings("pl", True, "77", paused="left")


def test_a_delivery_knows_how_to_speak(both: Store) -> None:
    follow(both, A)
    both.preferences.set_language(A, "it", NOW)
    both.preferences.set_mention(A, "5", NOW)
    tell(both, CHANGE)
    [delivery] = both.outbox.claim("telegram", "me", NOW, timedelta(minutes=1), 5)
    assert (delivery.chat.language, delivery.chat.mention, delivery.chat.shared) == (
        "it",
        "5",
        False,
    )


def test_doing_what_the_catalogue_dates_ends_its_reminders(both: Store) -> None:
    follow(both, A)
    dated = replace(
        CHANGE,
        uid="control:linkedin/ads/2025-11-10",
        record=Record.DEADLINE,
        recorded=NOW + timedelta(days=6),
    )
    both.reminders.add_deadline(dated, NOW)
    both.reminders.act(A, Done(ControlKey("linkedin", "ads"), "later"), NOW)
    assert both.reminders.acted(A) == {ControlKey("linkedin", "ads"): Acted("later", NOW)}
    both.reminders.act(A, Done(ControlKey("linkedin", "ads"), "done"), NOW)
    assert both.reminders.acted(A) == {ControlKey("linkedin", "ads"): Acted("done", NOW)}
    assert both.chats.export(A)["answered"][0]["answer"] == "done"


def test_a_code_carries_settings_once_and_not_for_ever(both: Store) -> None:
    follow(both, A)
    both.preferences.set_interests(A, Interests(Level.MUST_KNOW, frozenset({"security"})), NOW)
    both.reminders.act(A, Done(ControlKey("linkedin", "ads"), "done"), NOW)
    both.chats.offer(A, "first", NOW + timedelta(minutes=15), NOW)
    both.chats.offer(A, "second", NOW + timedelta(minutes=15), NOW)
    assert both.chats.take_over(B, "first", NOW) is None, "a new code ends the old one"
    assert both.chats.take_over(B, "second", NOW + timedelta(hours=1)) is None, "too late"
    assert both.chats.take_over(B, "second", NOW) == 1
    assert both.chats.take_over(B, "second", NOW) is None
    giver, taker = both.preferences.get(A), both.preferences.get(B)
    assert giver is not None
    assert taker is not None
    assert taker.interests == giver.interests
    assert both.reminders.acted(B) == both.reminders.acted(A)
    assert [s.service for s in both.subscriptions.of(A)] == ["linkedin"], "the giver keeps its own"
    both.chats.offer(A, "own", NOW + timedelta(minutes=15), NOW)
    assert both.chats.take_over(A, "own", NOW) == 1
    assert "second" not in str(both.chats.export(A))


def test_why_tells_what_became_of_a_story(store: Store, known: Catalogue, names: Names) -> None:
    follow(store, A)
    tell(store, CHANGE)
    context = world.context(store, known, names)

    def why() -> str:
        return handlers.answer(Request("why", "1", A), context).text

    assert "It is waiting for you: it is on its way." in why()
    store.subscriptions.mute(A, "linkedin", NOW + timedelta(days=3), NOW)
    assert "It is waiting for you: muted." in why()
    store.subscriptions.mute(A, "linkedin", None, NOW)
    [delivery] = store.outbox.claim("telegram", "me", NOW, timedelta(minutes=1), 5)
    store.outbox.sent([(delivery, "9")], "me", NOW)
    assert "You were told on 4 November 2025 because you follow LinkedIn (EU)," in why()
    store.subscriptions.add(Subscription(B, "linkedin", frozenset({"EU"})), NOW + timedelta(days=1))
    assert "you began to follow it later" in handlers.answer(Request("why", "1", B), context).text
