"""Sentences and memos with their areas, made up before the rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import regions
from bot.understand import places
from bot.understand.document import sentences
from bot.understand.text import Sentence
from bot.verdicts import Area

AREAS = Path(__file__).parent / "areas"
NO_EDITION = frozenset[str]()


def lines(name: str) -> Iterator[list[str]]:
    """The lines of a table, each in its parts."""
    for line in (AREAS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split(" | ")


def area_of(text: str, section: str = "", lead: str = "") -> Area:
    return places.area_of([Sentence(text, 1, section, lead=lead)], {}, NO_EDITION)


@pytest.mark.parametrize(("text", "written"), [*lines("sentences")])
def test_whom_a_sentence_is_for(text: str, written: str) -> None:
    wanted: frozenset[str] | None = None
    if written.startswith("not "):
        wanted = regions.all_countries() - regions.area_of(written.split()[1:])
    elif written != "*":
        wanted = regions.area_of(written.split())
    assert area_of(text) == wanted


@pytest.mark.parametrize(("title", "text", "written"), [*lines("memos")])
def test_who_hears_of_a_memo(title: str, text: str, written: str) -> None:
    spoken = [sentence.text for sentence in sentences(f"{title}\n\n{text}")][1:]
    area = places.stated(title, spoken)
    hear = [name for name, members in regions.GROUPS.items() if area is None or area & members]
    wanted = {"-": [], "*": list(regions.GROUPS)}.get(written, written.split())
    assert hear == wanted


PLAIN = "We keep what you post for ten years."
HEADINGS = [
    ("For users in Brazil", frozenset({"BR"})),
    ("10. Notice to California residents", frozenset({"US"})),
    ("United States", frozenset({"US"})),
    ("US Privacy Notice › Your rights", frozenset({"US"})),
    ("Additional information for Canada and Mexico", frozenset({"CA", "MX"})),
    ("Privacy Policy › Japan", frozenset({"JP"})),
    ("UK and EEA › For users in France", frozenset({"FR"})),
    ("LinkedOut Ireland", None),
    ("The California Consumer Privacy Act explained", None),
    ("EU-U.S. Data Privacy Framework", None),
    ("Users in Zubrowka and the US", None),
    ("If you live outside the United Kingdom", None),
    ("Data transfers to the United States", None),
    ("Our office in Singapore", None),
    ("", None),
]


@pytest.mark.parametrize(("section", "area"), HEADINGS)
def test_whom_a_section_is_for(section: str, area: Area) -> None:
    assert area_of(PLAIN, section) == area


def test_what_introduces_a_list_says_whom_it_is_for() -> None:
    lead = "If your ad is shown in Qatar, we don't allow:"
    assert area_of("Brick-and-mortar casinos", lead=lead) == frozenset({"QA"})
    assert area_of("Metronome", lead="United States") is None


def test_one_sentence_for_everybody_opens_the_area() -> None:
    narrow = Sentence("Users in Japan pay a fee.", 1)
    plain = Sentence(PLAIN, 2)
    date = Sentence("Last updated: 3 May 2026", 3)
    assert places.area_of([narrow, date], {}, NO_EDITION) == frozenset({"JP"})
    assert places.area_of([narrow, date, plain], {}, NO_EDITION) is None


def test_a_defined_term_is_a_place() -> None:
    defined = {"Chosen Countries": regions.EU | {"CH"}}
    inside = [Sentence("In the Chosen Countries, we train our models.", 1)]
    outside = [Sentence("In regions outside the Chosen Countries, we do not.", 1)]
    assert places.area_of(inside, defined, NO_EDITION) == regions.EU | {"CH"}
    assert places.area_of(outside, defined, NO_EDITION) == (
        regions.all_countries() - regions.EU - {"CH"}
    )


HOSTILE = [
    "users in the US and " * 20_000,
    "Abc, " * 50_000,
    "users in Abc, Def, " * 20_000,
    "((((" * 50_000,
    "outside of the EU or outside " * 20_000,
    "you who live in or live in " * 20_000,
    "State of the " * 50_000,
    "U.S." * 50_000,
    "’s" * 50_000,
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_a_long_sentence_takes_no_longer_than_its_length(text: str) -> None:
    """Twice as long takes at most about twice as long; a square would run into the time limit."""
    area_of(text)
    places.named(text)


def test_a_change_of_very_many_sentences_is_for_everybody() -> None:
    changed = [Sentence("Users in Japan pay a fee.", number) for number in range(5_000)]
    assert places.area_of(changed, {}, NO_EDITION) is None
