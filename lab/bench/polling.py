"""What polling costs, and what one hostile source does to the others; the server is a process of its own."""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from bot import catalogue
from bot.catalogue.names import Names
from bot.feeds.fetch import PER_HOST, Fetcher
from bot.jobs.poll import AT_ONCE, Poller
from bot.model import Cursor, Source, SourceKind
from bot.store import Store
from lab.bench import crowd

Report = dict[str, Any]
TAG = '"same"'
GOOD, EVERY, TICK, SECONDS = 99, 1, 0.1, 8.0
#: Longer than any round takes.
FOREVER = 3600.0
_PAGE = b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid><title>T</title></item></channel></rss>"


def cost(sources: int, rounds: int) -> Report:
    """CPU of polling sources that did not change, with all bookkeeping, over a bare loop of the same requests."""

    async def measure(store: Store, base: str) -> Report:
        named = [Source(f"s{n}", SourceKind.NEWS, f"{base}{n}", every=60) for n in range(sources)]
        urls = [source.url for source in named]
        moment = [datetime.now(UTC)]
        ours, bare = [], []
        async with Fetcher("bench", allow_private=True) as fetcher:
            poller = Poller(
                store, fetcher, named, Names(catalogue.load().services), lambda: moment[0]
            )
            while (
                any(source.ok_at is None for source in store.sources.status())
                or not store.sources.status()
            ):
                await poller.poll_due()  # the first look reads
            for _ in range(3 * rounds):  # short ones, on a clock that is coarse
                moment[0] += timedelta(minutes=2)
                start = time.process_time()
                await poller.poll_due()
                ours.append(time.process_time() - start)
                async with aiohttp.ClientSession() as session:
                    bare.append(await _bare(session, urls, PER_HOST, time.process_time))
        assert not [source for source in store.sources.status() if source.error], "each answered"
        return {
            "figure": f"CPU of {sources} unchanged polls with bookkeeping / a bare aiohttp loop of the same 304s",
            "ratio": statistics.median(ours) / statistics.median(bare),
            "items": [mine / floor for mine, floor in zip(ours, bare, strict=True)],
            "seconds_per_1000": statistics.median(ours) * 1000 / sources,
            "bare_seconds_per_1000": statistics.median(bare) * 1000 / sources,
        }  # fmt: skip

    with crowd.database() as store, _serving() as base:
        return asyncio.run(measure(store, base))


def burst(sources: int, rounds: int) -> Report:
    """How fast many sources of as many hosts are asked that are due at once, over a bare loop of as many requests."""

    async def measure(store: Store, port: int) -> Report:
        hosts = [f"127.{2 + n // 62_500}.{n // 250 % 250}.{n % 250 + 1}" for n in range(sources)]
        named = [
            Source(f"s{n}", SourceKind.NEWS, f"http://{host}:{port}/{n}", every=60)
            for n, host in enumerate(hosts)
        ]
        urls = [source.url for source in named]
        moment = [datetime.now(UTC)]
        ours, bare = [], []
        async with Fetcher("bench", allow_private=True) as fetcher, _bare_session() as session:
            poller = Poller(
                store, fetcher, named, Names(catalogue.load().services), lambda: moment[0]
            )
            await poller.poll_due(patience=FOREVER)  # the first look reads
            await _bare(session, urls, AT_ONCE, time.perf_counter)
            for _ in range(rounds):
                moment[0] += timedelta(minutes=2)
                start = time.perf_counter()
                await poller.poll_due(patience=FOREVER)
                ours.append(time.perf_counter() - start)
                bare.append(await _bare(session, urls, AT_ONCE, time.perf_counter))
        assert not [source for source in store.sources.status() if source.error], "each answered"
        return {
            "figure": f"requests a second of {sources} sources due at once / of a bare aiohttp loop",
            "ratio": statistics.median(bare) / statistics.median(ours),
            "seconds": statistics.median(ours),
            "bare_seconds": statistics.median(bare),
            "items": [floor / mine for mine, floor in zip(ours, bare, strict=True)],
        }

    with crowd.database() as store, _serving() as base:
        return asyncio.run(measure(store, urlsplit(base).port or 0))


def _bare_session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=0)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


