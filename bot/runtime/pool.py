"""A pool of workers: who has a long piece of work does not keep the others from theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from bot.runtime.bounded import Bounded

Answer = TypeVar("Answer")

#: Processes at most.
MOST = 2
#: Another process is started where nobody is free for so long.
PATIENCE_SECONDS = 0.25


class Pool:
    """Workers in processes of their own; `pooled` makes one.

    One is kept warm; another is started when the first is busy for long, and stays.
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
        """What a module's function answers; see `Bounded.run`."""
        worker = await self._taken()
        try:
            return await worker.run(work, *arguments)
        finally:
            self._free.put_nowait(worker)

    async def _taken(self) -> Bounded:
        if self._left:
            try:
                return await asyncio.wait_for(self._free.get(), PATIENCE_SECONDS)
            except TimeoutError:
                if self._left:
                    await self.start()
        return await self._free.get()


@asynccontextmanager
async def pooled(make: Callable[[], Bounded], most: int = MOST) -> AsyncIterator[Pool]:
    """A pool of such workers, at most so many, while inside."""
    async with AsyncExitStack() as stack:
        pool = Pool(lambda: stack.enter_async_context(make()), most)
        await pool.start()
        yield pool
