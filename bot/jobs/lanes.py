"""Lanes: the items of a source are understood one after the other, several sources side by side.

A slow text holds up what its own source tells, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from weakref import WeakValueDictionary

from bot.store.items import DueItem

#: Nobody waits longer for what another lane has of the same service.
LONGEST_WAIT_SECONDS = 2.0


class Lanes:
    """Runs the work of each source in a task of its own; one that runs is not begun again."""

    def __init__(self, work: Callable[[str], Awaitable[None]]) -> None:
        self._work = work
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self, sources: Iterable[str], patience: float | None) -> list[BaseException]:
        """Begin what does not run, and wait for all of it, `patience` seconds at most.

        Returns what the work that ended raised.
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
        """Stop what runs."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class Order:
    """Of one service one thing at a time, and what people wrote about a change comes after it.

    Else two lanes would tell one event twice. Nobody waits long for it.
    """

    def __init__(self) -> None:
        self._services = Locks()
        self._changes: defaultdict[str, set[tuple[float, str]]] = defaultdict(set)
        self._changed = asyncio.Condition()

    def expect(self, service: str, waiting: DueItem) -> None:
        """Something of a service is going to be understood."""
        if waiting.item.document:
            self._changes[service].add(_place(waiting))

    @asynccontextmanager
    async def turn(self, service: str, waiting: DueItem) -> AsyncIterator[None]:
        """Wait for the service, not long; inside it is this one's turn."""
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
    """By source, the services of which several documents are understood, and when they are told.

    What is seen at once is told together.
    """

    def __init__(self) -> None:
        self._batches: dict[str, tuple[frozenset[str], datetime]] = {}

    def begin(
        self, source: str, batch: Sequence[DueItem], services: Mapping[str, str], told_at: datetime
    ) -> None:
        """Note what a source has; `services` are those of its items, by uid."""
        documents = [services[waiting.item.uid] for waiting in batch if waiting.item.document]
        several = {service for service, count in Counter(documents).items() if count > 1}
        self._batches[source] = frozenset(several), told_at

    def told_at(self, source: str, services: Sequence[str], now: datetime) -> datetime:
        """When what a source says of some services is told."""
        several, told_at = self._batches.get(source, (frozenset(), now))
        return max(now, told_at) if several.intersection(services) else now


class Locks:
    """A lock for each thing that one at a time may work on: a document, or a service."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[object, asyncio.Lock] = WeakValueDictionary()

    def of(self, thing: object) -> asyncio.Lock:
        """The lock of a thing."""
        lock = self._locks.get(thing)
        if lock is None:
            self._locks[thing] = lock = asyncio.Lock()
        return lock


async def _acquired(lock: asyncio.Lock) -> bool:
    """Whether a lock was free soon."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            return await lock.acquire()
    return False


def in_order(due: Sequence[DueItem]) -> list[DueItem]:
    """Documents with the newest change first, and of each document its versions as they came."""
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
