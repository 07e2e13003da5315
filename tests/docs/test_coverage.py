"""The page of coverage counts what a catalogue has, here a small one with known counts."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from bot import catalogue
from bot.catalogue import Catalogue, Guide, Listing
from bot.catalogue.fields import Topic
from bot.catalogue.schema import Control
from tools import coverage
from tools.coverage import coverage_page

TODAY = date(2026, 11, 28)
EUROPE = ["EU", "EEA", "UK", "CH"]
TERMS = "https://github.com/OpenTermsArchive/contrib-versions/blob/1/A/B.md"
HEADER = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'


def control(name: str, **given: Any) -> dict[str, Any]:
    """A control as a service's file has it: a switch for ads, which nobody has looked at."""
    return {
        "id": name,
        "topic": "advertising_tracking",
        "title": f"Title of {name}",
        "kind": "setting",
        "regions": EUROPE,
        "link": "https://example.org/settings",
        "stops": f"{name} stops this.",
        "does_not_stop": f"{name} does not stop that.",
        "sources": [{"url": "https://example.org/help"}],
        "confidence": "high",
        **given,
    }


def guide(name: str, title: str, *controls: dict[str, Any]) -> Guide:
    """A service with a how-to."""
    given = {"id": name, "name": title, "domains": ["example.org"], "controls": controls}
    return Guide.model_validate(given)


@pytest.fixture
def known() -> Catalogue:
    """Two services with a how-to, and three without one."""
    recorded = {"sources": [{"url": TERMS, "as_of": "2026-01"}]}
    ads = guide(
        "ads-co",
        "Ads_Co",
        control("switch", verified="2026-08", on_by_default=True),
        control("letter", kind="e-mail", email="a@example.org", regions=["UK"], **recorded),
        control(
            "old", verified="2024-01", regions=["FI"], topic="ai_training", on_by_default=False
        ),
    )
    books = guide(
        "books",
        "books",
        control("nothing", kind="none available", regions=["CH"], topic="visibility"),
    )
    others = [Listing(id=name, name=title) for name, title in OTHERS]
    return Catalogue({each.id: each for each in (ads, books, *others)})


OTHERS = (("zoo", "Zoo"), ("four", "4chan"), ("epic", "Épique"))


@pytest.fixture
def page(known: Catalogue, tmp_path: Path) -> str:
    """The page of the small catalogue, with some of it in German."""
    said = ("nothing stops this.", "nothing does not stop that.", "Title of nothing")
    pairs = [*said, "switch stops this."]
    entries = "".join(f'\nmsgid "{text}"\nmsgstr "auf Deutsch"\n' for text in pairs)
    doubtful = '\n#, fuzzy\nmsgid "old stops this."\nmsgstr "vielleicht"\n'
    (tmp_path / "de.po").write_text(HEADER + entries + doubtful, "utf-8")
    (tmp_path / "fr.po").write_text(HEADER.replace("de", "fr"), "utf-8")
    return coverage_page(known, TODAY, tmp_path)


def rows(page: str, heading: str) -> list[list[str]]:
    """The rows of the table below a heading, without its head."""
    below = page.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    table = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def test_the_opening_counts_services_and_entries(page: str) -> None:
    assert "follow 5 services. 2 of them have a how-to." in page
    assert "have 4 entries." in page
    assert "1 of them say that there is no way" in page
    assert "28 November 2026" in page


def test_a_region_counts_its_services_and_their_kinds(page: str) -> None:
    assert rows(page, "## By region and kind") == [
        ["EU", "1", "2", "0", "0", "0", "0"],
        ["UK", "1", "1", "0", "1", "0", "0"],
        ["CH", "2", "1", "0", "0", "0", "1"],
    ]


def test_a_topic_counts_what_is_on_unless_one_acts(page: str) -> None:
    found = {topic: counts for topic, *counts in rows(page, "## By topic")}
    assert found["ads and tracking"] == ["2", "1"]
    assert found["AI training"] == ["1", "0"]
    assert found["visibility"] == ["1", "0"]
    assert found["retention"] == ["0", "0"]


def test_ages_are_of_the_last_look_and_say_who_says_what_nobody_saw(page: str) -> None:
    assert dict(rows(page, "## By age")) == {
        "within 3 months": "1",
        "within 6 months": "0",
        "within 12 months": "0",
        "longer ago": "1",
        coverage.NEVER_OWN: "1",
        coverage.NEVER_OTHERS: "1",
    }


@pytest.mark.parametrize(
    ("verified", "label"),
    [
        ("2026-11", "within 3 months"),
        ("2026-08", "within 3 months"),
        ("2026-07", "within 6 months"),
        ("2025-12", "within 12 months"),
        ("2025-11", "within 12 months"),
        ("2025-10", "longer ago"),
    ],
)
def test_an_age_is_counted_in_months(verified: str, label: str) -> None:
    seen = Control.model_validate(control("switch", verified=verified))
    assert coverage._age(seen, TODAY) == label


def test_a_language_has_a_how_to_whole_or_in_part(page: str) -> None:
    """What is in doubt is not translated, as the bot does not say it either."""
    assert rows(page, "## By language") == [
        ["English", "2", "0"],
        ["German", "1", "1"],
        ["French", "0", "0"],
    ]


def test_a_service_is_a_row_of_its_part_of_the_alphabet(page: str) -> None:
    assert rows(page, "### A to C") == [
        ["Ads\\_Co", "2", "2", "1", "setting, e-mail", "AI training, ads and tracking", "never"],
        ["books", "–", "–", "1", "none available", "visibility", "never"],
    ]


def test_services_without_a_how_to_are_listed(page: str) -> None:
    listed = page.split("## Followed without a how-to", 1)[1]
    assert "There are 3." in listed
    assert re.findall(r"\*\*(.+)\*\*: (.+)\.", listed) == [
        ("0 to 9", "4chan"),
        ("T to Z", "Zoo"),
        ("Other letters", "Épique"),
    ]


def test_every_kind_and_topic_of_the_catalogue_has_a_column() -> None:
    assert set(coverage.TOPICS) == set(get_args(Topic))
    assert set(coverage.KINDS) == set(get_args(Control.model_fields["kind"].annotation))


def test_each_part_of_the_alphabet_of_the_real_page_stands_once() -> None:
    """And every service once: with its row, or in the list."""
    known = catalogue.load()
    page = coverage_page(known, TODAY)
    parts = re.findall(r"(?m)^### (.+)$", page)
    assert len(parts) == len(set(parts))
    services = sum(len(rows(page, f"### {part}")) for part in parts)
    assert services == len(known.guides)
    listed = re.findall(r"(?m)^\*\*(.+?)\*\*: ", page)
    assert len(listed) == len(set(listed))
    assert f"There are {len(known.services) - len(known.guides)}." in page
