"""The heartbeat of a process: it beats while the event loop runs and threads are free.

The service manager is told of it. A process whose event loop hangs ends itself, with a traceback
on stderr, so that the service manager restarts it.
"""

from __future__ import annotations

import asyncio
import faulthandler
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from bot.runtime.metrics import LOOP_LAG
from bot.watch.systemd import Notifier

log = structlog.get_logger()

BEAT_SECONDS = 0.5
#: An event loop that hangs for this long does not recover.
STILL_SECONDS = 120.0
#: Seconds between two checks that a thread is free; without one for `STIFLED_SECONDS` nothing
#: works.
LOOK_SECONDS = 10.0
STIFLED_SECONDS = 300.0


class Heart:
    """The heartbeat, which runs while `beating`. With `ends`, a hanging loop ends the process."""

    def __init__(self, notifier: Notifier | None = None, ends: bool = False) -> None:
        self._notifier = notifier or Notifier()
        self._ends = ends
        self._looked_at = self._free_at = self._told_at = 0.0
        self._looking: asyncio.Task[None] | None = None

    @property
    def is_well(self) -> bool:
        """Whether threads are free; that anybody can ask shows that the event loop runs."""
        return time.monotonic() - self._free_at < STIFLED_SECONDS

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Beat for the duration of the block; the service manager is told of its start and end."""
        self._free_at = time.monotonic()
        beats = asyncio.create_task(self._beat())
        self._notifier.say("READY=1", "STATUS=serving")
        try:
            yield
        finally:
            self._notifier.say("STOPPING=1")
            beats.cancel()
            if self._ends:
                faulthandler.cancel_dump_traceback_later()

    async def _beat(self) -> None:
        while True:
            due = time.monotonic() + BEAT_SECONDS
            await asyncio.sleep(BEAT_SECONDS)
            now = time.monotonic()
            LOOP_LAG.observe(now - due)
            if now - self._looked_at >= LOOK_SECONDS:
                self._looked_at = now
                self._look()
            self._tell(now)

    def _look(self) -> None:
        """Reset the timer that ends a hanging process, and check whether a thread is free."""
        if self._ends:
            faulthandler.dump_traceback_later(STILL_SECONDS, exit=True)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._breathe())
        elif not self.is_well:
            log.critical("threads.stuck", why=f"none was free for {STIFLED_SECONDS:.0f} s")

    async def _breathe(self) -> None:
        await asyncio.to_thread(lambda: None)
        self._free_at = time.monotonic()

    def _tell(self, now: float) -> None:
        every = self._notifier.watchdog_seconds / 3
        if every and now - self._told_at >= every and self.is_well:
            self._told_at = now
            self._notifier.say("WATCHDOG=1")
