"""The timers of a process. What is due stands in the database: a late tick loses nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Tick = Callable[[], Awaitable[None]]


def schedule(ticks: Mapping[str, tuple[float, Tick]]) -> AsyncIOScheduler:
    """Start ticking; must be called inside a running loop.

    One run at a time of each; missed runs become one; late ones run all the same: APScheduler's
    default drops a run that is a second late.
    """
    # It warns whenever a tick is still busy with a backlog, which is what max_instances is for.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(timezone=UTC)
    for name, (seconds, tick) in ticks.items():
        scheduler.add_job(
            tick,
            "interval",
            seconds=seconds,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler
