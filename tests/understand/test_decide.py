"""Decisions to publish, hold or skip, depending only on what was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.catalogue.names import Names
from bot.model import Change, Document, Item, Record, Story
from bot.understand import Edition, learn
from bot.understand.decide import Decision, Hold, Publish, Reading, Skip, decide, settle
from bot.understand.memory import Held
from bot.verdicts import Doubt, Noise, Origin, Readers, Reason, Unread, Verdict
from tests.support.models import TELLS_ALL, TELLS_NOTHING

EARLIER = datetime(2025, 10, 1, 12, tzinfo=UTC)
WHEN = datetime(2025, 11, 1, 12, tzinfo=UTC)
DOCUMENT = Document("vlopses-ie", "LinkedIn", "Privacy Policy")
ITEM = Item(
    "commit:1",
    "vlopses-ie",
    Record.CHANGE,
    WHEN,
    "Record new changes",
    "https://example.org/1",
    DOCUMENT,
)
EDITION = Edition(frozenset({"IE"}))

OLD = "# Your data\n\nWe collect your name and your address. We never sell your data to anybody.\n"
SHORT = "# Your data\n\nWe collect your name and your address.\n"
RULE = (
    "We use everything that you post here to train our artificial intelligence models, "
    "unless you opt out in your settings."
)
NEW = f"{OLD}\n{RULE}\n"


def held(text: str = OLD, when: datetime = EARLIER) -> Held:
    return learn(replace(ITEM, uid="commit:0", when=when), text)


def judged(names: Names, **read: object) -> Decision:
    return decide(replace(Reading(ITEM, EDITION), **read), names, model=TELLS_ALL)  # type: ignore[arg-type]


def published(decision: Decision) -> Change:
    assert isinstance(decision, Publish)
    return decision.change


def test_a_new_rule_is_published_and_learnt(names: Names) -> None:
    decision = judged(names, text=NEW, memory=held())
    assert isinstance(decision, Publish)
    assert decision.change.verdict is Verdict.MATERIAL
    assert decision.memory
    assert decision.memory.text == NEW


def test_without_a_memory_the_text_before_is_compared(names: Names) -> None:
    assert published(judged(names, text=NEW, before=OLD)).verdict is Verdict.MATERIAL
    learnt = replace(learn(ITEM, NEW), readers=Readers.UNKNOWN)
    assert judged(names, text=NEW) == Skip(Unread.NOTHING_BEFORE, learnt)


def test_what_only_vanished_is_held_and_then_told_or_forgotten(names: Names) -> None:
    decision = judged(names, text=SHORT, memory=held())
    assert isinstance(decision, Hold)
    assert decision.change.doubt is Doubt.ONLY_GONE
    assert decision.until == WHEN + timedelta(hours=30)
    lasted = settle(decision.change, Reading(ITEM, EDITION, memory=decision.memory))
    assert lasted.change.why[-1] == Reason(Origin.LASTED, (Doubt.ONLY_GONE,))
    back = learn(replace(ITEM, when=WHEN + timedelta(hours=12)), OLD, decision.memory)
    gone = settle(decision.change, Reading(ITEM, EDITION, memory=back))
    assert gone.change.verdict is Verdict.NOISE
    assert gone.memory
    again = replace(ITEM, when=WHEN + timedelta(days=2))
    assert isinstance(judged(names, item=again, text=SHORT, memory=gone.memory), Hold), (
        "it is news once it comes to stay"
    )


def test_noise_is_published_to_nobody_but_learnt(names: Names) -> None:
    decision = judged(names, text=OLD.replace("# Your", "## Your"), memory=held())
    assert published(decision).verdict is Verdict.NOISE
    assert isinstance(decision, Publish)
    assert decision.memory


@pytest.mark.parametrize(
    ("record", "why"), [(Record.FIRST, Noise.NOW_TRACKED), (Record.UPGRADE, Noise.TRACKER_CHANGED)]
)
def test_first_sight_and_the_trackers_own_doings_are_silent(
    record: Record, why: Noise, names: Names
) -> None:
    decision = judged(names, item=replace(ITEM, record=record), text=NEW)
    assert isinstance(decision, Skip)
    assert decision.why is why
    assert decision.memory


def test_a_first_record_that_announces_a_change_is_news(names: Names) -> None:
    said = "We are updating these terms: on 3 December 2025 the new version will take effect."
    text = f"{OLD}\n{said}\n"
    change = published(judged(names, item=replace(ITEM, record=Record.FIRST), text=text))
    assert change.why == (Reason(Origin.ANNOUNCED, ("2025-12-03",)),)


def test_a_text_that_could_not_be_had_is_told_as_recorded(names: Names) -> None:
    change = published(judged(names, memory=held()))
    assert (change.verdict, change.why) == (Verdict.MATERIAL, (Reason(Origin.UNREAD),))


def test_what_was_told_and_is_gone_again_is_held_as_taken_back(names: Names) -> None:
    told = judged(names, text=NEW, memory=held())
    assert isinstance(told, Publish)
    later = replace(ITEM, uid="commit:2", when=WHEN + timedelta(days=3))
    decision = decide(
        Reading(later, EDITION, OLD, memory=told.memory, told=[Story(1, told.change)]),
        names,
        model=TELLS_NOTHING,
    )
    assert isinstance(decision, Hold)
    assert (decision.change.record, decision.change.doubt) == (
        Record.TAKEN_BACK,
        Doubt.TOLD_IS_GONE,
    )
    settled = settle(
        decision.change,
        Reading(later, EDITION, memory=decision.memory, told=[Story(1, told.change)]),
    )
    assert settled.story == Story(1, told.change)


def test_the_same_text_seen_by_another_collection_joins_the_story(names: Names) -> None:
    told = published(judged(names, text=NEW, memory=held()))
    decision = judged(
        names,
        item=replace(ITEM, uid="commit:9", source="vlopses-us"),
        text=NEW,
        memory=held(),
        told=[Story(7, told)],
    )
    assert isinstance(decision, Publish)
    assert decision.story
    assert decision.story.id == 7


def test_a_page_that_the_tracker_began_to_read_is_noise(names: Names) -> None:
    more = f"{NEW}\nWe share it with our partners. You can appeal within thirty days.\n"
    counted = replace(ITEM, pages=2)
    assert (
        published(judged(names, item=counted, text=more, memory=replace(held(), pages=2))).verdict
        is Verdict.MATERIAL
    )
    alone = published(judged(names, item=counted, text=more, memory=replace(held(), pages=1)))
    assert alone.why == (Reason(Noise.OTHER_PAGES),)
    asked = published(judged(names, item=counted, text=more, before=OLD, pages_before=1))
    assert asked.why == (Reason(Noise.OTHER_PAGES),)


def test_an_article_is_understood_by_its_words(names: Names) -> None:
    article = Item(
        "news:1",
        "news",
        Record.ARTICLE,
        WHEN,
        "LinkedIn trains AI on your data",
        "https://example.org",
        text=RULE,
    )
    assert published(judged(names, item=article)).services == ("linkedin",)
    other = replace(article, title="Nothing that we know")
    assert published(judged(names, item=other)).why == (Reason(Noise.NOT_ABOUT_TERMS),)
