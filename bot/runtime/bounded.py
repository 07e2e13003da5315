"""Work on what strangers wrote, done where it can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

Answer = TypeVar("Answer")


class Worker(Protocol):
    """Does one piece of work at a time, away from the event loop."""

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """What the function answers. Raises what it raises, and OverLimitError where it took too much."""
        ...


class OverLimitError(Exception):
    """A piece of work took more time or memory than it may; the message says which, for people."""


class Here:
    """A thread of this process: no limits. For tests, and for what comes from ourselves."""

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        return await asyncio.to_thread(work, *arguments)
