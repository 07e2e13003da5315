"""Recorded changes of October and November 2025 that were once told wrongly or too often.

Quotes of at most 300 characters: Open Terms Archive contributors, ODC-BY 1.0.
"""

from __future__ import annotations

import pytest

from bot.catalogue import load
from bot.model import Change, Story
from bot.render.alert import alert
from bot.render.reader import Reader
from bot.verdicts import Role, Verdict, Way
from lab.eval.labelled import changes as lived
from lab.replay.archive import GitArchive
from tests.support.shared import bare, needs_shared

#: Each with the beginning of the commit that recorded it.
TWICE = "2dba7787", "X/Privacy Policy"
TYPOS = "3ca34f9e", "TikTok/Law Enforcement Guidelines"
SHOPS = "52dd0ed8", "Facebook/Terms of Service"
BANK = "2c86067a", "Facebook/Commercial Terms"
EARNING = "baaad5fe", "YouTube/Content Monetisation Policy"
SELLERS = "a6d9a741", "Pinterest/Marketplace Sellers Conditions"
PRESSING = "eebc0782", "YouTube/Copyright Claims Policy"
ADDRESS = "b7ceb240", "TikTok/Privacy Policy"
ALL = (TWICE, TYPOS, SHOPS, BANK, EARNING, SELLERS, PRESSING, ADDRESS)

pytestmark = [needs_shared, pytest.mark.slow]


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Change]:
    archive = GitArchive(bare("vlopses-ie", tmp_path_factory.mktemp("archive")))
    full = {commit[:8]: commit for commit in _commits(archive)}
    labels = [{"sha": full[sha], "document": document} for sha, document in ALL]
    return {label["sha"][:8]: change for label, change in lived(archive, labels)}


def _commits(archive: GitArchive) -> list[str]:
    return [version.commit for version in archive.versions]


@pytest.mark.parametrize(
    ("sha", "verdict"),
    [
        (TWICE[0], Verdict.NOISE),
        (TYPOS[0], Verdict.MINOR),
        (SHOPS[0], Verdict.NOISE),
        (BANK[0], Verdict.NOISE),
    ],
)
def test_nobody_is_alerted(changes: dict[str, Change], sha: str, verdict: Verdict) -> None:
    """One of two identical paragraphs went; typos were mended; the tracker added a page."""
    assert changes[sha].verdict is verdict
    assert changes[sha].way is Way.QUIET


def test_what_is_for_sellers_and_creators_is_not_for_private_people(
    changes: dict[str, Change],
) -> None:
    assert changes[SELLERS[0]].roles == (Role.SELLERS,)
    assert changes[EARNING[0]].roles == (Role.CREATORS,)


def test_where_to_press_disturbs_nobody(changes: dict[str, Change]) -> None:
    assert changes[PRESSING[0]].way is not Way.NOW


def test_a_headline_is_no_address(changes: dict[str, Change]) -> None:
    """What is told first is what changes for people, and is shown."""
    change, known = changes[ADDRESS[0]], load()
    assert change.way is Way.NOW
    reader = Reader(frozenset({"EU"}), change.recorded.date())
    said = alert(Story(1, change), change.services, reader, known, known.names).text
    headline = said.splitlines()[1]
    assert "Dublin" not in said
    assert "“or precise”" in headline
    assert "approximate or precise location" in said
