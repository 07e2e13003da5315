"""Watchdogs for tasks: one without progress for long is cancelled and restarted, with a report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

#: Reports, by its name, that a task was stuck.
Stuck = Callable[[str], Awaitable[None]]
#: Called by a task whenever it has made progress.
Beat = Callable[[], None]


async def nobody(_name: str) -> None:
    """Report a stuck task to nobody."""


async def with_patience(
    name: str, work: Callable[[Beat], Awaitable[None]], seconds: float, stuck: Stuck
) -> bool:
    """Run some work; False if it was cancelled after `seconds` without calling its beat.

    Raises what the work raises.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds) as left:
            await work(lambda: left.reschedule(loop.time() + seconds))
    except TimeoutError:
        if not left.expired():
            raise
        await stuck(name)
        return False
    return True


async def again_and_again(
    name: str, work: Callable[[Beat], Awaitable[None]], seconds: float, stuck: Stuck
) -> None:
    """Run endless work until it returns; restart it when it is stuck."""
    while not await with_patience(name, work, seconds, stuck):
        pass
