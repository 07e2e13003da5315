"""Small servers: on this machine for demonstrations and replays, and where the operator says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


async def serve(
    app: web.Application, port: int = 0, host: str = "127.0.0.1"
) -> tuple[web.AppRunner, str]:
    """Listen, on this machine only by default.

    Returns the runner and the base address, which ends with /. Raises OSError where it is taken.
    """
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    return runner, f"http://{host}:{runner.addresses[0][1]}/"


@asynccontextmanager
async def listening(app: web.Application, listen: str) -> AsyncIterator[str]:
    """Serve at host:port, a reverse proxy in front of it; gives the base address.

    Raises OSError where it is taken.
    """
    host, _sep, port = listen.rpartition(":")
    runner, base = await serve(app, int(port), host)
    try:
        yield base
    finally:
        await runner.cleanup()
