"""Small HTTP servers: local ones for demonstrations and replays, and those of the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


async def serve(
    app: web.Application, port: int = 0, host: str = "127.0.0.1"
) -> tuple[web.AppRunner, str]:
    """Start a server, on the loopback address by default.

    Returns the runner and the base address, which ends with /. Raises OSError if it is taken.
    """
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    return runner, f"http://{host}:{runner.addresses[0][1]}/"


@asynccontextmanager
async def listening(app: web.Application, listen: str) -> AsyncIterator[str]:
    """Serve at host:port, behind a reverse proxy; yields the base address.

    Raises OSError if it is taken.
    """
    host, _sep, port = listen.rpartition(":")
    runner, base = await serve(app, int(port), host)
    try:
        yield base
    finally:
        await runner.cleanup()
