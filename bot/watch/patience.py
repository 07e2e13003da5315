"""Patience with tasks: one that does not come on for long is ended and begun anew, aloud."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

#: Says of a task, by its name, that it was stuck.
Stuck = Callable[[str], Awaitable[None]]
#: What a task calls when it has come on.
Beat = Callable[[], None]


async def nobody(_name: str) -> None:
    """Says it to nobody."""


async def with_patience(
    name: str, work: Callable[[Beat], Awaitable[None]], seconds: float, stuck: Stuck
) -> bool:
    """Do some work; False where it did not call its beat for so many seconds and was ended.

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
    """Do work that has no end of its own until it ends; what is stuck is begun anew."""
    while not await with_patience(name, work, seconds, stuck):
        pass
