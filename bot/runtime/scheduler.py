"""The timers of a process. Due times are in the database, so a late tick loses nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.store import StoreError
from bot.watch.patience import Stuck, with_patience

log = structlog.get_logger()

Tick = Callable[[], Awaitable[None]]


def schedule(ticks: Mapping[str, tuple[float, Tick]]) -> AsyncIOScheduler:
    """Start the timers; must be called inside a running event loop.

    Each tick runs once at a time; missed runs are combined into one; late runs are not dropped, as
    they are by APScheduler's default of one second.
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


def supervised(
    name: str, tick: Tick, busy: set[asyncio.Task[None]], seconds: float, stuck: Stuck
) -> Tick:
    """Wrap a tick: log its failures, and keep it in `busy` while it runs, so that a stop waits.

    A tick that takes more than `seconds` is cancelled, and runs again when its time comes.
    """

    async def run() -> None:
        """The job for the scheduler."""
        task = _this_task()
        busy.add(task)
        try:
            await with_patience(name, lambda _beat: tick(), seconds, stuck)
        except StoreError as error:
            log.error("tick.failed", tick=name, why=str(error))
        except Exception:
            log.exception("tick.failed", tick=name)
        finally:
            busy.discard(task)

    return run


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("this runs in a task only")
    return task
