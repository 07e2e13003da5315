"""How fast, and at what cost, a story reaches a crowd: against a strict stand-in in a process of its own."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp

import handlers
from bot import catalogue
from bot.adapters import PlatformError
from bot.adapters.discord.platform import Discord
from bot.adapters.telegram.platform import Telegram
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.message import Message
from bot.platform import Notice, Request
from bot.render.delivery import Words
from bot.runtime.http_server import serve
from bot.states import DeliveryState
from bot.store import Store
from lab.bench import crowd, processes
from lab.standin import discord, telegram

Report = dict[str, Any]
FLOORS = {"telegram": 30.0, "discord": 50.0}
BLOCKED = 30


def fan_out(platform: str, count: int, rounds: int) -> Report:
    """From the commit of a story to the last acknowledgement, over the platform's own limit."""

    async def measure(store: Store, standin: processes.StandIn) -> Report:
        async with sending(store, platform, standin.base) as deliverer:
            took = [
                await _round(store, standin, deliverer, number, count)
                for number in range(1, rounds + 1)
            ]
        report = standin.report()
        floor = count / FLOORS[platform]
        ratios = [seconds / floor for seconds in took]
        return {
            "figure": f"commit to last acknowledgement / ({count} / {FLOORS[platform]:.0f} per second)",
            "ratio": statistics.median(ratios), "items": ratios, "lost": rounds * count - report["distinct"],
            "duplicates": report["duplicates"], "waits_asked": report["waits_asked"],
        }  # fmt: skip

    with crowd.database() as store, processes.standin(platform) as standin:
        crowd.gather(store, platform, count)
        return asyncio.run(measure(store, standin))


