"""Recorded months replayed to the unmodified bot in its own process, with kills."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.model import Address, Subscription
from bot.store import Store
from tests.support.shared import BUNDLE, needs_shared

ROOT = Path(__file__).resolve().parents[2]
SINCE = datetime(2025, 9, 1, tzinfo=UTC)
LINK = "https://www.linkedin.com/mypreferences/d/settings/data-for-ai-improvement"


class Process:
    """A verb of the command line in a process of its own; `output` grows as it prints."""

    def __init__(self, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.output = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.output += line

    def type(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def until(self, pattern: str, timeout: float = 60) -> re.Match[str]:
        end = time.monotonic() + timeout
        while True:
            runs = self._process.poll() is None
            match = re.search(pattern, self.output)
            if match:
                return match
            last = self.output[-3000:]
            assert time.monotonic() < end, f"no {pattern!r} in:\n{last}"
            assert runs, last
            time.sleep(0.02)

    def end(self, how: int = signal.SIGKILL) -> int:
        self._process.send_signal(how)
        code = self._process.wait(20)
        self._reader.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        return code


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A replay of nine weeks at two days a second, and the environment of a bot that listens."""
    span = ("--from", "2025-09-26T12:00:00Z", "--to", "2025-11-20", "--speed", "172800")
    server = Process("replay", str(BUNDLE), *span)
    base = server.until(r'url = "(\S+)"')[1]
    sources = tmp_path / "sources.toml"
    sources.write_text(
        f'[[source]]\nid = "vlopses-ie"\nkind = "collection"\nurl = "{base}"\nevery = "1s"\n'
        'jurisdiction = ["IE"]\ngithub = "OpenTermsArchive/vlopses-ie-versions"\n'
    )
    environment = {
        "SMALLPRINT_SOURCES": str(sources),
        "SMALLPRINT_DATABASE": f"sqlite:///{tmp_path}/bot.db",
        "SMALLPRINT_ALLOW_PRIVATE_NETWORKS": "true",
        "SMALLPRINT_POLL_TICK": "0.1",
        "SMALLPRINT_GATHER_SECONDS": "0",
        "DISCORD_TOKEN": "",
        "TELEGRAM_TOKEN": "",
    }
    yield base, environment
    server.end(signal.SIGTERM)


def recorded_now(base: str) -> str:
    with urllib.request.urlopen(f"{base}clock") as answer:
        return str(json.load(answer)["now"])


@needs_shared
def test_november_2025_with_kills_on_the_way(
    replay: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    base, environment = replay
    store = Store(environment["SMALLPRINT_DATABASE"])
    store.open()
    for chat, service in (
        ("anna", "tiktok"),
        ("ben", "google-play"),
        ("cleo", "x"),
        ("dan", "app-store"),
    ):
        store.subscriptions.add(
            Subscription(Address("console", chat), service, frozenset({"EU"})), SINCE
        )
    store.close()

    bot = Process("bot", environment=environment)
    bot.type("subscribe linkedin eu")
    bot.until("You now follow LinkedIn. You will hear what concerns: EU")
    outputs = []
    for moment in ("2025-10-05", "2025-10-25", "2025-11-03T00:00"):  # kill -9, then start anew
        _until(base, moment)
        bot.end()
        outputs.append(bot.output)
        bot = Process("bot", environment=environment)
    bot.until(r"LinkedIn · Privacy Policy(?s:.*?)recorded on 3 November 2025(?s:.*?)alerts.sent")
    _until(base, "2025-11-08")
    bot.end()
    outputs.append(bot.output)
    bot = Process("bot", environment=environment)
    bot.until("app.starting")
    _until(base, "2025-11-20T00:00")
    _until_quiet(tmp_path / "bot.db")
    assert bot.end(signal.SIGTERM) == 0
    told = [_alerts(output) for output in (*outputs, bot.output)]

    alerts = [alert for part in told for alert in part]
    mine = [text for whose, text in alerts if not whose]
    policy = [
        text
        for text in mine
        if text.startswith("LinkedIn · Privacy Policy") and "recorded on 3 November 2025" in text
    ]
    assert len(policy) == 1
    assert "Data for Generative AI Improvement" in policy[0]
    assert LINK in policy[0]
    assert "in force since 3 November 2025" in policy[0]
    early = [text for text in mine if "announces a change of its" in text]
    assert len(early) == 1, "two documents announce the same day: one story"
    assert "recorded on 27 September 2025" in early[0]
    assert all(text.startswith("LinkedIn · ") for text in mine)
    assert not any("LinkedIn" in text for whose, text in alerts if whose), (
        "others hear nothing of LinkedIn"
    )
    in_flight = {alert for part in told[:-1] for alert in part[-8:]}
    assert {alert for alert in alerts if alerts.count(alert) > 1} <= in_flight, (
        "only what was in flight at a kill may repeat"
    )
    assert not any("Traceback" in output for output in (*outputs, bot.output))
    _nothing_for_what_is_no_change(tmp_path / "bot.db")


def _alerts(output: str) -> list[tuple[str, str]]:
    """(whose, text) of every alert that was printed; the person at the keyboard is ""."""
    return re.findall(r"(?ms)^\[alert( for \w+)?\]\n(.*?)^\[How to opt out", output)


def _until_quiet(database: Path, timeout: float = 60) -> None:
    """Until the source has been asked since and nothing waits any more but for a digest."""
    end, since = time.monotonic() + timeout, time.time() * 1000
    while True:
        with sqlite3.connect(database) as connection:
            asked = connection.execute("SELECT ok_at FROM source").fetchone()[0]
            waiting = connection.execute(
                "SELECT count(*) FROM item WHERE state = 'new'"
            ).fetchone()[0]
            unsent = connection.execute(
                "SELECT count(*) FROM outbox WHERE state IN ('queued', 'leased')"
            ).fetchone()[0]
        if asked > since and not waiting and not unsent:
            return
        assert time.monotonic() < end
        time.sleep(0.2)


def _nothing_for_what_is_no_change(database: Path) -> None:
    """Of first records and technical upgrades only announcements of a day to come were told.

    The bot's own clock is today's: what is older than 400 days by it, and told nobody anything, it
    has forgotten.
    """
    with sqlite3.connect(database) as connection:
        changes = [json.loads(text) for (text,) in connection.execute("SELECT payload FROM change")]
    records = {change["record"] for change in changes}
    assert {"change", "first record"} <= records <= {"change", "first record", "taken back"}
    first = [change for change in changes if change["record"] == "first record"]
    assert {change["effective"] for change in first} == {"2025-11-03"}, (
        "We're updating our terms on November 3, 2025"
    )


def _until(base: str, moment: str, timeout: float = 60) -> None:
    end = time.monotonic() + timeout
    while recorded_now(base) < moment:
        assert time.monotonic() < end
        time.sleep(0.05)
