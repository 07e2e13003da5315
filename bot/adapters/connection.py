"""The base of platforms with a token: a session, a rate limit, and the event of being lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import structlog

from bot.adapters import PlatformError
from bot.adapters.http import Answer
from bot.outcomes import Later
from bot.rate_limit import Gate

log = structlog.get_logger()

#: Responses that a platform counts towards a ban.
HELD_AGAINST_US = (401, 403, 429)


class Connection:
    """The base of an adapter; it sends while it is `ready`."""

    name: str

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.ready = False
        self._answered = True
        self._session: aiohttp.ClientSession | None = None
        self._lost: asyncio.Future[None] | None = None

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncio.Future[None]]:
        """Hold a session open; the future it yields fails when the platform is lost."""
        self._lost = asyncio.get_running_loop().create_future()
        try:
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(connector=connector) as self._session:
                try:
                    yield self._lost
                finally:
                    # Before the session closes, so that nothing begins to send on a closing one.
                    self.ready = False
        finally:
            self._session = None

    @property
    def reached(self) -> bool:
        """Whether the platform answered the last call."""
        return self._answered

    def _heard(self, answer: Answer | Later) -> Answer | Later:
        """The answer to a call, noting whether the platform answered without a server error."""
        self._answered = isinstance(answer, Answer) and answer.status < 500
        return answer

    def _lose(self, error: PlatformError) -> None:
        """Stop sending; `run` ends with the reason."""
        self.ready = False
        if self._lost and not self._lost.done():
            self._lost.set_exception(error)

    def _count_invalid(self, status: int) -> None:
        """Count a response that platforms hold against a bot; after too many, stop sending."""
        if status in HELD_AGAINST_US and self.gate.invalid():
            why = "too many refused requests in ten minutes; alerts wait"
            log.error("gate.shut", platform=self.name, why=why)
