"""Lanes: items are understood one after another within a source, and concurrently across sources.

A slow text delays its own source, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from weakref import WeakValueDictionary

from bot.store.items import DueItem

#: The longest wait for another lane's items of the same service.
LONGEST_WAIT_SECONDS = 2.0


class Lanes:
    """Runs each source's work in a task of its own; one that is running is not started again."""

    def __init__(self, work: Callable[[str], Awaitable[None]]) -> None:
        self._work = work
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self, sources: Iterable[str], patience: float | None) -> list[BaseException]:
        """Start what is not running, and wait for all of it, `patience` seconds at most.

        Returns the errors of the work that has ended.
        """
        for source in sources:
            if source not in self._running:
                self._running[source] = asyncio.ensure_future(self._work(source))
        if self._running:
            await asyncio.wait(self._running.values(), timeout=patience)
        ended = [source for source, task in self._running.items() if task.done()]
        errors = [self._running.pop(source).exception() for source in ended]
        return [error for error in errors if error is not None]

    async def close(self) -> None:
        """Cancel what is running."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class Order:
    """Orders work on one service: one item at a time, and memos and articles after their change.

    Otherwise two lanes would tell one event twice. The waits are short.
    """

    def __init__(self) -> None:
        self._services = Locks()
        self._changes: defaultdict[str, set[tuple[float, str]]] = defaultdict(set)
        self._changed = asyncio.Condition()

    def expect(self, service: str, waiting: DueItem) -> None:
        """Register an item of a service that is going to be understood."""
        if waiting.item.document:
            self._changes[service].add(_place(waiting))

    @asynccontextmanager
    async def turn(self, service: str, waiting: DueItem) -> AsyncIterator[None]:
        """Wait briefly for the service; the block is this item's turn."""
        mine = _place(waiting)
        if not waiting.item.document:
            await self._wait(service, mine)
        lock = self._services.of(service)
        is_ours = await _acquired(lock)
        try:
            yield
        finally:
            if is_ours:
                lock.release()
            async with self._changed:
                self._changes[service].discard(mine)
                self._changed.notify_all()

    async def _wait(self, service: str, mine: tuple[float, str]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT_SECONDS), self._changed:
                await self._changed.wait_for(
                    lambda: min(self._changes[service], default=mine) >= mine
                )


class Together:
    """Batches: by source, the services with several documents in one batch, and when they are told.

    Documents of one service that are seen together are told together.
    """

    def __init__(self) -> None:
        self._batches: dict[str, tuple[frozenset[str], datetime]] = {}

    def begin(
        self, source: str, batch: Sequence[DueItem], services: Mapping[str, str], told_at: datetime
    ) -> None:
        """Register a source's batch; `services` are those of its items, by uid."""
        documents = [services[waiting.item.uid] for waiting in batch if waiting.item.document]
        several = {service for service, count in Counter(documents).items() if count > 1}
        self._batches[source] = frozenset(several), told_at

    def told_at(self, source: str, services: Sequence[str], now: datetime) -> datetime:
        """When a change of some services from a source is told."""
        several, told_at = self._batches.get(source, (frozenset(), now))
        return max(now, told_at) if several.intersection(services) else now


class Locks:
    """A lock for each document or service, for exclusive work on it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[object, asyncio.Lock] = WeakValueDictionary()

    def of(self, thing: object) -> asyncio.Lock:
        """The lock of a thing."""
        lock = self._locks.get(thing)
        if lock is None:
            self._locks[thing] = lock = asyncio.Lock()
        return lock


async def _acquired(lock: asyncio.Lock) -> bool:
    """Acquire a lock, with a timeout; whether that succeeded."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            return await lock.acquire()
    return False


def in_order(due: Sequence[DueItem]) -> list[DueItem]:
    """The items by document, the one with the newest change first, each document's oldest first."""
    newest: dict[object, float] = {}
    for waiting in due:
        key = _document(waiting)
        newest[key] = max(newest.get(key, 0.0), waiting.item.when.timestamp())

    def rank(waiting: DueItem) -> tuple[float, str, float, str]:
        document = _document(waiting)
        return -newest[document], str(document), *_place(waiting)

    return sorted(due, key=rank)


def _document(waiting: DueItem) -> object:
    return waiting.item.document or waiting.item.uid


def _place(waiting: DueItem) -> tuple[float, str]:
    return waiting.item.when.timestamp(), waiting.item.uid
