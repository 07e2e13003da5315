"""Real processes for benchmarks and tests: stand-ins, and bots on them that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, AnyStr

ROOT = Path(__file__).resolve().parents[2]
LEASE = timedelta(minutes=2)
#: A source that is never polled, because the list may not be empty.
SOURCES = """[[source]]
id = "none"
kind = "news"
url = "http://127.0.0.1:9/none.xml"
every = "7d"
"""


class BenchError(Exception):
    """A precondition of a benchmark did not hold."""


def environment(**more: str) -> dict[str, str]:
    """This process's environment without a bot's settings and tokens, and with `more`."""
    clean: dict[str, str] = {}
    for name, value in os.environ.items():
        if name.startswith("SMALLPRINT_") or name.endswith("_TOKEN"):
            continue
        clean[name] = value
    return {**clean, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


class StandIn:
    """`smallprint standin` in a separate process; `settings` connect a bot to it."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.settings = settings
        self.base = next(value for name, value in settings.items() if name.endswith("_API"))

    def report(self) -> dict[str, Any]:
        """Its counts; see `lab.standin.counts`."""
        with urllib.request.urlopen(f"{self.base}/control", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def chats(self) -> list[tuple[str, str, int]]:
        """(chat, first words, count) of each message."""
        with urllib.request.urlopen(f"{self.base}/control?chats=1", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return [(chat, words, count) for chat, words, count in found["chats"]]

    def order(self) -> list[tuple[str, str]]:
        """(chat, first words) of each message, in order."""
        with urllib.request.urlopen(f"{self.base}/control?order=1", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return [(chat, words) for chat, words in found["order"]]

    def told(self, **said: Any) -> None:
        """Script a fault, or reset the counts; see `lab.standin.control`."""
        headers = {"Content-Type": "application/json"}
        body = json.dumps(said).encode()
        request = urllib.request.Request(f"{self.base}/control", body, headers)
        urllib.request.urlopen(request, timeout=10).close()


@contextmanager
def standin(platform: str, *arguments: str) -> Iterator[StandIn]:
    """Run a stand-in until the end of the block."""
    command = [sys.executable, "-m", "bot", "standin", platform, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
    )
    output = output_of(process)
    _title, *settings = [output.readline().strip() for _ in range(3)]
    try:
        yield StandIn(dict(line.split("=", 1) for line in settings))
    finally:
        process.kill()
        process.wait()
        output.close()


class Bot:
    """`smallprint bot` in a separate process, which logs to a file."""

    def __init__(self, folder: Path, database: str, settings: dict[str, str]) -> None:
        self.log = folder / "bot.log"
        self.process: subprocess.Popen[bytes] | None = None
        #: The arguments of the Python interpreter.
        self.arguments = ["-m", "bot", "bot"]
        self._folder = folder
        sources = folder / "sources.toml"
        sources.write_text(SOURCES)
        self._environment = environment(
            SMALLPRINT_DATABASE=database,
            SMALLPRINT_SOURCES=str(sources),
            SMALLPRINT_LOG_FORMAT="json",
            **settings,
        )

    @property
    def pid(self) -> int:
        """Its process id. Raises BenchError if it does not run."""
        if self.process is None:
            raise BenchError("the bot does not run")
        return self.process.pid

    def start(self) -> None:
        """Start it; it may not be ready yet when this returns."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """End it at once, like a power cut."""
        self.stop(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it by a signal; returns its exit code, or 0 if it did not run."""
        if self.process is None:
            return 0
        self.process.send_signal(how)
        code = self.process.wait(timeout=30)
        self.process = None
        return code

    def events(self) -> list[dict[str, Any]]:
        """The events that it has logged."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@contextmanager
def bot(folder: Path, database: str, settings: dict[str, str]) -> Iterator[Bot]:
    """A bot that can be started; it is killed at the end of the block."""
    folder.mkdir(exist_ok=True)
    made = Bot(folder, database, settings)
    try:
        yield made
    finally:
        made.stop(signal.SIGKILL)


def until(true: Callable[[], object], patience: float = 60) -> None:
    """Wait until a condition holds. Raises BenchError after `patience` seconds."""
    end = time.monotonic() + patience
    while not true():
        check(time.monotonic() < end, "it took too long")
        time.sleep(0.05)


def check(holds: bool, what: str) -> None:
    """Raise BenchError with the expectation if it does not hold."""
    if not holds:
        raise BenchError(what)


def output_of(process: subprocess.Popen[AnyStr]) -> IO[AnyStr]:
    """The output pipe of a process. Raises BenchError if it has none."""
    if process.stdout is None:
        raise BenchError("the process has no pipe for its output")
    return process.stdout
