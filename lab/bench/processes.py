"""Real processes to measure and to test with: a stand-in, and bots on it that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LEASE = timedelta(minutes=2)
#: No source is asked; the list may not be empty.
SOURCES = (
    '[[source]]\nid = "none"\nkind = "news"\nurl = "http://127.0.0.1:9/none.xml"\nevery = "7d"\n'
)


def environment(**more: str) -> dict[str, str]:
    clean = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("SMALLPRINT_") and not k.endswith("_TOKEN")
    }
    return {**clean, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


class StandIn:
    """`smallprint standin`, in its own process."""

    def __init__(self, process: subprocess.Popen[str], settings: dict[str, str]) -> None:
        self._process, self.settings = process, settings
        self.base = next(value for name, value in settings.items() if name.endswith("_API"))

    def report(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.base}/control", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def told(self, **said: Any) -> None:
        request = urllib.request.Request(
            f"{self.base}/control", json.dumps(said).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()


@contextmanager
def standin(platform: str, *arguments: str) -> Iterator[StandIn]:
    command = [sys.executable, "-m", "bot", "standin", platform, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    lines = [process.stdout.readline().strip() for _ in range(3)]
    try:
        yield StandIn(process, dict(line.split("=", 1) for line in lines[1:]))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Bot:
    """`smallprint bot`, in its own process; what it logs goes to a file."""

    def __init__(self, folder: Path, database: str, settings: dict[str, str]) -> None:
        self._folder, self.log = folder, folder / "bot.log"
        sources = folder / "sources.toml"
        sources.write_text(SOURCES)
        self._environment = environment(
            SMALLPRINT_DATABASE=database,
            SMALLPRINT_SOURCES=str(sources),
            SMALLPRINT_LOG_FORMAT="json",
            **settings,
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "bot"],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        code = self.process.wait(timeout=30)
        self.process = None
        return code

    def events(self) -> list[dict[str, Any]]:
        return [
            json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")
        ]


@contextmanager
def bot(folder: Path, database: str, settings: dict[str, str]) -> Iterator[Bot]:
    folder.mkdir(exist_ok=True)
    made = Bot(folder, database, settings)
    try:
        yield made
    finally:
        made.stop(signal.SIGKILL)


def until(true: Any, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
