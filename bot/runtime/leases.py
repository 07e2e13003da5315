"""Leases: which process polls, sends and answers, when several share one database.

Each duty is one process's, and another takes over when that is gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.store import Store, StoreError

log = structlog.get_logger()

#: A duty that nobody renews is free after this time; its holder renews it three times as often.
#: Clocks of the machines may differ by a second or two, not by more.
TTL = timedelta(seconds=9)
#: How often a duty is renewed.
_RENEWAL_SECONDS = TTL.total_seconds() / 3
#: How often who stands by looks whether it is free: nobody is silent for long behind a kill.
_LOOK_SECONDS = 1.0
#: Whoever could not renew it for so long gives it up, before it can be another's.
_LOST_SECONDS = TTL.total_seconds() * 0.8


@dataclass(frozen=True, slots=True)
class Duty:
    """Work that is done while this process holds the leases of all `names`.

    Without names nobody else can be doing it.
    """

    names: tuple[str, ...]
    work: Callable[[], Awaitable[None]]


class Duties:
    """Does the duties of this process, or stands by while another has them. `owner` names it."""

    def __init__(self, store: Store, owner: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._owner = owner
        self._clock = clock

    async def do(self, duty: Duty) -> None:
        """Do the work whenever the duty is ours, until cancelled."""
        standing_by = False
        while True:
            if await self._take(duty):
                log.info("duty.taken", names=duty.names)
                standing_by = False
                await self._while_held(duty)
            elif not standing_by:
                standing_by = True
                log.info("duty.standing_by", names=duty.names, why="another process has it")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _while_held(self, duty: Duty) -> None:
        work = asyncio.ensure_future(duty.work())
        renewed = time.monotonic()
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=_RENEWAL_SECONDS)
                if await self._take(duty):
                    renewed = time.monotonic()
                elif time.monotonic() - renewed > _LOST_SECONDS:
                    log.error("duty.lost", names=duty.names, why="it was not renewed in time")
                    return
            work.result()
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait({work})
            await self._leave(duty)

    async def _take(self, duty: Duty) -> bool:
        """Take or renew the leases of all of a duty's names, or of none."""
        taken: list[str] = []
        try:
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

    async def _take_lease(self, name: str) -> bool:
        now = self._clock()
        return await asyncio.to_thread(self._store.leases.take, name, self._owner, now, TTL)

    async def _leave(self, duty: Duty) -> None:
        for name in duty.names:
            with suppress(StoreError):
                await asyncio.to_thread(self._store.leases.leave, name, self._owner)
