"""LinkedIn's change of 3 November 2025 for three people: each reads what concerns them.

Quotes of at most 300 characters: Open Terms Archive contributors, ODC-BY 1.0.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.catalogue import load
from bot.locales import speaking
from bot.model import Change, Story
from bot.render.alert import alert
from bot.render.reader import Reader
from lab.eval.labelled import changes as lived
from lab.replay.archive import GitArchive
from tests.render import drawn
from tests.support.shared import bare, needs_shared

CHANGE = {
    "collection": "vlopses-ie",
    "document": "LinkedIn/Privacy Policy",
    "sha": "50dcbecfd7c391c0aaa4cf0db72ffc9763f85cd3",
    "date": "2025-11-03",
}
SHOWN = Path(__file__).parent / "three_readers.txt"
READERS = {"UK": "en", "CH": "de", "EU": "en"}

pytestmark = [needs_shared, pytest.mark.slow]


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Change:
    archive = GitArchive(bare("vlopses-ie", tmp_path_factory.mktemp("archive")))
    [(_, change)] = lived(archive, [CHANGE])
    return change


def shown(change: Change, region: str) -> str:
    known = load()
    reader = Reader(frozenset({region}), change.recorded.date())
    with speaking(READERS[region]):
        said = alert(Story(1, change), change.services, reader, known, known.names)
        return drawn.on_telegram(said)


def test_each_reads_what_concerns_them(change: Change) -> None:
    uk, swiss, eu = (shown(change, region) for region in READERS)
    assert "Microsoft" in uk.splitlines()[2], "the headline is of the UK's own passage"
    assert "Microsoft" not in swiss.splitlines()[2]
    assert "Microsoft" not in eu.splitlines()[2]
    assert len({uk, swiss, eu}) == 3
    for each in (uk, swiss, eu):
        assert "/mypreferences/d/settings/data-for-ai-improvement" in each
    assert "your data for Microsoft&#x27;s AI" in uk or "your data for Microsoft's AI" in uk


def test_who_hears_only_of_one_of_its_topics_hears_of_it(change: Change) -> None:
    """It trains AI, and passes data on to Microsoft in the UK."""
    assert {"ai_training", "data_sharing"} <= set(change.topics)


def test_they_stay_as_somebody_read_them(change: Change) -> None:
    parts = [f"{region}\n\n{shown(change, region)}" for region in READERS]
    words = "\n\n----\n\n".join(parts) + "\n"
    if os.environ.get("UPDATE_ALERTS"):
        SHOWN.write_text(words, "utf-8")
    assert words == SHOWN.read_text("utf-8")
