"""Serving: keeps a platform up, and sends on it what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.jobs.deliver import Deliverer
from bot.platform import Dispatch, Entry, Platform
from bot.runtime.backoff import back_off
from bot.store import Store

log = structlog.get_logger()

#: How long a platform that went down is left alone: at first, and at most.
RESTART_FIRST = timedelta(seconds=2)
RESTART_CAP = timedelta(minutes=5)
#: What a killed process sent in its last second still counts for the platform.
AFTER_A_KILL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Serving:
    """Serves platforms, each for itself: the failures of one are its own."""

    store: Store
    deliverer: Deliverer
    clock: Callable[[], datetime]
    menu: Sequence[Entry]
    #: Answers people; None where this process only sends.
    dispatch: Dispatch | None
    #: Where tasks that send are put, so that a stop lets them finish.
    busy: set[asyncio.Task[None]]

    async def serve(self, platform: Platform, sends: bool) -> None:
        """Keep one platform up until cancelled, and send on it what is due where `sends`."""
        tasks = [asyncio.create_task(self._keep_up(platform))]
        if sends:
            sending = asyncio.create_task(self._send(platform))
            self.busy.add(sending)
            sending.add_done_callback(self.busy.discard)
            tasks.append(sending)
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _send(self, platform: Platform) -> None:
        """Whoever sent before us is gone: what it had in flight is due again."""
        freed = await self.deliverer.recover(platform.name)
        until = await asyncio.to_thread(self.store.leases.held_off, platform.name)
        wait = AFTER_A_KILL_SECONDS if freed else 0.0
        if until:
            wait = max(wait, (until - self.clock()).total_seconds())
        platform.gate.hold(wait)
        await self.deliverer.run(platform.name)

    async def _keep_up(self, platform: Platform) -> None:
        failures = 0
        while True:
            started = self.clock()
            try:
                await platform.run(self.menu, self.dispatch)
                # It ended of itself, as a console does; the rest goes on.
                await asyncio.Event().wait()
            except Exception as error:  # noqa: BLE001 - one platform down does not stop the other
                if self.clock() - started > RESTART_CAP:
                    failures = 0
                failures += 1
                seconds = back_off(RESTART_FIRST, failures, RESTART_CAP).total_seconds()
                why = _why(error)
                name = platform.name
                log.error("platform.down", platform=name, why=why, retry_in=round(seconds))
            await asyncio.sleep(seconds)


def _why(error: Exception) -> str:
    """The platform's own words where it gave any; never a traceback for what is not our bug."""
    return str(error) or type(error).__name__
