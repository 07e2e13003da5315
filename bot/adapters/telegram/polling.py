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
from bot.backoff import back_off
from bot.platform import Later

log = structlog.get_logger()

#: Seconds for which Telegram holds a question open, and how long an answer may take beyond that.
HOLD, BEYOND = 30, 15.0
RETRY_FIRST, RETRY_CAP = timedelta(seconds=1), timedelta(seconds=30)

Ask = Callable[[str, dict[str, Any], float | None], Awaitable[Answer | Later]]
Take = Callable[[dict[str, Any]], Awaitable[None]]


async def poll(ask: Ask, take: Take, kinds: Sequence[str]) -> None:
    """Until cancelled. Raises PlatformError where somebody else asks with the same token, or it was revoked."""
    offset, failures = 0, 0
    try:
        while True:
            answer = await ask(
                "getUpdates",
                {"offset": offset, "timeout": HOLD, "allowed_updates": list(kinds)},
                HOLD + BEYOND,
            )
            found = None if isinstance(answer, Later) else _updates(answer)
            if found is None:
                failures += 1
                log.warning(
                    "telegram.poll",
                    why=answer.why if isinstance(answer, Later) else str(answer.status),
                )
                await asyncio.sleep(back_off(RETRY_FIRST, failures, RETRY_CAP).total_seconds())
                continue
            failures = 0
            for update in found:
                offset = max(offset, int(update["update_id"]) + 1)
                await take(update)
    finally:
        if offset:  # what was taken is not given again to the next process
            with suppress(Exception):
                await asyncio.wait_for(
                    ask("getUpdates", {"offset": offset, "timeout": 0, "limit": 1}, 2.0), 2.0
                )


def _updates(answer: Answer) -> list[dict[str, Any]] | None:
    """The updates of an answer, None where it has none because something failed."""
    if answer.status == 409:
        raise PlatformError(
            "another process already polls with this TELEGRAM_TOKEN; stop one of the two"
        )
    if answer.status in (401, 404):
        raise PlatformError("Telegram refuses TELEGRAM_TOKEN: was it revoked?")
    found = (answer.body or {}).get("result") if answer.status == 200 else None
    if not isinstance(found, list):
        return None
    return [
        each for each in found if isinstance(each, dict) and isinstance(each.get("update_id"), int)
    ]
