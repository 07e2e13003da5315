"""The shortest part of a sentence that holds the difference."""

from __future__ import annotations

import pytest

from bot.understand.clauses import around, beginning, differing
from bot.understand.diff import pieces

LONG = (
    "We collect your name, your address and your phone number when you register, and we share them "
    "with Microsoft, so that it can train its models, unless you object within thirty days."
)


@pytest.mark.parametrize("limit", [40, 60, 80, 120, 160])
def test_it_fits_and_stands_in_the_text(limit: int) -> None:
    at = LONG.index("Microsoft")
    part = around(LONG, [(at, at + len("Microsoft"))], limit)
    assert len(part) <= limit
    assert "Microsoft" in part
    assert part.strip("… ") in LONG


def test_a_short_text_is_whole() -> None:
    assert around("We sell data.", [], 40) == "We sell data."


def test_what_differs_is_found_in_the_text() -> None:
    before = LONG.replace("thirty", "ninety")
    _, new = pieces(before, LONG)
    [(start, end)] = differing(new, LONG)
    assert LONG[start:end] == "thirty"
    assert "thirty days" in around(LONG, [(start, end)], 60)


@pytest.mark.parametrize(
    "text",
    [
        "当您使用豆包浏览器插件时，我们可能会收集您的浏览历史以及您的设备信息" * 3,
        "x" * 400,
        "a b " * 90,
    ],
)
def test_texts_without_clauses_are_cut_too(text: str) -> None:
    for limit in (30, 78, 300):
        assert 1 < len(around(text, [], limit)) <= limit
        assert 1 < len(beginning(text, limit)) <= limit


def test_the_beginning_ends_with_a_clause() -> None:
    assert (
        beginning(LONG, 90)
        == "We collect your name, your address and your phone number when you register …"
    )
