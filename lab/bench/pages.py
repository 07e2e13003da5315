"""The cost of pages: alongside a fan-out in the same process, and with a million subscriptions."""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp

from bot import catalogue, locales
from bot.runtime.http_server import serve
from bot.store import Store
from bot.web.answers import Answer
from bot.web.asked import Asked
from bot.web.routes import application
from bot.web.service_page import service_page
from bot.web.site import Site
from bot.web.start_page import start_page
from bot.web.story_page import story_page
from lab.bench import crowd, processes
from lab.bench.sending import Story, p95, sending

Report = dict[str, Any]
#: Concurrent requests, and seconds, to measure how many pages per second are served.
AT_ONCE = 8
PROBED_SECONDS = 5.0
#: Subscriptions of the small database.
FEW = 1_000
#: Stories in both databases.
STORIES = 10
#: The pages viewed: every story, in every language, for these regions.
REGIONS = ("", "EU", "EEA", "UK", "CH")


def views(count: int, rounds: int) -> Report:
    """A fan-out during page views at half the rate served alone, relative to one without."""

    async def measure(store: Store, base: str) -> tuple[list[float], float, Report]:
        ratios: list[float] = []
        seen: Report = {}
        async with sending(store, "telegram", base) as deliverer, _site(store) as address:
            story, rate = Story(store, deliverer, count), 0.0
            for number in range(1, 2 * rounds + 1, 2):
                free = await story.sent(number)
                if not rate:
                    probed = await _looked_at(address, 0, PROBED_SECONDS)
                    processes.check(not probed["failed"], "pages are not served")
                    rate = probed["views"] / PROBED_SECONDS
                looking = asyncio.create_task(_looked_at(address, rate / 2, free))
                busy = await story.sent(number + 1)
                seen = await looking
                ratios.append(busy / free)
        return ratios, rate, seen

    with crowd.database() as store, processes.standin("telegram") as standin:
        crowd.gather(store, "telegram", count)
        ratios, rate, seen = asyncio.run(measure(store, standin.base))
        report = standin.report()
    return {
        "figure": f"fan-out to {count} while pages are looked at / without",
        "ratio": sorted(ratios)[len(ratios) // 2],
        "items": ratios,
        "pages_a_second_alone": rate,
        "pages_a_second_beside": seen["views"] / seen["seconds"],
        "page_p95_milliseconds": seen["p95"] * 1000,
        "not_answered": seen["failed"],
        "lost": 2 * rounds * count - report["distinct"],
        "waits_asked": report["waits_asked"],
    }


def sizes(samples: int, many: int) -> Report:
    """95th percentile of rendering a page with many subscriptions, relative to a thousand."""
    known = catalogue.load()
    few: dict[str, list[float]] = {}
    lots: dict[str, list[float]] = {}
    with crowd.database() as small, crowd.database() as large:
        for store, size in ((small, FEW), (large, many)):
            crowd.crowd(store, size)
            for number in range(1, STORIES + 1):
                crowd.publish(store, number)
        for _sample in range(samples):
            for store, found in ((small, few), (large, lots)):
                for name, seconds in _made(store, known):
                    found.setdefault(name, []).append(seconds)
    ratios = {name: p95(lots[name]) / p95(few[name]) for name in few}
    return {
        "figure": f"95th percentile of a page with {many} subscriptions / with {FEW}",
        "ratio": max(ratios.values()),
        "items": ratios,
        "milliseconds": {name: p95(found) * 1000 for name, found in lots.items()},
    }


def _made(store: Store, known: catalogue.Catalogue) -> Iterator[tuple[str, float]]:
    """(kind, seconds) of rendering each kind of page, compression included."""
    site = Site(store, known, lambda: datetime.now(UTC), "https://smallprint.example")
    asked = Asked(region="EU")
    story = store.archive.published((), 1)[0]
    listing = known.listings[crowd.SERVICE]
    makers: dict[str, Callable[[], str]] = {
        "start": lambda: start_page(asked, site),
        "story": lambda: story_page(story, asked, site),
        "service": lambda: service_page(listing, asked, site),
    }
    for name, make in makers.items():
        start = time.perf_counter()
        Answer.of(make())
        yield name, time.perf_counter() - start


@asynccontextmanager
async def _site(store: Store) -> AsyncIterator[str]:
    """Serve the pages in this process; yields the base address."""
    known = catalogue.load()
    site = Site(store, known, lambda: datetime.now(UTC), "https://smallprint.example")
    runner, base = await serve(application(site))
    yield base
    await runner.cleanup()


async def _looked_at(base: str, rate: float, seconds: float) -> Report:
    """Have another process view pages, `rate` per second; 0 is as fast as possible."""
    command = [sys.executable, "-m", "lab.bench.pages", base, str(rate), str(seconds)]
    run = await asyncio.create_subprocess_exec(
        *command, env=processes.environment(), stdout=subprocess.PIPE
    )
    written, _errors = await run.communicate()
    found: Report = json.loads(written)
    return found


# -- the viewing process


def addresses(stories: Sequence[int]) -> Iterator[str]:
    """Endless page addresses: most of them stories, each in many forms."""
    forms = itertools.product(stories, locales.languages(), REGIONS)
    pages = [f"story/{number}?lang={code}&for={region}" for number, code, region in forms]
    pages = [page.removesuffix("&for=") for page in pages]
    pages += [f"?lang={code}" for code in locales.languages()]
    pages += [f"service/{crowd.SERVICE}?lang={code}" for code in locales.languages()]
    return itertools.cycle(pages)


async def look(base: str, rate: float, seconds: float) -> Report:
    """View pages; returns how many, how long they took, and how many failed."""
    took: list[float] = []
    failed = 0
    end = time.monotonic() + seconds
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{base}api/v1/stories") as answer:
            known = [each["id"] for each in (await answer.json())["items"]]
        left = addresses(known[:STORIES])

        async def one() -> None:
            """View one page."""
            nonlocal failed
            start = time.monotonic()
            async with session.get(base + next(left)) as answer:
                await answer.read()
                failed += answer.status != 200
            took.append(time.monotonic() - start)

        async def without_pause() -> None:
            """View pages one after another."""
            while time.monotonic() < end:
                await one()

        if not rate:
            await asyncio.gather(*(without_pause() for _ in range(AT_ONCE)))
        running: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        while rate and due < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(one())
            running.add(task)
            task.add_done_callback(running.discard)
            due += 1 / rate
        await asyncio.gather(*running)
    return {"views": len(took), "seconds": seconds, "p95": p95(took), "failed": failed}


if __name__ == "__main__":
    base, rate, seconds = sys.argv[1:]
    print(json.dumps(asyncio.run(look(base, float(rate), float(seconds)))))
