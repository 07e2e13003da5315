"""Watching: a process says how it is, to those who ask and to the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

import structlog

from bot.catalogue import Catalogue
from bot.jobs.trouble import Tell
from bot.runtime.metrics import STUCK
from bot.settings import Settings
from bot.store import Store, StoreError
from bot.watch import health
from bot.watch.checkup import Checkup, Served
from bot.watch.gauges import Gauges
from bot.watch.heart import Heart
from bot.watch.pulse import Pulse

log = structlog.get_logger()

#: What hangs may be the database itself.
TELL_SECONDS = 5.0


@asynccontextmanager
async def watching(  # noqa: PLR0913, PLR0917 - all that is watched
    settings: Settings,
    store: Store,
    known: Catalogue,
    served: Sequence[Served],
    heart: Heart,
    owner: str,
    clock: Callable[[], datetime],
    newest_copy: Callable[[], datetime | None],
) -> AsyncIterator[None]:
    """Be asked for health at the address of the settings, and say it, while inside.

    Raises OSError where the address is taken.
    """
    roles = settings.roles_of
    checkup = Checkup(store, clock, served, polls="poll" in roles)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(heart.beating())
        if settings.health:
            gauges = Gauges(store, known, served, clock, newest_copy)
            serving = health.serving(heart, checkup, gauges, settings.health)
            log.info("health.listening", at=await stack.enter_async_context(serving))
        pulse = Pulse(store, owner, roles, served, checkup, clock)
        saying = asyncio.create_task(pulse.run())
        try:
            yield
        finally:
            saying.cancel()
            await asyncio.wait({saying})


def stuck_of(tell: Tell, clock: Callable[[], datetime]) -> Callable[[str], Awaitable[None]]:
    """What says of a task that it was stuck and was begun anew."""

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
