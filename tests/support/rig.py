"""A platform, a stand-in and a deliverer that run together; and a crowd that follows LinkedIn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.adapters import PlatformError
from bot.adapters.discord.platform import Discord
from bot.adapters.telegram.platform import Telegram
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.model import Address, Subscription
from bot.render.delivery import Words
from bot.states import DeliveryState
from bot.store import Store
from lab.standin import discord as discord_standin
from lab.standin import telegram as telegram_standin
from tests.support.world import CHANGE, ITEM, tell

#: Subscribed before anything is published.
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def follow(store: Store, platform: str, count: int, first: int = 1) -> None:
    for number in range(first, first + count):
        store.subscriptions.add(
            Subscription(Address(platform, str(number)), "linkedin", frozenset({"EU"})), LONG_AGO
        )


def publish(store: Store, number: int = 1) -> int:
    """Tell one more change, hours after the one before: what comes together is one message."""
    item = replace(ITEM, uid=f"commit:{number}")
    recorded = CHANGE.recorded + timedelta(hours=2 * number)
    change = replace(CHANGE, uid=item.uid, recorded=recorded)
    return tell(store, change, item, datetime.now(UTC))


@asynccontextmanager
async def connected(platform: Any, menu: Any = (), dispatch: Any = None) -> AsyncIterator[Any]:
    """A platform that runs against its stand-in; without `dispatch` it only sends."""
    task = asyncio.create_task(platform.run(menu, dispatch))
    async with asyncio.timeout(10):
        while not platform.ready and not task.done():
            await asyncio.sleep(0.01)
    try:
        yield platform
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, PlatformError):
            await task


class Rig:
    """One platform with its stand-in (strict or not), on a store."""

    def __init__(
        self, store: Store, standin: Any, base: str, known: Catalogue, names: Names
    ) -> None:
        self.store, self.standin = store, standin
        if isinstance(standin, telegram_standin.TelegramStandIn):
            self.platform: Any = Telegram(telegram_standin.TOKEN, base)
        else:
            self.platform = Discord(discord_standin.TOKEN, base)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC) + self.ahead
        self.ahead = timedelta()
        self.deliverer = Deliverer(
            store, [self.platform], Words(known, names), lambda: self.clock()
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(self.platform.run([], None)),
            asyncio.create_task(self.deliverer.run(self.platform.name)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError, PlatformError):
                    await task

    async def until(self, state: DeliveryState, count: int, patience: float = 30) -> float:
        """Seconds until so many rows of the outbox are in that state."""
        started = time.monotonic()
        async with asyncio.timeout(patience):
            while self.store.outbox.depth().get(state, 0) < count:
                await asyncio.sleep(0.02)
        return time.monotonic() - started

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = self.standin.counts.report(self.standin.blocks.broken)
        return found
