"""The speed and cost of sending a story to a crowd.

The stand-in is strict and runs in a separate process.
"""

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
from bot.jobs.deliver import Deliverer
from bot.message import Message
from bot.outcomes import Notice
from bot.platform import Request
from bot.render.delivery import Words
from bot.runtime.http_server import serve
from bot.states import DeliveryState
from bot.store import Store
from lab.bench import crowd, processes
from lab.standin import discord, telegram

Report = dict[str, Any]
#: The platforms' limits, in messages per second.
FLOORS = {"telegram": 30.0, "discord": 50.0}
BLOCKED_SECONDS = 30
#: Messages per second of a paying bot on Telegram.
PAID_PER_SECOND = 990.0
#: The interval between two looks at a story's progress.
LOOK_SECONDS = 0.05
#: An interval so long that looking costs nothing relative to sending.
SELDOM_SECONDS = 0.5


def fan_out(platform: str, count: int, rounds: int) -> Report:
    """Time from a story's commit to the last acknowledgement, relative to the platform's limit."""

    async def measure(store: Store, base: str) -> list[float]:
        async with sending(store, platform, base) as deliverer:
            story = Story(store, deliverer, count)
            return [await story.sent(number) for number in range(1, rounds + 1)]

    with crowd.database() as store, processes.standin(platform) as standin:
        crowd.gather(store, platform, count)
        took = asyncio.run(measure(store, standin.base))
        report = standin.report()
    floor = count / FLOORS[platform]
    ratios = [seconds / floor for seconds in took]
    return {
        "figure": f"commit to last acknowledgement / ({count} / {FLOORS[platform]:.0f} per second)",
        "ratio": statistics.median(ratios),
        "items": ratios,
        "lost": rounds * count - report["distinct"],
        "duplicates": report["duplicates"],
        "waits_asked": report["waits_asked"],
    }


