"""Monitoring a process: its health endpoints, its reports to the database, and alarms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.catalogue import Catalogue
from bot.jobs.trouble import Tell
from bot.model import Address, Source
from bot.runtime.metrics import STUCK
from bot.settings import Settings
from bot.store import Store, StoreError
from bot.watch import health
from bot.watch.alarms import LOOK_SECONDS, Alarms
from bot.watch.checkup import Checkup, Served
from bot.watch.gauges import Gauges
from bot.watch.heart import Heart
from bot.watch.pulse import Pulse

log = structlog.get_logger()

#: The timeout for telling the operator, since the database itself may be what hangs.
TELL_SECONDS = 5.0


@dataclass(frozen=True)
class Watching:
    """The monitoring of a process. `tell` tells the operator, who may have no chat."""

    settings: Settings
    store: Store
    known: Catalogue
    sources: Sequence[Source]
    served: Sequence[Served]
    heart: Heart
    owner: str
    clock: Callable[[], datetime]
    newest_copy: Callable[[], datetime | None] | None
    operator: Address | None
    tell: Tell

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve health, report and look for alarms, for the duration of the block.

        Raises OSError if the address is taken.
        """
        roles = self.settings.roles_of
        checkup = Checkup(self.store, self.clock, self.served, polls="poll" in roles)
        pulse = Pulse(self.store, self.owner, roles, self.served, checkup, self.clock)
        pulse.tell = self.tell
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.heart.beating())
            if self.settings.health:
                serving = health.serving(self.heart, checkup, self._gauges(), self.settings.health)
                log.info("health.listening", at=await stack.enter_async_context(serving))
            doing = [asyncio.create_task(pulse.run()), asyncio.create_task(self._look())]
            try:
                yield
            finally:
                for task in doing:
                    task.cancel()
                await asyncio.wait(doing)

    def _gauges(self) -> Gauges:
        newest = self.newest_copy or (lambda: None)
        return Gauges(self.store, self.known, self.served, self.clock, newest, self._listed)

    async def _look(self) -> None:
        """Look for alarms at intervals; after a failure, try again."""
        # Backups are made, and stored, where sources are polled.
        newest = self.newest_copy if "poll" in self.settings.roles_of else None
        alarms = Alarms(self.store, self.operator, self.clock, newest, self._listed)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await alarms.look_due()
            except StoreError as error:
                log.error("alarms.failed", why=str(error))
            except Exception:
                log.exception("alarms.failed")

    @property
    def _listed(self) -> list[str]:
        return [each.id for each in self.sources]


def stuck_of(tell: Tell, clock: Callable[[], datetime]) -> Callable[[str], Awaitable[None]]:
    """A function that reports a stuck and restarted task."""

    async def stuck(name: str) -> None:
        """Count it, log it, and tell the operator, if the database lets us."""
        STUCK.labels(name).inc()
        log.critical("task.stuck", task=name, then="it is begun anew")
        words = f"TaskStuck {name}: it did not come on, and was begun anew."
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await asyncio.to_thread(tell, words, clock())
        except (StoreError, TimeoutError) as error:
            log.error("task.stuck_untold", task=name, why=str(error))

    return stuck