async def _bare(
    session: aiohttp.ClientSession, urls: list[str], at_once: int, clock: Callable[[], float]
) -> float:
    """What a loop of requests takes by a clock; each is answered that nothing changed."""
    slots = asyncio.Semaphore(at_once)

    async def one(url: str) -> None:
        async with slots, session.get(url, headers={"If-None-Match": TAG}) as response:
            assert response.status == 304

    start = clock()
    await asyncio.gather(*map(one, urls))
    return clock() - start


def hostile(rounds: int, seconds: float = SECONDS) -> Report:
    """How late the good sources are asked (99th percentile) while one serves each of five attacks, over without."""
    with _serving() as base:
        runs: dict[str, list[float]] = {kind: [] for kind in ("", *_ATTACKS)}
        for _ in range(rounds):
            for kind, found in runs.items():
                found.append(asyncio.run(_lateness(base, kind, seconds)))
    worst = {kind: statistics.median(found) for kind, found in runs.items()}
    calm = worst.pop("")
    return {
        "figure": f"99th percentile of how late {GOOD} good sources are asked beside a hostile one / without",
        "ratio": max(worst.values()) / calm, "calm_seconds": calm, "items": worst,
    }  # fmt: skip


async def _lateness(base: str, attack: str, seconds: float) -> float:
    late: list[float] = []

    class Watched(Poller):
        async def _poll(self, source: Source, cursor: Cursor) -> None:
            if due := due_at.get(source.id):
                late.append(max((datetime.now(UTC) - due).total_seconds(), 0.0))
            await super()._poll(source, cursor)
            if source.id != "bad" and source.id in self._unchanged:
                due_at[source.id] = self._unchanged[source.id]

    due_at: dict[str, datetime] = {}
    # Each source has an address of its own, as in life: hosts are never hurried.
    named = [
        Source(
            f"s{n}", SourceKind.NEWS, base.replace("127.0.0.1", f"127.0.1.{n + 1}") + str(n), EVERY
        )
        for n in range(GOOD)
    ]
    if attack:
        named.append(Source("bad", SourceKind.NEWS, f"{base}{attack}", EVERY))
    with crowd.database() as store:
        async with Fetcher("bench", allow_private=True) as fetcher:
            poller = Watched(
                store, fetcher, named, Names(catalogue.load().services), lambda: datetime.now(UTC)
            )
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                await asyncio.gather(asyncio.sleep(TICK), poller.poll_due(patience=0))
            await poller.close()
    return sorted(late)[int(len(late) * 0.99)]


async def _drips(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(100):
        await answer.write(b"x")
        await asyncio.sleep(0.5)
    return answer


async def _bomb(_: web.Request) -> web.StreamResponse:
    return web.Response(body=_BOMB, headers={"Content-Encoding": "gzip"})


async def _endless(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(200):
        await answer.write(b"x" * 2**20)
    return answer


async def _laughs(_: web.Request) -> web.StreamResponse:
    return web.Response(
        body=b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'
    )


async def _absurd(_: web.Request) -> web.StreamResponse:
    return web.Response(body=b"<rss " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>")


_BOMB = gzip.compress(b"0" * 50 * 2**20, 1)
_ATTACKS = {
    "drips": _drips,
    "bomb": _bomb,
    "endless": _endless,
    "laughs": _laughs,
    "absurd": _absurd,
}


async def _good(request: web.Request) -> web.StreamResponse:
    if request.headers.get("If-None-Match") == TAG:
        return web.Response(status=304)
    return web.Response(body=_PAGE, headers={"ETag": TAG})


@contextmanager
def _serving() -> Iterator[str]:
    """A server in a process of its own; its address."""
    spawn = multiprocessing.get_context("spawn")
    mine, theirs = spawn.Pipe()
    process = spawn.Process(target=_server, args=(theirs,), daemon=True)
    process.start()
    try:
        yield mine.recv()
    finally:
        process.kill()
        process.join()


def _server(pipe: Any) -> None:
    async def run() -> None:
        app = web.Application()
        for name, attack in _ATTACKS.items():
            app.router.add_get(f"/{name}", attack)
        app.router.add_get("/{number}", _good)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(
            runner, "0.0.0.0", 0, backlog=4096
        ).start()  # all of 127.0.0.0/8 is this machine
        pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await asyncio.Event().wait()

    asyncio.run(run())
