"""Leases on duties: which process polls, sends and answers, when several share one database.

Each duty belongs to one process; when that is gone, another takes over.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.store import Store, StoreError

log = structlog.get_logger()

#: A lease that is not renewed expires after this time; its holder renews it three times as often.
#: The machines' clocks may differ by a second or two, not by more.
TTL = timedelta(seconds=9)
#: How often a duty is renewed.
_RENEWAL_SECONDS = TTL.total_seconds() / 3
#: How often a process standing by checks whether a duty is free, so that a kill causes no long gap.
_LOOK_SECONDS = 1.0
#: How many more such intervals a process waits for each duty of a kind that it already has.
_MODESTY = 3
_SEVERAL = 2
#: A process that could not renew for this long gives the duty up, before another can get it.
_LOST_SECONDS = TTL.total_seconds() * 0.8


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty: work that is done while this process holds the leases of all `names`.

    Without names, nobody else can be doing it. Duties of one `kind` are divided among the processes
    whose `agree` says the same about how they are divided.
    """

    names: tuple[str, ...]
    work: Callable[[], Awaitable[None]]
    kind: str = ""
    agree: str = ""


class Duties:
    """Does the duties of a process, or stands by while another has them. `owner` is its id."""

    def __init__(self, store: Store, owner: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._owner = owner
        self._clock = clock
        #: How many duties of each kind are ours.
        self._held: Counter[str] = Counter()

    async def do(self, duty: Duty) -> None:
        """Do a duty's work whenever this process has its leases, until cancelled."""
        standing_by = False
        while True:
            if await self._take(duty):
                log.info("duty.taken", names=duty.names)
                standing_by = False
                if duty.kind:
                    await self._leave(_asking(duty.kind))
                await self._while_held(duty)
            elif not standing_by:
                standing_by = True
                log.info(
                    "duty.standing_by",
                    names=duty.names,
                    why="another process has it, or the database does not answer",
                )
            if duty.kind and not self._held[duty.kind]:
                await self._ask_for_one(duty.kind)
            # A process that has one already leaves the next to others for a while.
            held = self._held[duty.kind] if duty.kind else 0
            await asyncio.sleep(_LOOK_SECONDS * (1 + _MODESTY * held))

    async def _while_held(self, duty: Duty) -> None:
        work = asyncio.ensure_future(duty.work())
        renewed = time.monotonic()
        self._held[duty.kind] += 1
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=_RENEWAL_SECONDS)
                if await self._take(duty):
                    renewed = time.monotonic()
                elif time.monotonic() - renewed > _LOST_SECONDS:
                    log.error("duty.lost", names=duty.names, why="it was not renewed in time")
                    return
                if await self._is_to_share(duty.kind):
                    log.info("duty.handed_on", names=duty.names)
                    return
            work.result()
        finally:
            self._held[duty.kind] -= 1
            work.cancel()
            try:
                await asyncio.wait({work})
            finally:
                for name in duty.names:
                    await self._leave(name)

    async def _ask_for_one(self, kind: str) -> None:
        """Ask a process with several duties of a kind to hand one over."""
        with suppress(StoreError):
            await self._take_lease(_asking(kind))

    async def _is_to_share(self, kind: str) -> bool:
        """Whether this process has several duties of a kind, and another asks for one."""
        if not kind or self._held[kind] < _SEVERAL:
            return False
        try:
            holder = self._store.leases.holder
            asks = await asyncio.to_thread(holder, _asking(kind), self._clock())
        except StoreError:
            return False
        # Another of our duties may have been handed over meanwhile.
        return bool(asks) and asks != self._owner and self._held[kind] >= _SEVERAL

    async def _take(self, duty: Duty) -> bool:
        """Take or renew the leases of all of a duty's names, or of none."""
        taken: list[str] = []
        try:
            if duty.agree and not await self._take_lease(f"agreed:{duty.kind}", duty.agree):
                return False
            for name in duty.names:
                if not await self._take_lease(name):
                    break
                taken.append(name)
            else:
                return True
            for name in taken:
                await asyncio.to_thread(self._store.leases.leave, name, self._owner)
        except StoreError as error:
            log.error("duty.unknown", names=duty.names, why=str(error))
        return False

    async def _take_lease(self, name: str, owner: str = "") -> bool:
        now, owner = self._clock(), owner or self._owner
        return await asyncio.to_thread(self._store.leases.take, name, owner, now, TTL)

    async def _leave(self, name: str) -> None:
        with suppress(StoreError):
            await asyncio.to_thread(self._store.leases.leave, name, self._owner)


def _asking(kind: str) -> str:
    return f"ask:{kind}"
