"""Updates by webhook instead of long polling, behind any reverse proxy."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.runtime.http_server import listening

#: The most bytes of an update; Telegram's are far smaller.
LARGEST_BYTES = 1024 * 1024
#: The most updates remembered, because Telegram repeats those without a response.
KNOWN = 10_000
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def door_of(token: str) -> tuple[str, str]:
    """The path and the secret that belong to a token.

    The path keeps strangers from finding the webhook, and the secret authenticates Telegram.
    """
    digest = hashlib.sha256(f"webhook {token}".encode()).hexdigest()
    return f"/telegram/{digest[:24]}", digest[24:]


class Webhook:
    """A small server that receives updates from those who know the secret.

    `public` is its address from outside, `listen` host:port on this machine.
    """

    def __init__(
        self,
        token: str,
        public: str,
        listen: str,
        take: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        self.path, self.secret = door_of(token)
        self.url = f"{public.rstrip('/')}{self.path}"
        self._listen = listen
        self._take = take
        self._known: OrderedDict[int, asyncio.Task[None]] = OrderedDict()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve within the context. Raises OSError if it cannot listen."""
        async with listening(self.application(), self._listen):
            yield

    def application(self) -> web.Application:
        """The web application with its only route."""
        app = web.Application(client_max_size=LARGEST_BYTES)
        app.router.add_post(self.path, self._receive)
        return app

    async def _receive(self, request: web.Request) -> web.Response:
        # A header can hold any bytes, which arrive as characters that no text has.
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self.secret.encode()):
            raise web.HTTPUnauthorized
        try:
            update = json.loads(await request.read())
            number = int(update["update_id"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return web.Response()  # Telegram would send it again and again
        if number not in self._known:
            self._known[number] = asyncio.ensure_future(self._take(update))
            if len(self._known) > KNOWN:
                self._known.popitem(last=False)
        # Telegram does not repeat an update that was answered here, so it must be processed first.
        # The work goes on if Telegram does not wait for it.
        await asyncio.shield(self._known[number])
        return web.Response()
