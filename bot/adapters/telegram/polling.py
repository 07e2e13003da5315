"""Asking Telegram for updates: each is asked for once, also one that nobody can read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog

from bot.adapters import PlatformError
from bot.adapters.http import Answer
from bot.platform import Later
from bot.runtime.backoff import back_off

log = structlog.get_logger()

#: How long Telegram holds a question open, and how long an answer may take beyond that.
HOLD_SECONDS = 30
BEYOND_SECONDS = 15.0
#: How long the last question may take, which only says what was taken.
LAST_SECONDS = 2.0
RETRY_FIRST = timedelta(seconds=1)
RETRY_CAP = timedelta(seconds=30)

#: Calls the Bot API: (method, parameters, seconds for an answer).
Ask = Callable[[str, dict[str, Any], float | None], Awaitable[Answer | Later]]
Take = Callable[[dict[str, Any]], Awaitable[None]]


async def poll(ask: Ask, take: Take, kinds: Sequence[str]) -> None:
    """Ask for updates of those kinds, and hand them on, until cancelled.

    Raises PlatformError where somebody else asks with the same token, or it was revoked.
    """
    offset = 0
    failures = 0
    try:
        while True:
            asked = {"offset": offset, "timeout": HOLD_SECONDS, "allowed_updates": list(kinds)}
            answer = await ask("getUpdates", asked, HOLD_SECONDS + BEYOND_SECONDS)
            found = _updates(answer)
            if found is None:
                failures += 1
                log.warning("telegram.poll", why=_why(answer))
                await asyncio.sleep(back_off(RETRY_FIRST, failures, RETRY_CAP).total_seconds())
                continue
            failures = 0
            for update in found:
                offset = max(offset, int(update["update_id"]) + 1)
                await take(update)
    finally:
        if offset:
            await _confirm(ask, offset)


async def _confirm(ask: Ask, offset: int) -> None:
    """What was taken is not given again to the next process."""
    asked = {"offset": offset, "timeout": 0, "limit": 1}
    with suppress(Exception):
        await asyncio.wait_for(ask("getUpdates", asked, LAST_SECONDS), LAST_SECONDS)


def _updates(answer: Answer | Later) -> list[dict[str, Any]] | None:
    """The updates of an answer, None where it has none because something failed."""
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
    """Raises PlatformError where asking again does not help."""
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
