"""Reasons as codes: worded in every language, and read from version 0.1.0's sentences."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import get_args

import pytest

from bot.locales import languages, speaking
from bot.model import Change
from bot.render.reasons import reason, reasons
from bot.render.waits import held_for
from bot.store import codec
from bot.verdicts import Code, Doubt, HeldFor, Noise, Origin, Reason, Weight
from tests.support.world import CHANGE

VALUES: dict[Code, tuple[str, ...]] = {
    Weight.SMALL_WORD: ("not", "", "", "may"),
    Weight.NEW_RULE: ("We sell your data.",),
    Weight.NEW_WORDS: ("33",),
    Weight.FEW_WORDS: ("3",),
    Weight.FEW_BIND: ("20",),
    Weight.TOPIC_GONE: ("advertising_tracking",),
    Origin.ANNOUNCED: ("2025-11-03",),
    Origin.LASTED: (Doubt.ONLY_GONE,),
    Origin.TAKEN_BACK: (Doubt.EXCHANGED,),
    Origin.VOID: ("2025-11-03",),
}
ALL = [
    Reason(code, VALUES.get(code, ()))
    for family in get_args(Code)
    for code in family
    if code is not Origin.AS_WRITTEN
]

#: What version 0.1.0 wrote into the database, and what it means.
WRITTEN = {
    "only the order, the format, the spelling or dates differ": Reason(Noise.FORMAT_ONLY),
    "33 words that this document never had": Reason(Weight.NEW_WORDS, ("33",)),
    "only 4 new words; no duty, choice, price or number among them": Reason(
        Weight.FEW_WORDS, ("4",)
    ),
    "a small word can be the whole change: “not” is gone": Reason(Weight.SMALL_WORD, ("not", "")),
    "a small word can be the whole change: "
    "added “CH/EEA/UK”, may → must, added “a, b” to a list": Reason(
        Weight.SMALL_WORD, ("", "CH/EEA/UK", "may", "must", "", "a, b")
    ),
    "a small word can be the whole change: “We may sell it” → “We sell it”": Reason(
        Weight.SMALL_WORD, ("We may sell it", "We sell it")
    ),
    "a new rule, however short: “We sell “your” data.”": Reason(
        Weight.NEW_RULE, ("We sell “your” data.",)
    ),
    "text about ads and tracking was taken out": Reason(
        Weight.TOPIC_GONE, ("advertising_tracking",)
    ),
    "a rule was taken out": Reason(Weight.RULE_GONE),
    "it announces a change for 2025-11-03": Reason(Origin.ANNOUNCED, ("2025-11-03",)),
    "it was held because text only vanished, and it lasted": Reason(
        Origin.LASTED, (Doubt.ONLY_GONE,)
    ),
    "what was told on 2025-11-03 is no longer in the text": Reason(Origin.VOID, ("2025-11-03",)),
    "nobody has looked at them for long": Reason(Origin.HOWTOS_UNSEEN),
    "something that nobody writes any more": Reason(
        Origin.AS_WRITTEN, ("something that nobody writes any more",)
    ),
}


@pytest.mark.parametrize("language", languages()[1:])
def test_every_reason_has_words_in_every_language(language: str) -> None:
    english = [reason(each) for each in ALL]
    with speaking(language):
        said = [reason(each) for each in ALL]
    assert len(set(english)) == len(ALL), "no two reasons are said alike"
    assert [one for one, other in zip(english, said, strict=True) if one == other] == []


def test_what_an_alert_waits_for_has_words() -> None:
    with speaking("de"):
        assert len({held_for(each) for each in HeldFor}) == len(HeldFor)


def test_no_english_is_left_inside_a_translated_reason() -> None:
    with speaking("de"):
        assert reason(Reason(Weight.SMALL_WORD, ("not", ""))).endswith("„not“ fehlt jetzt")
        lasted = reason(Reason(Origin.LASTED, (Doubt.ONLY_GONE,)))
        assert lasted == "es wurde zurückgehalten (Text ist nur verschwunden), und es blieb"
        topic = reason(Reason(Weight.TOPIC_GONE, ("advertising_tracking",)))
        assert topic == "Text zum Thema „Werbung und Tracking“ wurde entfernt"


@pytest.mark.parametrize(("sentence", "meant"), WRITTEN.items())
def test_a_change_of_an_earlier_version_is_read(sentence: str, meant: Reason) -> None:
    assert _read(why=[sentence]).why == (meant,)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("text only vanished", Doubt.ONLY_GONE),
        ("what was told is gone again", Doubt.TOLD_IS_GONE),
    ],
)
def test_a_doubt_of_an_earlier_version_is_read(written: str, meant: Doubt | None) -> None:
    assert _read(why=["a rule was taken out"], doubt=written).doubt is meant


def test_a_change_is_read_as_it_was_written() -> None:
    change = replace(CHANGE, why=tuple(ALL), doubt=Doubt.FLAPS)
    assert codec.load_change(codec.dump_change(change)) == change


def test_a_small_word_is_named() -> None:
    small = replace(
        CHANGE, topics=(), excerpts=(), why=(Reason(Weight.SMALL_WORD, ("may", "must")),)
    )
    assert reasons(small.why) == "a small word can be the whole change: may → must"


def _read(why: list[str], doubt: str = "") -> Change:
    """A change as version 0.1.0 wrote it."""
    written = json.loads(codec.dump_change(CHANGE)) | {"why": why, "doubt": doubt}
    return codec.load_change(json.dumps(written))
