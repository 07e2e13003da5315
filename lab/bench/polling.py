"""The cost of polling, and the effect of one hostile source on the others.

The server is a separate process.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot import catalogue
from bot.feeds.fetch import PER_HOST, Fetcher
from bot.jobs.poll import AT_ONCE, Poller
from bot.jobs.resources import Resources
from bot.model import Cursor, Source, SourceKind
from bot.store import Store
from lab.bench import crowd
from lab.bench.attacks import ATTACKS, TAG, serving
from lab.bench.processes import check

Report = dict[str, Any]
#: Well-behaved sources beside a hostile one.
GOOD = 99
EVERY_SECONDS = 1
TICK_SECONDS = 0.1
#: Clock time between two rounds of sources that are due every minute.
EVERY_LOOK = timedelta(minutes=2)
#: The duration of each attack.
SECONDS = 8.0
#: Longer than any round takes.
FOREVER_SECONDS = 3600.0


def cost(sources: int, rounds: int) -> Report:
    """CPU of polling unchanged sources, with all bookkeeping, relative to a bare loop."""
    with crowd.database() as store, serving() as base:
        ours, bare = asyncio.run(_cost(store, base, sources, rounds))
    return {
        "figure": f"CPU of {sources} unchanged polls with bookkeeping / a bare aiohttp loop "
        "of the same 304s",
        "ratio": statistics.median(ours) / statistics.median(bare),
        "items": [mine / floor for mine, floor in zip(ours, bare, strict=True)],
        "seconds_per_1000": statistics.median(ours) * 1000 / sources,
        "bare_seconds_per_1000": statistics.median(bare) * 1000 / sources,
    }


async def _cost(
    store: Store, base: str, sources: int, rounds: int
) -> tuple[list[float], list[float]]:
    """CPU seconds of our rounds, and of as many bare ones."""
    polled = _Polled(store, [f"{base}{number}" for number in range(sources)])
    ours: list[float] = []
    bare: list[float] = []
    async with Fetcher("bench", allow_private=True) as fetcher:
        poller = polled.poller(fetcher)
        while not polled.all_read():
            await poller.poll_due()  # the first poll reads the pages
        for _ in range(3 * rounds):  # many short ones, because the clock is coarse
            polled.now += EVERY_LOOK
            start = time.process_time()
            await poller.poll_due()
            ours.append(time.process_time() - start)
            async with aiohttp.ClientSession() as session:
                bare.append(await _bare(session, polled.urls, PER_HOST, time.process_time))
    polled.check_answers()
    return ours, bare


class _Polled:
    """Sources at `urls`, on a clock that is moved by hand."""

    def __init__(self, store: Store, urls: list[str]) -> None:
        self.urls = urls
        self.now = datetime.now(UTC)
        self._store = store

    def poller(self, fetcher: Fetcher) -> Poller:
        sources: list[Source] = []
        for number, url in enumerate(self.urls):
            sources.append(Source(f"s{number}", SourceKind.NEWS, url, every=60))
        names = catalogue.load().names
        return Poller(Resources(self._store, fetcher, sources, names, lambda: self.now))

    def all_read(self) -> bool:
        status = self._store.sources.status()
        return bool(status) and all(source.ok_at is not None for source in status)

    def check_answers(self) -> None:
        failed = [source for source in self._store.sources.status() if source.error]
        check(not failed, "each answered")


def burst(sources: int, rounds: int) -> Report:
    """The request rate when many sources on as many hosts are due, relative to a bare loop."""
    with crowd.database() as store, serving() as base:
        port = urlsplit(base).port or 0
        ours, bare = asyncio.run(_burst(store, port, sources, rounds))
    return {
        "figure": f"requests a second of {sources} sources due at once / of a bare aiohttp loop",
        "ratio": statistics.median(bare) / statistics.median(ours),
        "seconds": statistics.median(ours),
        "bare_seconds": statistics.median(bare),
        "items": [floor / mine for mine, floor in zip(ours, bare, strict=True)],
    }


async def _burst(
    store: Store, port: int, sources: int, rounds: int
) -> tuple[list[float], list[float]]:
    """Seconds of our rounds, and of as many bare ones."""
    polled = _Polled(store, [_url(port, number) for number in range(sources)])
    ours: list[float] = []
    bare: list[float] = []
    async with Fetcher("bench", allow_private=True) as fetcher, _bare_session() as session:
        poller = polled.poller(fetcher)
        await poller.poll_due(patience=FOREVER_SECONDS)  # the first poll reads the pages
        await _bare(session, polled.urls, AT_ONCE, time.perf_counter)
        for _ in range(rounds):
            polled.now += EVERY_LOOK
            start = time.perf_counter()
            await poller.poll_due(patience=FOREVER_SECONDS)
            ours.append(time.perf_counter() - start)
            bare.append(await _bare(session, polled.urls, AT_ONCE, time.perf_counter))
    polled.check_answers()
    return ours, bare


def _url(port: int, number: int) -> str:
    """The address of a page; each number has a host of its own."""
    host = f"127.{2 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
    return f"http://{host}:{port}/{number}"


def _bare_session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=0)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


async def _bare(
    session: aiohttp.ClientSession, urls: list[str], at_once: int, clock: Callable[[], float]
) -> float:
    """The duration of requests by a clock; each is answered with 304."""
    slots = asyncio.Semaphore(at_once)

    async def one(url: str) -> None:
        async with slots, session.get(url, headers={"If-None-Match": TAG}) as response:
            check(response.status == 304, "nothing changed")

    start = clock()
    await asyncio.gather(*map(one, urls))
    return clock() - start


def hostile(rounds: int, seconds: float = SECONDS) -> Report:
    """How late good sources are polled (99th percentile) under each attack, relative to none."""
    runs: dict[str, list[float]] = {kind: [] for kind in ("", *ATTACKS)}
    with serving() as base:
        for _ in range(rounds):
            for kind, found in runs.items():
                found.append(asyncio.run(_lateness(base, kind, seconds)))
    worst = {kind: statistics.median(found) for kind, found in runs.items()}
    calm = worst.pop("")
    return {
        "figure": f"99th percentile of how late {GOOD} good sources are asked beside a hostile one "
        "/ without",
        "ratio": max(worst.values()) / calm,
        "calm_seconds": calm,
        "items": worst,
    }


class _Watched(Poller):
    """A poller that notes how many seconds late each good source is polled."""

    def __init__(self, store: Store, fetcher: Fetcher, sources: list[Source]) -> None:
        names = catalogue.load().names
        super().__init__(Resources(store, fetcher, sources, names, lambda: datetime.now(UTC)))
        self.late: list[float] = []
        self._due_at: dict[str, datetime] = {}

    async def _poll(self, source: Source, cursor: Cursor) -> None:
        due = self._due_at.get(source.id)
        if due:
            self.late.append(max((datetime.now(UTC) - due).total_seconds(), 0.0))
        await super()._poll(source, cursor)
        if source.id != "bad" and source.id in self._unchanged:
            self._due_at[source.id] = self._unchanged[source.id]


async def _lateness(base: str, attack: str, seconds: float) -> float:
    """The 99th percentile of how late good sources are polled, in seconds."""
    sources = list(_good_sources(base))
    if attack:
        sources.append(Source("bad", SourceKind.NEWS, f"{base}{attack}", EVERY_SECONDS))
    with crowd.database() as store:
        async with Fetcher("bench", allow_private=True) as fetcher:
            poller = _Watched(store, fetcher, sources)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                await asyncio.gather(asyncio.sleep(TICK_SECONDS), poller.poll_due(patience=0))
            await poller.close()
    return sorted(poller.late)[int(len(poller.late) * 0.99)]


def _good_sources(base: str) -> Iterator[Source]:
    """The good sources, each on a host of its own, because hosts are rate-limited."""
    for number in range(GOOD):
        url = base.replace("127.0.0.1", f"127.0.1.{number + 1}") + str(number)
        yield Source(f"s{number}", SourceKind.NEWS, url, EVERY_SECONDS)
