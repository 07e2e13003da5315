"""The difference of any two texts: complete, with nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.names import Names
from bot.understand import (
    diff,
)
from bot.understand.diff import pairs, pieces
from bot.understand.document import differing, moved, sentences, version_of
from bot.understand.excerpts import MAX_PASSAGES
from bot.verdicts import Verdict
from tests.understand.policy import judged

WORDS = st.sampled_from(
    [
        "we",
        "may",
        "not",
        "share",
        "data",
        "opt",
        "out",
        "EU",
        "\n",
        "\n\n",
        "# ",
        "| ",
        "* ",
        "[a](https://x)",
        ". ",
        "2025",
        "**",
        "é",
        "مرحبا",
        "😀",
        "\x00",
        "<br>",
        "===",
    ]
)


TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


@given(TEXTS, TEXTS)
def test_any_two_texts_have_a_verdict_with_a_reason(before: str, after: str) -> None:
    found = judged(before, after, Names([]))
    assert found.verdict in Verdict
    assert found.why
    assert len(found.excerpts) <= MAX_PASSAGES
    if before == after:
        assert found.verdict is Verdict.NOISE


@given(TEXTS, TEXTS)
def test_differences_are_differences(before: str, after: str) -> None:
    old, new = sentences(before), sentences(after)
    for pair in pairs(old, new):
        assert pair.before is None or pair.before.key not in {s.key for s in new}
        assert pair.after is None or pair.after.key not in {s.key for s in old}
    assert pairs(old, old) == []


@given(TEXTS, TEXTS)
def test_differences_of_huge_texts_are_the_same(before: str, after: str) -> None:
    """What is too large to be compared exactly is paired less well, and nothing is lost."""
    old, new = sentences(before), sentences(after)
    exact = pairs(old, new)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diff, "EXACT", 0)
        coarse = pairs(old, new)
    for found in (exact, coarse):
        assert {p.before.key for p in found if p.before} == {s.key for s in old} - {
            s.key for s in new
        }
        assert {p.after.key for p in found if p.after} == {s.key for s in new} - {
            s.key for s in old
        }


def test_one_sentence_of_a_huge_text_is_paired_with_its_older_wording() -> None:
    words = [f"Rule {number} says what {number * 7} is." for number in range(15_000)]
    changed = [*words]
    changed[9_000] = changed[9_000].replace("says what", "no longer says what")
    old, new = (sentences("\n".join(side)) for side in (words, changed))
    [pair] = pairs(old, new)
    assert pair.before
    assert pair.after
    assert (pair.before.text, pair.after.text) == (words[9_000], changed[9_000])


def test_no_cell_of_an_endless_row_is_lost() -> None:
    row = "|".join(f"word{number}" for number in range(5_000))
    read = " ".join(sentence.text for sentence in sentences(row)).replace("|", " ")
    assert set(read.split()) == set(row.split("|"))


@given(st.text(max_size=200), st.text(max_size=200))
def test_pieces_keep_every_word(before: str, after: str) -> None:
    left, right = pieces(before, after)
    assert " ".join(piece.text for piece in left).split() == before.split()
    assert " ".join(piece.text for piece in right).split() == after.split()


WRITTEN = [
    "# One",
    "Two",
    "===",
    "We may share it.",
    "* weapons",
    "  * tobacco:",
    "    * casinos",
    "You must not:",
    "",
    "2 May 2026",
]
LINES = st.lists(st.sampled_from(WRITTEN), max_size=25).map("\n".join)


@given(LINES, LINES)
def test_the_sum_of_a_version_does_not_depend_on_the_way(before: str, after: str) -> None:
    assert moved(version_of(before), differing(before, after).shift) == version_of(after)
