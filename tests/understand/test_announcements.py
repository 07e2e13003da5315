"""Coming changes that a text announces: news once, also in a first record."""

from __future__ import annotations

from datetime import date

import pytest

from bot.catalogue.names import Names
from bot.model import Record
from bot.understand import (
    announcements,
    understand_first,
)
from bot.verdicts import Origin, Verdict
from tests.understand.rules import EDITION, OLD, WHEN, item, judged

ANNOUNCED = [
    "We're updating our terms on November 3, 2026.",
    "Version 13 of the rules will come into effect on 1 July 2026.",
    "Unsere Bedingungen werden zum 1. Juli 2026 geändert.",
    "Nos conditions entrent en vigueur le 1er juillet 2026.",
    "La nuova informativa entra in vigore il 1 luglio 2026.",
]


@pytest.mark.parametrize("said", ANNOUNCED)
def test_announcements(said: str) -> None:
    first = understand_first(item(record=Record.FIRST), f"{OLD}\n\n{said}\n", EDITION, Names([]))
    assert first.verdict is Verdict.MATERIAL
    assert first.effective
    assert first.effective > WHEN.date()
    change = judged(f"{OLD}\n\n{said}\n")
    assert change.verdict is Verdict.MATERIAL
    assert change.why[0].code is Origin.ANNOUNCED


def test_an_announcement_is_news_once() -> None:
    said = f"{OLD}\n\nOur new terms will take effect on July 1, 2026.\n"
    assert judged(said.replace("July 1", "July 2"), said).verdict is Verdict.NOISE, (
        "a day off is another time zone"
    )
    assert judged(said.replace("July 1", "September 9"), said).verdict is Verdict.MATERIAL
    assert (
        understand_first(
            item(), OLD + "\n\nThis offer ended on July 1, 2020.", EDITION, Names([])
        ).verdict
        is Verdict.NOISE
    )
    assert not announcements.known(date(2026, 7, 1), frozenset())
