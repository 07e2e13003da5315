"""The day on which a change takes effect."""

from __future__ import annotations

from datetime import date

import pytest

from bot.catalogue.names import Names
from bot.understand import (
    dates,
)
from tests.understand.policy import OLD, WHEN, judged

DATES = [
    ("Effective on November 3, 2025", date(2025, 11, 3)),
    ("ab dem 3. November 2025", date(2025, 11, 3)),
    ("à compter du 1er novembre 2025", date(2025, 11, 1)),
    ("con efecto a partir del 3 de noviembre de 2025", date(2025, 11, 3)),
    ("wejdzie w życie 3 listopada 2025", date(2025, 11, 3)),
    ("in vigore dal 3 novembre 2025", date(2025, 11, 3)),
    ("effective from 2025-11-30", date(2025, 11, 30)),
    ("wirksam ab 03.12.2025", date(2025, 12, 3)),
    ("updated on October 1, 2025 and effective as of December 1, 2025", date(2025, 12, 1)),
    ("We were founded on November 3, 2025", None),
    ("You have 30 days from the day we tell you", None),
    ("Effective January 4, 2021", None),
    ("effective 31 February 2026", None),
]


@pytest.mark.parametrize(("text", "day"), DATES)
def test_effective_dates(text: str, day: date | None) -> None:
    assert dates.effective(text, WHEN.date()) == day


def test_a_date_that_moved_counts_although_the_sentence_is_no_news(names: Names) -> None:
    long = "".join(f"Sentence number {n} of a long policy.\n\n" for n in range(40))
    before, after = (
        f"{OLD}{long}Effective as of {day}, 2025\n" for day in ("March 1", "December 1")
    )
    assert judged(
        before, f"{after}\nWe now sell your name and address to anybody who wants them.\n", names
    ).effective == date(2025, 12, 1)
