"""A pool of workers: who has a long piece of work does not keep the others from theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self, TypeVar

from bot.runtime.bounded import Bounded

Answer = TypeVar("Answer")

#: Processes at most.
MOST = 2
#: Another process is started where nobody is free for so long.
PATIENCE_SECONDS = 0.25


class Pool:
    """Workers in processes of their own; an async context manager.

    One is kept warm; another is started when the first is busy for long, and stays.
    """

    def __init__(self, make: Callable[[], Bounded], most: int = MOST) -> None:
        self._make = make
        self._left = most
        self._free: asyncio.Queue[Bounded] = asyncio.Queue()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._add()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

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
                    await self._add()
        return await self._free.get()

    async def _add(self) -> None:
        self._left -= 1
        worker = await self._stack.enter_async_context(self._make())
        self._free.put_nowait(worker)