def head_of_line(count: int, rounds: int) -> Report:
    """The last of the other chats while one is asked to wait, relative to the same run without."""
    body = {
        "parameters": {"retry_after": BLOCKED_SECONDS},
        "ok": False,
        "description": "Too Many Requests",
    }
    fault = {"status": 429, "chat": str(count // 2), "body": body}

    async def measure(store: Store, standin: processes.StandIn) -> list[float]:
        ratios: list[float] = []
        async with sending(store, "telegram", standin.base) as deliverer:
            story = Story(store, deliverer, count)
            for number in range(1, 2 * rounds, 2):
                free = await story.sent(number)
                standin.told(fault=fault)
                blocked = await story.sent(number + 1, all_but=1)
                ratios.append(blocked / free)
                await story.until((number + 1) * count)
        return ratios

    with crowd.database() as store, processes.standin("telegram") as standin:
        crowd.gather(store, "telegram", count)
        ratios = asyncio.run(measure(store, standin))
        report = standin.report()
    return {
        "figure": f"last of {count - 1} while one is blocked for {BLOCKED_SECONDS} s "
        "/ the same without",
        "ratio": statistics.median(ratios),
        "items": ratios,
        "lost": 2 * rounds * count - report["distinct"],
        "calls_during_a_block": report["calls_during_a_block"],
    }


def cost(count: int, rounds: int) -> Report:
    """CPU per delivered message (claim, render, post, acknowledge), relative to a bare POST."""
    ours: list[float] = []
    bare: list[float] = []

    async def measure(store: Store, base: str) -> None:
        async with sending(store, "telegram", base, PAID_PER_SECOND) as deliverer:
            story = Story(store, deliverer, count, look=SELDOM_SECONDS)
            for number in range(1, rounds + 1):
                start = time.process_time()
                await story.sent(number)
                ours.append((time.process_time() - start) / count)
                window = deliverer._lines["telegram"].room(datetime.now(UTC))
                bare.append(await _bare(store, base, count, window))

    with crowd.database() as store, processes.standin("telegram", "--loose") as standin:
        crowd.gather(store, "telegram", count)
        asyncio.run(measure(store, standin.base))
    ratios = [mine / floor for mine, floor in zip(ours, bare, strict=True)]
    return {
        "figure": "CPU seconds a delivered message / a bare aiohttp POST of the same body, "
        "as many at once",
        "ratio": statistics.median(ratios),
        "items": ratios,
        "microseconds": statistics.median(ours) * 1e6,
        "bare_microseconds": statistics.median(bare) * 1e6,
    }


async def _bare(store: Store, base: str, count: int, window: int) -> float:
    """CPU seconds per POST, with `window` of them at once."""
    platform = Telegram(telegram.TOKEN, base)
    known = catalogue.load()
    words = Words(known, known.names)
    body = words.of(crowd.delivery(store), platform, datetime.now(UTC)).body()
    url = f"{base}/bot{telegram.TOKEN}/sendMessage"
    slots = asyncio.Semaphore(window)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(number: int) -> None:
            async with slots, session.post(url, json={"chat_id": number, **body}) as response:
                await response.read()

        start = time.process_time()
        await asyncio.gather(*map(one, range(count)))
        return (time.process_time() - start) / count


def reply(count: int, samples: int) -> Report:
    """95th percentile of a command's answer time during a fan-out, relative to idle."""
    with crowd.database() as store:
        crowd.gather(store, "telegram", count)
        idle, busy, left = asyncio.run(_replies(store, samples))
    processes.check(left > 0, "the crowd is too small: the story was out before the answers were")
    return {
        "figure": f"95th percentile of an answer during a fan-out to {count} / idle",
        "ratio": p95(busy) / p95(idle),
        "idle_seconds": p95(idle),
        "busy_seconds": p95(busy),
        "still_queued": left,
    }


async def _replies(store: Store, samples: int) -> tuple[list[float], list[float], int]:
    """Answer times when idle and during a fan-out, in seconds, and the remaining queue."""
    standin = telegram.TelegramStandIn(strict=True, round_trip=0.06)
    runner, base = await serve(standin.application())
    async with sending(store, "telegram", base.rstrip("/"), answers=True) as deliverer:
        idle = await _answers(standin, samples, 10**6)
        crowd.publish(store, 1)
        deliverer.wake()
        busy = await _answers(standin, samples, 2 * 10**6)
        left = store.outbox.depth().get(DeliveryState.QUEUED, 0)
    await runner.cleanup()
    return idle, busy, left


async def _answers(standin: telegram.TelegramStandIn, samples: int, first: int) -> list[float]:
    """Seconds until each of `samples` chats, numbered from `first`, has its answer."""
    found: list[float] = []
    for chat in range(first, first + samples):
        start = time.monotonic()
        standin.says("/howto linkedin", chat=chat, user=chat)
        while not any(sent["chat_id"] == chat for sent in standin.sent[-20:]):
            await asyncio.sleep(0.002)
        found.append(time.monotonic() - start)
        await asyncio.sleep(0.1)
    return found


def p95(found: list[float]) -> float:
    """The 95th percentile."""
    return sorted(found)[int(len(found) * 0.95)]


class Story:
    """Sends one story after another to a crowd of `count` chats."""

    def __init__(
        self, store: Store, deliverer: Deliverer, count: int, look: float = LOOK_SECONDS
    ) -> None:
        self._store = store
        self._deliverer = deliverer
        self._count = count
        self._look = look

    async def sent(self, number: int, all_but: int = 0) -> float:
        """Seconds from the story's commit until all but `all_but` messages are acknowledged."""
        before = self._acknowledged()
        start = time.monotonic()
        await asyncio.to_thread(crowd.publish, self._store, number)
        self._deliverer.wake()
        await self.until(before + self._count - all_but)
        took = time.monotonic() - start
        await asyncio.sleep(1.1)  # the platform's rolling second must be empty before the next
        return took

    async def until(self, sent: int) -> None:
        """Wait until this many messages of all stories are acknowledged."""
        while await asyncio.to_thread(self._acknowledged) < sent:
            await asyncio.sleep(self._look)

    def _acknowledged(self) -> int:
        return self._store.outbox.depth().get(DeliveryState.SENT, 0)


@asynccontextmanager
async def sending(
    store: Store, platform: str, base: str, pace: float | None = None, answers: bool = False
) -> AsyncIterator[Deliverer]:
    """Run a platform on a stand-in, and a deliverer that sends on it."""
    known = catalogue.load()
    chat: Any  # neither is asked for hints, which `dispatch` does not take
    if platform == "telegram":
        chat = Telegram(telegram.TOKEN, base, pace)
    else:
        chat = Discord(discord.TOKEN, base)
    deliverer = Deliverer(store, [chat], Words(known, known.names), lambda: datetime.now(UTC))

    async def dispatch(request: Request | Notice) -> Message:
        context = handlers.Context(store, known, known.names, datetime.now(UTC))
        return await asyncio.to_thread(handlers.answer, request, context)

    running = [
        asyncio.create_task(chat.run([], dispatch if answers else None)),
        asyncio.create_task(deliverer.run(platform)),
    ]
    while not chat.ready:
        await asyncio.sleep(0.01)
    try:
        yield deliverer
    finally:
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError, PlatformError):
                await task
