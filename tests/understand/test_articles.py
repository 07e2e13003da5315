"""Articles as changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.catalogue.names import Names
from bot.model import Item, Record
from bot.understand import (
    understand_text,
)
from bot.verdicts import Verdict


def test_an_article_is_about_what_its_title_names(names: Names) -> None:
    body = (
        "Starting November 3rd, 2025, LinkedIn trains AI on your data. "
        "You can opt out in the settings. Facebook does too."
    )
    article = Item(
        "n:1",
        "n",
        Record.ARTICLE,
        datetime(2025, 9, 22, tzinfo=UTC),
        "LinkedIn will use your data to train AI",
        "https://x",
        text=body,
    )
    change = understand_text(article, names)
    assert (change.services, change.verdict, change.effective) == (
        ("linkedin",),
        Verdict.MATERIAL,
        date(2025, 11, 3),
    )
    assert (
        understand_text(
            replace(article, title="LinkedIn opens an office", text="It rents five floors."), names
        ).verdict
        is Verdict.NOISE
    )
    assert understand_text(replace(article, title="A quiet day"), names).verdict is Verdict.NOISE
