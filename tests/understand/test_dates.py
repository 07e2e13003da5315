"""The effective date of a change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.catalogue.names import Names
from bot.understand import dates, effective_dates
from bot.understand.document import sentences
from tests.understand.policy import OLD, judged

RECORDED = date(2026, 3, 2)


#: The language of a sentence, the day of effect that it states ("-" for none), and the sentence.
SAID = Path(__file__).with_name("said_dates.tsv").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", SAID)
def test_effective_dates(line: str) -> None:
    language, day, text = line.split("\t")
    said = list(sentences(text, language))
    assert str(effective_dates.of_text(said, RECORDED, language) or "-") == day


def test_a_date_that_moved_counts_although_the_sentence_is_no_news(names: Names) -> None:
    long = "".join(f"Sentence number {n} of a long policy.\n\n" for n in range(40))
    before, after = (
        f"{OLD}{long}Effective as of {day}, 2025\n" for day in ("March 1", "December 1")
    )
    assert judged(
        before, f"{after}\nWe now sell your name and address to anybody who wants them.\n", names
    ).effective == date(2025, 12, 1)


def test_a_page_that_prints_the_day_takes_effect_on_none(names: Names) -> None:
    today, tomorrow = (f"{OLD}\n\nEffective date: November {day}, 2025\n" for day in (3, 4))
    assert judged(today, tomorrow, names).effective is None


def test_the_day_stands_under_its_heading_or_in_the_next_cell(names: Names) -> None:
    rule = "We now sell your name and address to anybody who wants them."
    for line in ("**Effective Date**\n\n    {}", "| Effective date | {} |"):
        before, after = (
            f"{OLD}\n\n{line.format(day)}\n" for day in ("March 1, 2024", "December 1, 2025")
        )
        assert judged(before, f"{after}\n\n{rule}\n", names).effective == date(2025, 12, 1)


def test_a_known_day_in_another_form_is_no_news(names: Names) -> None:
    before = f"{OLD}\n\nEffective from 1 September 2025\n"
    after = f"{OLD}\n\nEffective September 1, 2025\n\nWe now sell your address to anybody.\n"
    assert judged(before, after, names).effective is None


def test_an_announcement_that_went_as_its_day_came(names: Names) -> None:
    before = f"{OLD}\n\nOur new terms go into effect on November 4, 2025.\n"
    after = f"{OLD}\n\nWe now sell your name and address to anybody who wants them.\n"
    assert judged(before, after, names).effective == date(2025, 11, 4)


def test_dates_of_other_scripts_and_glued_words() -> None:
    assert [day for _, _, day in dates.find("生效日期：2025年11月03日")] == [date(2025, 11, 3)]
    assert [day for _, _, day in dates.find("Effective May 3, 2025Previous")] == [date(2025, 5, 3)]