def head_of_line(count: int, rounds: int) -> Report:
    """The last of the others while one chat is asked to wait, over the same run without."""

    async def measure(store: Store, standin: processes.StandIn) -> Report:
        ratios = []
        async with sending(store, "telegram", standin.base) as deliverer:
            for number in range(rounds):
                free = await _round(store, standin, deliverer, 2 * number + 1, count)
                wait = {
                    "parameters": {"retry_after": BLOCKED},
                    "ok": False,
                    "description": "Too Many Requests",
                }
                standin.told(fault={"status": 429, "chat": str(count // 2), "body": wait})
                blocked = await _round(store, standin, deliverer, 2 * number + 2, count, all_but=1)
                ratios.append(blocked / free)
                await _until(store, (2 * number + 2) * count)
        report = standin.report()
        return {
            "figure": f"last of {count - 1} while one is blocked for {BLOCKED} s / the same without",
            "ratio": statistics.median(ratios), "items": ratios, "lost": 2 * rounds * count - report["distinct"],
            "calls_during_a_block": report["calls_during_a_block"],
        }  # fmt: skip

    with crowd.database() as store, processes.standin("telegram") as standin:
        crowd.gather(store, "telegram", count)
        return asyncio.run(measure(store, standin))


def cost(count: int, rounds: int) -> Report:
    """CPU for a delivered message (claim, words, post, acknowledgement) over a bare POST of the same body."""

    async def measure(store: Store, standin: processes.StandIn) -> Report:
        ours, bare = [], []
        async with sending(store, "telegram", standin.base, paid=True) as deliverer:
            for number in range(1, rounds + 1):
                start = time.process_time()
                await _round(store, standin, deliverer, number, count, look=0.5)
                ours.append((time.process_time() - start) / count)
                bare.append(
                    await _bare(
                        store, standin.base, count, window=deliverer._lines["telegram"].room()
                    )
                )
        ratios = [mine / floor for mine, floor in zip(ours, bare, strict=True)]
        return {
            "figure": "CPU seconds a delivered message / a bare aiohttp POST of the same body, as many at once",
            "ratio": statistics.median(ratios), "items": ratios,
            "microseconds": statistics.median(ours) * 1e6, "bare_microseconds": statistics.median(bare) * 1e6,
        }  # fmt: skip

    with crowd.database() as store, processes.standin("telegram", "--loose") as standin:
        crowd.gather(store, "telegram", count)
        return asyncio.run(measure(store, standin))


async def _bare(store: Store, base: str, count: int, window: int) -> float:
    """CPU seconds a POST."""
    platform = Telegram(telegram.TOKEN, base)
    known = catalogue.load()
    body = (
        Words(known, Names(known.services))
        .of(crowd.delivery(store), platform, datetime.now(UTC))
        .body()
    )
    url, slots = f"{base}/bot{telegram.TOKEN}/sendMessage", asyncio.Semaphore(window)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(number: int) -> None:
            async with slots, session.post(url, json={"chat_id": number, **body}) as response:
                await response.read()

        start = time.process_time()
        await asyncio.gather(*(one(number) for number in range(count)))
        return (time.process_time() - start) / count


def reply(count: int, samples: int) -> Report:
    """How long a command's answer takes (95th percentile) while a story goes out to a crowd, over the same when idle."""

    async def measure(store: Store) -> Report:
        standin = telegram.TelegramStandIn(strict=True, round_trip=0.06)
        runner, base = await serve(standin.application())
        async with sending(store, "telegram", base.rstrip("/"), answers=True) as deliverer:
            idle = await _answers(standin, samples, 10**6)
            crowd.publish(store, 1)
            deliverer.wake()
            busy = await _answers(standin, samples, 2 * 10**6)
            left = store.outbox.depth().get(DeliveryState.QUEUED, 0)
        await runner.cleanup()
        assert left, "the crowd was too small: the story was out before the answers were"
        return {
            "figure": f"95th percentile of an answer during a fan-out to {count} / idle",
            "ratio": p95(busy) / p95(idle), "idle_seconds": p95(idle), "busy_seconds": p95(busy), "still_queued": left,
        }  # fmt: skip

    with crowd.database() as store:
        crowd.gather(store, "telegram", count)
        return asyncio.run(measure(store))


async def _answers(standin: telegram.TelegramStandIn, samples: int, first: int) -> list[float]:
    found = []
    for number in range(samples):
        chat, start = first + number, time.monotonic()
        standin.says("/howto linkedin", chat=chat, user=chat)
        while not any(sent["chat_id"] == chat for sent in standin.sent[-20:]):
            await asyncio.sleep(0.002)
        found.append(time.monotonic() - start)
        await asyncio.sleep(0.1)
    return found


def p95(found: list[float]) -> float:
    return sorted(found)[int(len(found) * 0.95)]


async def _round(
    store: Store,
    standin: processes.StandIn,
    deliverer: Deliverer,
    number: int,
    count: int,
    all_but: int = 0,
    look: float = 0.05,
) -> float:
    """Seconds from the story's commit until all but so many are acknowledged."""
    before = store.outbox.depth().get(DeliveryState.SENT, 0)
    start = time.monotonic()
    await asyncio.to_thread(crowd.publish, store, number)
    deliverer.wake()
    await _until(store, before + count - all_but, look)
    took = time.monotonic() - start
    await asyncio.sleep(1.1)  # the platform's rolling second is empty before the next
    return took


async def _until(store: Store, sent: int, look: float = 0.05) -> None:
    while await asyncio.to_thread(lambda: store.outbox.depth().get(DeliveryState.SENT, 0)) < sent:
        await asyncio.sleep(look)


@asynccontextmanager
async def sending(
    store: Store, platform: str, base: str, paid: bool = False, answers: bool = False
) -> AsyncIterator[Deliverer]:
    """A platform on a stand-in, and a deliverer that sends on it."""
    known = catalogue.load()
    names = Names(known.services)
    chat: Any = (
        Telegram(telegram.TOKEN, base, paid)
        if platform == "telegram"
        else Discord(discord.TOKEN, base)
    )
    deliverer = Deliverer(store, [chat], Words(known, names), lambda: datetime.now(UTC))

    async def dispatch(request: Request | Notice) -> Message:
        context = handlers.Context(store, known, names, datetime.now(UTC))
        return await asyncio.to_thread(handlers.answer, request, context)

    tasks = [
        asyncio.create_task(chat.run([], dispatch if answers else None)),
        asyncio.create_task(deliverer.run(platform)),
    ]
    while not chat.ready:
        await asyncio.sleep(0.01)
    try:
        yield deliverer
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError, PlatformError):
                await task
