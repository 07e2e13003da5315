"""Looking names up in threads of their own: a resolver that hangs keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, cast

from aiohttp.resolver import ThreadedResolver

#: Names that are looked up at once.
AT_ONCE = 16


class Lookups(ThreadedResolver):
    """The system's resolver, which takes as long as it likes.

    The threads of the loop answer people: with dozens of names that nobody knows they would wait.
    """

    def __init__(self) -> None:
        self._own = _OwnThreads(ThreadPoolExecutor(AT_ONCE, "names"))
        super().__init__(cast(asyncio.AbstractEventLoop, self._own))

    async def close(self) -> None:
        """Let the threads go; what hangs is not waited for."""
        self._own.threads.shutdown(wait=False, cancel_futures=True)


class _OwnThreads:
    """What aiohttp's resolver uses of a loop."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self.threads = threads

    async def getaddrinfo(self, host: str, port: int, **how: Any) -> Any:
        """The addresses of a name."""
        look = partial(socket.getaddrinfo, host, port, **how)
        return await asyncio.get_running_loop().run_in_executor(self.threads, look)

    async def getnameinfo(self, address: Any, flags: int = 0) -> tuple[str, str]:
        """An address as it is written."""
        look = partial(socket.getnameinfo, address, flags)
        return await asyncio.get_running_loop().run_in_executor(self.threads, look)
