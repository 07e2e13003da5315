"""DNS lookups in threads of their own, so that a hanging resolver blocks nothing else."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, cast

from aiohttp.resolver import ThreadedResolver

#: The most names that are looked up at once.
AT_ONCE = 16


class Lookups(ThreadedResolver):
    """The system's resolver, in threads of its own, as it may take long.

    In the event loop's default threads, dozens of unknown names would keep people waiting for
    answers.
    """

    def __init__(self) -> None:
        self._own = _OwnThreads(ThreadPoolExecutor(AT_ONCE, "names"))
        super().__init__(cast(asyncio.AbstractEventLoop, self._own))

    async def close(self) -> None:
        """Shut the threads down; a hanging lookup is not waited for."""
        self._own.threads.shutdown(wait=False, cancel_futures=True)


class _OwnThreads:
    """The part of an event loop's interface that aiohttp's resolver uses."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self.threads = threads

    async def getaddrinfo(self, host: str, port: int, **how: Any) -> Any:
        """Resolve a name."""
        look = partial(socket.getaddrinfo, host, port, **how)
        return await asyncio.get_running_loop().run_in_executor(self.threads, look)

    async def getnameinfo(self, address: Any, flags: int = 0) -> tuple[str, str]:
        """Look up the name of an address."""
        look = partial(socket.getnameinfo, address, flags)
        return await asyncio.get_running_loop().run_in_executor(self.threads, look)
