"""Long polling for updates; an update is confirmed only when its work is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog

from bot.adapters import PlatformError
from bot.adapters.http import Answer
from bot.outcomes import Later
from bot.runtime.backoff import back_off

log = structlog.get_logger()

#: How long Telegram holds a poll open, and how much longer a response may take.
HOLD_SECONDS = 30
BEYOND_SECONDS = 15.0
#: The timeout of the last call, which only confirms updates.
LAST_SECONDS = 2.0
RETRY_FIRST = timedelta(seconds=1)
RETRY_CAP = timedelta(seconds=30)

#: The pause between polls while work is under way, because Telegram then answers at once.
LOOK_SECONDS = 0.2
#: How long a stop waits for work under way.
GRACE_SECONDS = 5.0

#: Calls the Bot API: (method, parameters, timeout in seconds).
Ask = Callable[[str, dict[str, Any], float | None], Awaitable[Answer | Later]]
#: Processes an update to its end.
Take = Callable[[dict[str, Any]], Awaitable[None]]


class Window:
    """The unconfirmed updates: those under way, and those done after one under way.

    Telegram keeps unconfirmed updates, and delivers them again after a kill.
    """

    def __init__(self, take: Take) -> None:
        self._take = take
        self._working: dict[int, asyncio.Task[None]] = {}
        self._done: set[int] = set()
        #: The id of the first unconfirmed update.
        self.offset = 0

    def add(self, updates: Sequence[dict[str, Any]]) -> None:
        """Begin to process the new updates."""
        for update in updates:
            number = int(update["update_id"])
            if number in self._working or number in self._done or number < self.offset:
                continue
            work = asyncio.ensure_future(self._take(update))
            self._working[number] = work

    @property
    def is_open(self) -> bool:
        """Whether any update is under way."""
        return bool(self._working)

    async def settle(self, seconds: float) -> None:
        """Wait until an update is done, for at most `seconds`; confirm those that can be."""
        if self._working:
            await asyncio.wait(
                self._working.values(), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        ended = [number for number, work in self._working.items() if work.done()]
        for number in ended:
            if error := self._working.pop(number).exception():
                log.error("telegram.update_failed", why=type(error).__name__)
        self._done.update(ended)
        self._confirm()

    async def finish(self, seconds: float) -> None:
        """Wait for all updates under way, for at most `seconds`; the rest will come again."""
        end = asyncio.get_running_loop().time() + seconds
        while self._working and (left := end - asyncio.get_running_loop().time()) > 0:
            await self.settle(left)
        for work in self._working.values():
            work.cancel()

    def _confirm(self) -> None:
        if not self._done:
            return
        first = min(self._working, default=max(self._done) + 1)
        self.offset = max(self.offset, min(first, max(self._done) + 1))
        self._done = {number for number in self._done if number >= self.offset}


async def poll(ask: Ask, take: Take, kinds: Sequence[str]) -> None:
    """Poll for updates of these kinds and process them, until cancelled.

    Raises PlatformError if another process polls with the same token, or it was revoked.
    """
    window = Window(take)
    failures = 0
    try:
        while True:
            hold = 0 if window.is_open else HOLD_SECONDS
            asked = {"offset": window.offset, "timeout": hold, "allowed_updates": list(kinds)}
            answer = await ask("getUpdates", asked, hold + BEYOND_SECONDS)
            found = _updates(answer)
            if found is None:
                failures += 1
                log.warning("telegram.poll", why=_why(answer))
                wait = back_off(RETRY_FIRST, failures, RETRY_CAP).total_seconds()
                await asyncio.gather(asyncio.sleep(wait), window.settle(wait))
                continue
            failures = 0
            window.add(found)
            await window.settle(LOOK_SECONDS)
    finally:
        with suppress(asyncio.CancelledError):
            await window.finish(GRACE_SECONDS)
        if window.offset:
            await _confirm(ask, window.offset)


async def _confirm(ask: Ask, offset: int) -> None:
    """Confirm the updates before `offset`, so that the next process does not get them again."""
    asked = {"offset": offset, "timeout": 0, "limit": 1}
    with suppress(Exception):
        async with asyncio.timeout(LAST_SECONDS):
            await ask("getUpdates", asked, LAST_SECONDS)


def _updates(answer: Answer | Later) -> list[dict[str, Any]] | None:
    """The updates of a response, or None if it failed."""
    if isinstance(answer, Later):
        return None
    _check(answer)
    if answer.status != 200 or answer.body is None:
        return None
    found = answer.body.get("result")
    if not isinstance(found, list):
        return None
    return [update for update in found if _is_update(update)]


def _check(answer: Answer) -> None:
    """Raise PlatformError if asking again would not help."""
    if answer.status == 409:
        raise PlatformError(
            "another process already polls with this TELEGRAM_TOKEN; stop one of the two"
        )
    if answer.status in (401, 404):
        raise PlatformError("Telegram refuses TELEGRAM_TOKEN: was it revoked?")


def _is_update(update: object) -> bool:
    return isinstance(update, dict) and isinstance(update.get("update_id"), int)


def _why(answer: Answer | Later) -> str:
    return answer.why if isinstance(answer, Later) else str(answer.status)
