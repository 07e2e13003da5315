"""The joining of stories, and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.catalogue.names import Names
from bot.model import Change, Record, Story
from bot.render.follow_up import follow_up
from bot.understand.stories import presses, story_of, taken_back, worth_a_note
from bot.verdicts import Verdict
from tests.understand.rules import OLD, RULE, WHEN, judged, lived


def test_what_was_told_and_is_gone_is_a_note() -> None:
    told = replace(judged(f"{OLD}\n\n{RULE}"), collection="c", terms_type="Community Guidelines")
    story = Story(1, told)
    quiet = replace(
        told, uid="commit:x", verdict=Verdict.NOISE, recorded=told.recorded + timedelta(days=3)
    )
    void = taken_back(quiet, lived(OLD), [story], "en")
    assert void
    assert (void.record, story_of(void, [story])) == (Record.TAKEN_BACK, story)
    assert taken_back(quiet, lived(f"{OLD}\n\n{RULE}"), [story], "en") is None
    assert worth_a_note(story, void)
    memo = replace(
        told, record=Record.MEMO, uid="memo:1", title="Explained", link="https://example.org/memo"
    )
    assert worth_a_note(story, memo)
    assert not worth_a_note(replace(story, joined=(memo,)), replace(memo, record=Record.ARTICLE)), (
        "one is enough"
    )
    assert not worth_a_note(story, replace(told, uid="commit:y", collection="other")), (
        "the same text seen elsewhere"
    )
    for part, words in ((void, "took back a change"), (memo, "Open Terms Archive explains:")):
        message = follow_up(replace(story, joined=(part,)), part.uid, ("linkedin",), Names([]))
        assert words in message.text
        assert message.quiet
        assert "/unsubscribe linkedin" in message.text


def test_who_read_of_a_story_in_a_digest_hears_of_what_presses() -> None:
    small = change("commit:1", at_once=False, fingerprint=(1, 2))
    weighty = change("commit:2", terms_type="Terms of Service", fingerprint=(1, 3))
    memo = change("memo:1", record=Record.MEMO)
    for others in ((), (memo,), (replace(small, uid="commit:3"),)):
        story = Story(1, small, others)
        assert worth_a_note(story, weighty)
        assert not worth_a_note(story, replace(weighty, at_once=False))
        assert presses(weighty, replace(story, joined=(*others, weighty))), "once it is a part"
    for told in (Story(1, weighty), Story(1, small, (weighty,)), Story(1, memo)):
        assert not presses(replace(weighty, uid="commit:9"), told)
    assert not presses(memo, Story(1, small))


def change(uid: str, **more: object) -> Change:
    base = Change(
        uid,
        ("linkedin",),
        "Privacy Policy",
        WHEN,
        "t",
        "l",
        Verdict.MATERIAL,
        (),
        topics=("ai_training",),
        effective=WHEN.date(),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def test_what_joins_a_story() -> None:
    told = [
        Story(1, change("commit:a", fingerprint=tuple(range(10)))),
        Story(
            2,
            change(
                "commit:b",
                terms_type="Terms of Service",
                topics=("liability_arbitration",),
                fingerprint=(77, 78),
            ),
        ),
    ]
    memo, article = Record.MEMO, Record.ARTICLE

    def joined(part: Change) -> int | None:
        story = story_of(part, told)
        return story.id if story else None

    assert joined(change("memo:1", record=memo, commits=("commit:b",), topics=())) == 2
    assert joined(change("memo:2", record=memo)) == 1
    assert (
        joined(
            change(
                "news:1", record=article, terms_type="", recorded=datetime(2025, 9, 22, tzinfo=UTC)
            )
        )
        == 1
    )
    assert joined(change("commit:c", fingerprint=tuple(range(2, 12)))) == 1, (
        "another collection saw the same"
    )
    assert joined(change("commit:d", fingerprint=(99, 98, 97))) is None, (
        "two different changes never merge"
    )
    assert joined(change("news:2", record=article, topics=("payments_refunds",))) is None
    assert joined(change("news:3", record=article, services=("tiktok",))) is None
