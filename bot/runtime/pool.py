"""A pool of workers, so that one long piece of work does not hold up the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from bot.runtime.bounded import Bounded

Answer = TypeVar("Answer")

#: The most processes.
MOST = 2
#: Another process is started if none is free for this long.
PATIENCE_SECONDS = 0.25


class Pool:
    """A pool of worker processes; `pooled` makes one.

    One is kept warm; another is started when the first is busy for long, and is kept.
    """

    def __init__(self, add: Callable[[], Awaitable[Bounded]], most: int) -> None:
        self._add = add
        self._left = most
        self._free: asyncio.Queue[Bounded] = asyncio.Queue()

    async def start(self) -> None:
        """Start one more worker."""
        self._left -= 1
        self._free.put_nowait(await self._add())

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a module-level function; see `Bounded.run`."""
        worker = await self._taken()
        try:
            return await worker.run(work, *arguments)
        finally:
            self._free.put_nowait(worker)

    async def _taken(self) -> Bounded:
        if self._left:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    return await self._free.get()
            except TimeoutError:
                if self._left:
                    await self.start()
        return await self._free.get()


@asynccontextmanager
async def pooled(make: Callable[[], Bounded], most: int = MOST) -> AsyncIterator[Pool]:
    """A pool of at most `most` workers, for the duration of the block."""
    async with AsyncExitStack() as stack:
        pool = Pool(lambda: stack.enter_async_context(make()), most)
        await pool.start()
        yield pool
