"""The reasons of a change as a sentence in every language, without quoting the text."""

from __future__ import annotations

import pytest

from bot.locales import languages, speaking
from bot.render.weighed import clause, weighed
from bot.verdicts import Doubt, Ground, Noise, Origin, Reason, Verdict, Weight
from tests.test_reasons import ALL

#: What a reason quotes of the text.
QUOTED = ("“not”", "“may”", "We sell your data")


@pytest.mark.parametrize("language", languages())
def test_every_reason_makes_a_sentence(language: str) -> None:
    with speaking(language):
        for each in ALL:
            for verdict in Verdict:
                said = weighed([each], verdict)
                assert said.rstrip(".") + "." == said
                assert ";" not in said
                assert "{" not in said
                assert not any(quoted in said for quoted in QUOTED)


@pytest.mark.parametrize("language", languages()[1:])
def test_no_clause_stays_english(language: str) -> None:
    english = [clause(each) for each in ALL]
    with speaking(language):
        said = [clause(each) for each in ALL]
    assert [one for one, other in zip(english, said, strict=True) if one == other] == []


def test_what_the_text_says_something_else_about_is_one_clause() -> None:
    why = [
        Reason(Weight.SMALL_WORD, ("may", "must")),
        Reason(Ground.RECIPIENTS),
        Reason(Ground.MONEY),
        Reason(Ground.OTHER_COMPANY),
    ]
    assert weighed(why, Verdict.MATERIAL) == (
        "It counts because a few small words turn a rule round, it names another company "
        "and what it says about those who get data and money is different."
    )


def test_what_does_not_count_is_said_as_well() -> None:
    assert weighed([Reason(Ground.SMALL_EDIT)], Verdict.MINOR) == (
        "It counts for little because only a few words differ."
    )
    assert weighed([Reason(Noise.RESTORED)], Verdict.NOISE) == (
        "It changes nothing that matters because it restores an earlier version."
    )


def test_that_it_was_held_back_is_a_sentence_of_its_own() -> None:
    why = [Reason(Ground.MONEY), Reason(Origin.LASTED, (Doubt.ONLY_GONE,))]
    assert weighed(why, Verdict.MATERIAL) == (
        "It counts because what it says about money is different. "
        "I waited with it because text only vanished."
    )
    assert weighed(why[1:], Verdict.MATERIAL) == "I waited with it because text only vanished."


def test_one_new_word_is_one() -> None:
    assert clause(Reason(Weight.NEW_WORDS, ("1",))) == "1 word in it is new to this document"
