"""Hours of recorded life at high speed: what the service holds at the end but not at the start.

The recorded clock, with everything that is due by it, and the app's timers are accelerated. The
platforms and their limits, round trips, timeouts and processors are not.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from bot import catalogue
from bot.runtime.http_server import serve
from bot.states import DeliveryState
from bot.store import Store
from lab.bench import life_people, processes
from lab.bench.life_people import Lookers, Talkers
from lab.bench.life_process import Fast
from lab.bench.life_sources import FAILING, NEWS, Sources, Spread
from lab.replay.archive import GitArchive

Report = dict[str, Any]
CHATS = 3000
#: Versions per hour: more than in life, so that there is something to tell.
VERSIONS_AN_HOUR = 25
#: Samples per hour.
SAMPLES = 6
#: Seconds between commands on each platform, and between page views.
EVERY_SECONDS = 1.0
#: How often the service looks at what is due, in seconds by its own clock, as by default.
TICK_SECONDS = 5.0
#: How long a doubtful change is held: less than a day, so that some are settled meanwhile.
HOLD_HOURS = "1"
#: The time within which the rest must be sent when the hours are over.
PATIENCE_SECONDS = 240.0
MEGABYTE = 2**20
#: The number of sent messages in the outbox; one message can hold several stories.
_SENT = (
    "SELECT count(DISTINCT chat_id || ':' || coalesce(message_id, 'of ' || id)) "
    "FROM outbox WHERE state = 'sent'"
)
#: The events logged when a platform accepts commands.
CONNECTED = {"telegram.ready", "discord.commands"}
SEED = 1


@dataclass(frozen=True, slots=True)
class Length:
    """The recorded hours, and the minutes in which they pass."""

    hours: float = 6.0
    minutes: float = 12.0

    @property
    def speed(self) -> float:
        """Recorded seconds per second."""
        return self.hours * 60 / self.minutes


def run(length: Length, chats: int, versions: Path | None) -> Report:
    """The growth of memory after the first sixth, and other values that must not grow."""
    archive = Spread(
        GitArchive(versions) if versions else None,
        max(2, round(VERSIONS_AN_HOUR * length.hours)),
        length.hours,
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smallprint-life-")))
        address = f"sqlite:///{folder}/life.db"
        store = Store(address)
        store.open()
        stack.callback(store.close)
        known = catalogue.load()
        services = life_people.followed(known, {each.service for each in archive.fresh})
        before = archive.start - timedelta(days=1)
        life_people.follow(store, services, chats, before, SEED)
        standins = [
            stack.enter_context(processes.standin(name)) for name in ("telegram", "discord")
        ]
        life = _Life(length, archive, folder, address, standins, services)
        return asyncio.run(life.live(store))


class _Life:
    """One life of a service, and its measurements."""

    def __init__(
        self,
        length: Length,
        archive: Spread,
        folder: Path,
        address: str,
        standins: list[processes.StandIn],
        services: list[str],
    ) -> None:
        self._length = length
        self._archive = archive
        self._folder = folder
        self._standins = standins
        self._clock = Fast(archive.start.isoformat(), str(folder / "zero"), length.speed)
        self._sources = Sources(archive, self._clock, SEED)
        self._talkers = [Talkers(each) for each in standins]
        port = _free_port()
        self._lookers = Lookers(f"http://127.0.0.1:{port}/", services)
        self._bot = self._service(address, port)
        self._samples: list[Report] = []

    def _service(self, address: str, port: int) -> processes.Bot:
        given = {name: value for each in self._standins for name, value in each.settings.items()}
        tick = max(0.05, TICK_SECONDS / self._length.speed)
        given |= {
            "SMALLPRINT_ALLOW_PRIVATE_NETWORKS": "true",
            "SMALLPRINT_POLL_TICK": str(tick),
            "SMALLPRINT_HOLD_HOURS": HOLD_HOURS,
            "SMALLPRINT_WEB": f"127.0.0.1:{port}",
        }
        bot = processes.Bot(self._folder, address, given)
        said = {
            "start": self._archive.start.isoformat(),
            "zero": str(self._folder / "zero"),
            "speed": self._length.speed,
            "lags": str(self._folder / "lags.jsonl"),
        }
        bot.arguments = ["-m", "lab.bench.life_process", json.dumps(said)]
        return bot

    async def live(self, store: Store) -> Report:
        """Run the life, measure it, and end it."""
        # Each source has an address of its own on this machine.
        runner, base = await serve(self._sources.application(), 0, "0.0.0.0")
        listed = self._sources.listed(int(base.rstrip("/").rpartition(":")[2]))
        (self._folder / "sources.toml").write_text(listed)
        self._bot.start()
        processes.check(await _until(self._is_up), "it starts")
        self._sources.failing = FAILING
        busy = [asyncio.create_task(each.talk(EVERY_SECONDS)) for each in self._talkers]
        busy.append(asyncio.create_task(self._lookers.look(EVERY_SECONDS)))
        try:
            await self._watch(store)
            for task in busy:
                task.cancel()
            self._sources.failing = 0
            settled = await _until(lambda: self._is_settled(store))
            code = await asyncio.to_thread(self._bot.stop, signal.SIGTERM)
            return self._report(settled, code)
        finally:
            self._bot.kill()
            for task in busy:
                task.cancel()
            await runner.cleanup()

    def _is_up(self) -> bool:
        """Whether both platforms are connected, and every source was polled once."""
        connected = {each["event"] for each in self._bot.events()} >= CONNECTED
        return connected and self._sources.served > NEWS

    async def _watch(self, store: Store) -> None:
        """Take samples at intervals until the hours are over."""
        count = max(2, round(self._length.hours * SAMPLES))
        every = self._length.minutes * 60 / count
        began = self._clock.begin()
        for number in range(1, count + 1):
            await asyncio.sleep(max(0.0, began + number * every - time.time()))
            sample = await asyncio.to_thread(self._sample, store)
            self._samples.append(sample)
            _show(sample, head=number == 1)

    def _sample(self, store: Store) -> Report:
        service = psutil.Process(self._bot.pid)
        workers = service.children(recursive=True)
        main = service.memory_full_info()
        depth = store.outbox.depth()
        database = self._folder / "life.db"
        passed = self._clock() - self._archive.start
        return {
            "hour": passed / timedelta(hours=1),
            "rss": main.rss / MEGABYTE,
            "uss": main.uss / MEGABYTE,
            "workers": len(workers),
            "workers_uss": sum(map(_uss, workers)) / MEGABYTE,
            "handles": service.num_fds(),
            "threads": service.num_threads(),
            "wal": _size(database.with_name("life.db-wal")),
            "database": _size(database),
            "waiting": depth.get(DeliveryState.QUEUED, 0) + depth.get(DeliveryState.LEASED, 0),
            "arrived": sum(each.report()["accepted"] for each in self._standins),
            "polls": self._sources.served,
            "failures": sum(self._sources.failed.values()),
        }

    def _is_settled(self, store: Store) -> bool:
        """Whether the last version was understood, and nothing waits to be sent."""
        seen = "SELECT count(*) FROM item WHERE state != 'new' AND uid LIKE '%' || ?"
        if not self._asked(seen, self._archive.last.commit):
            return False
        depth = store.outbox.depth()
        return not any(depth.get(state) for state in (DeliveryState.QUEUED, DeliveryState.LEASED))

    def _report(self, settled: bool, code: int) -> Report:
        # A sample is only a moment, so the median of three counts.
        sixth = max(1, len(self._samples) // 6)
        first, last = self._samples[sixth - 1 :][:3], self._samples[-3:]
        half = self._samples[len(self._samples) // 2 :][:3]
        lags = [json.loads(line) for line in (self._folder / "lags.jsonl").read_text().splitlines()]
        for row in lags:
            _show(row, head=row is lags[0])
        errors = [each for each in self._bot.events() if each.get("level") == "error"]
        return {
            "figure": f"memory after {self._length.hours:g} recorded hours / after the first",
            "ratio": _middle(last, "uss") / _middle(first, "uss"),
            "ratio_since_half": _middle(last, "uss") / _middle(half, "uss"),
            "ratio_rss": _middle(last, "rss") / _middle(first, "rss"),
            "ratio_workers": _middle(last, "workers_uss") / _middle(first, "workers_uss"),
            "handles_grown": _middle(last, "handles") - _middle(first, "handles"),
            "threads_grown": _middle(last, "threads") - _middle(first, "threads"),
            "wal_most_megabytes": max(each["wal"] for each in self._samples),
            "lag_p99_milliseconds": max(each["p99"] for each in lags) * 1000,
            "lag_most_milliseconds": max(each["max"] for each in lags) * 1000,
            "lost": self._asked(_SENT) - life_people.arrived(self._standins),
            "twice": life_people.twice(self._standins),
            "unanswered": sum(each.unanswered() for each in self._talkers),
            "alerts": life_people.arrived(self._standins),
            "commands": sum(each.said for each in self._talkers),
            "pages": self._lookers.report(),
            "polls": self._sources.served,
            "failures": dict(self._sources.failed),
            "settled": settled,
            "exit_code": code,
            "errors_logged": len(errors),
            "errors": sorted({str(each["event"]) for each in errors}),
            "lags": lags,
            "items": self._samples,
        }

    def _asked(self, query: str, *values: str) -> int:
        """The database's answer to a query."""
        with closing(sqlite3.connect(self._folder / "life.db")) as connection:
            found: int = connection.execute(query, values).fetchone()[0]
        return found


def _middle(samples: list[Report], name: str) -> float:
    return float(statistics.median(each[name] for each in samples))


def _uss(process: psutil.Process) -> int:
    """The unique memory of a worker in bytes; 0 if it has just ended."""
    try:
        found: int = process.memory_full_info().uss
    except psutil.Error:
        return 0
    return found


def _size(path: Path) -> float:
    """The size of a file in megabytes; 0 if it does not exist."""
    return path.stat().st_size / MEGABYTE if path.exists() else 0.0


def _show(row: Report, head: bool) -> None:
    """Print a row of a table to stderr, with the names above the first."""
    cells = [f"{value:.3g}" if value != int(value) else int(value) for value in row.values()]
    for line in (row.keys(), cells) if head else (cells,):
        print(" ".join(f"{cell!s:>11}" for cell in line), file=sys.stderr, flush=True)


async def _until(true: Callable[[], bool]) -> bool:
    """Whether it became true in time."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if await asyncio.to_thread(true):
            return True
        await asyncio.sleep(0.2)
    return False


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port
