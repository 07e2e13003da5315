"""The count of a year's messages, on a few made-up changes and on a small repository."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue.names import Names
from bot.model import Record
from bot.store import Store
from bot.verdicts import Severity, Verdict
from lab.eval import year
from lab.eval.life import Lived
from lab.replay.archive import Version
from tests.support.world import CHANGE

BEGAN = datetime(2025, 11, 4, tzinfo=UTC)


class Happening:
    """Verdicts about LinkedIn and TikTok, one after another."""

    def __init__(self, chat: year.Chat) -> None:
        self.chat = chat
        self.count = 0

    def hears(self, days: float, story: int | None = None, **fields: Any) -> Lived:
        self.count += 1
        when = BEGAN + timedelta(days=days)
        version = Version(f"{self.count:040}", when, "LinkedIn", "Privacy Policy", Record.CHANGE)
        change = replace(CHANGE, uid=f"commit:{version.commit}", recorded=when, effective=None)
        change = replace(change, fingerprint=(self.count,), **fields)
        joined = story is not None
        if change.verdict is Verdict.MATERIAL and story is None:
            story = self.count
        lived = Lived(version, change, joined=joined, story=story, when=when)
        self.chat.hears(lived)
        return lived

    def report(self) -> year.Report:
        self.chat.goes_on(self.chat.now + timedelta(days=8))
        return year._report(self.chat, ["LinkedIn"], year.DAYS_OF_YEAR)


@pytest.fixture
def happening(store: Store, names: Names) -> Happening:
    chat = year.Chat(store, "vlopses-ie", BEGAN)
    chat.follow(["LinkedIn", "TikTok"], names)
    return Happening(chat)


def test_each_message_is_counted_by_its_kind(happening: Happening) -> None:
    happening.hears(1)
    happening.hears(2, at_once=False, severity=Severity.SHOULD_KNOW, probability=0.6)
    happening.hears(3, verdict=Verdict.MINOR)
    happening.hears(3.5, verdict=Verdict.NOISE)
    happening.hears(4, story=1)
    happening.hears(14, at_once=False)
    happening.hears(15, at_once=False)
    report = happening.report()
    assert (report["alerts"], report["notes"], report["reminders"]) == (1, 1, 0)
    assert report["messages_at_once_a_year"] == 2.0
    assert (report["digests"], report["digest_lines"], report["most_digest_lines"]) == (2, 3, 2)
    assert report["least_days_between_digests"] == 14.0
    assert [item["told"] for item in report["items"]] == [
        "alerts",
        "digests",
        "quiet",
        "notes",
        "digests",
        "digests",
    ]
    assert report["quiet"] == 1
    assert report["documents"] == {
        "LinkedIn/Privacy Policy": {"alerts": 1, "digests": 3, "quiet": 1, "notes": 1}
    }
    second = report["items"][1]
    assert (second["way"], second["severity"], second["probability"]) == ("digest", 2, 0.6)


def test_what_joins_a_story_counts_only_where_it_is_told(happening: Happening) -> None:
    first = happening.hears(1, at_once=False)
    happening.hears(1.5, story=first.story, at_once=False)
    report = happening.report()
    assert report["digest_lines"] == 1
    assert [item["message"] for item in report["items"]] == [0, 0]


def test_reminders_are_messages_too(happening: Happening) -> None:
    happening.hears(1)
    happening.hears(2, effective=(BEGAN + timedelta(days=20)).date())
    happening.hears(30)
    report = happening.report()
    assert (report["alerts"], report["reminders"]) == (3, 3)
    assert report["messages_at_once"] == 6


def test_nothing_is_told_where_nothing_happens(happening: Happening) -> None:
    report = happening.report()
    assert (report["messages_at_once"], report["digests"], report["items"]) == (0, 0, [])
    assert report["least_days_between_digests"] is None


def test_a_repository_is_lived_through(tmp_path: Path) -> None:
    repository = tmp_path / "some-versions"
    (repository / "LinkedIn").mkdir(parents=True)
    for day, text in enumerate(("We collect your name.\n", "We sell your data to partners.\n"), 1):
        _commit(repository, text, day)
    report = year.year(repository, ["LinkedIn"])
    assert len(report["items"]) == 1
    assert report["messages_at_once"] + report["digest_lines"] == 1
    with pytest.raises(ValueError, match="Nowhere"):
        year.year(repository, ["LinkedIn", "Nowhere"])


def _commit(repository: Path, text: str, day: int) -> None:
    git = ["git", "-C", str(repository), "-c", "user.name=t", "-c", "user.email=t@t"]
    subject = "First record of" if day == 1 else "Record new changes of"
    (repository / "LinkedIn/Privacy Policy.md").write_text(text)
    message = f"{subject} LinkedIn Privacy Policy"
    dated = ["--date", f"2025-11-0{day}T12:00:00Z"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", message, *dated], check=True)
