"""Health endpoints: liveness, readiness and metrics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.runtime.http_server import listening
from bot.watch.checkup import Check, Checkup
from bot.watch.gauges import Gauges
from bot.watch.heart import Heart

#: How long measured metrics are reused, as several programs may ask.
FRESH_SECONDS = 2.0
#: After this time the database is taken to hang, and only the metrics without it are sent.
MEASURE_SECONDS = 5.0


def serving(
    heart: Heart, checkup: Checkup, gauges: Gauges, listen: str
) -> AbstractAsyncContextManager[str]:
    """Serve at host:port; yields the base address. Raises OSError if it is taken."""
    return listening(application(heart, checkup.look, gauges), listen)


def application(
    heart: Heart, look: Callable[[], Awaitable[list[Check]]], gauges: Gauges
) -> web.Application:
    """The application with the three endpoints: /healthz, /readyz and /metrics."""
    metrics = _Metrics(gauges.text)

    async def alive(_request: web.Request) -> web.Response:
        """Liveness: 503 if the process should be restarted."""
        if heart.is_well:
            return web.Response(text="ok\n")
        return web.Response(text="no thread is free\n", status=503)

    async def ready(_request: web.Request) -> web.Response:
        """Readiness: whether the process has all that it needs, with every check."""
        checks = await look()
        found = [{"name": each.name, "ok": each.ok, "words": each.words} for each in checks]
        well = all(each.ok for each in checks)
        said = {"ready": well, "checks": found}
        return web.json_response(said, status=200 if well else 503)

    async def measured(_request: web.Request) -> web.Response:
        """All metrics."""
        body = await metrics.get() or gauges.text_without_database()
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", measured)
    return app


class _Metrics:
    """Measures once for all who ask at the same time."""

    def __init__(self, measure: Callable[[], bytes]) -> None:
        self._measure = measure
        self._measuring: asyncio.Task[bytes] | None = None
        self._measured_at = -FRESH_SECONDS

    async def get(self) -> bytes | None:
        """The metrics as text; None if measuring takes too long."""
        now = time.monotonic()
        if self._measuring is None or (
            self._measuring.done() and now - self._measured_at > FRESH_SECONDS
        ):
            self._measured_at = now
            self._measuring = asyncio.create_task(asyncio.to_thread(self._measure))
        await asyncio.wait({self._measuring}, timeout=MEASURE_SECONDS)
        return self._measuring.result() if self._measuring.done() else None
