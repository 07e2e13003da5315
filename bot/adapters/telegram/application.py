"""The library's Application, which parses updates and hands us each in its own task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from telegram import Update
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, TypeHandler

from bot.adapters import PlatformError
from bot.adapters.telegram.polling import Take
from bot.adapters.telegram.transport import AiohttpRequest

log = structlog.get_logger()

#: The most updates that are answered at the same time.
CONCURRENT_UPDATES = 16

Library = Application[Any, Any, Any, Any, Any, Any]
Context = CallbackContext[Any, Any, Any, Any]
Answer = Callable[[Update], Awaitable[None]]


@asynccontextmanager
async def running(token: str, api: str, answer: Answer) -> AsyncIterator[Take]:
    """Run the library within the context; yields a function that takes updates as JSON.

    Raises PlatformError if the library cannot start.
    """
    request = AiohttpRequest()
    application = _build(token, api, request, answer)
    try:
        await _start(application)
        yield _reader(application)
    finally:
        if application.running:
            await application.stop()
        await application.shutdown()
        await request.shutdown()  # the library leaves it open if its own start failed


def _build(token: str, api: str, request: AiohttpRequest, answer: Answer) -> Library:
    async def take(update: Update, _context: Context) -> None:
        """The handler that the library calls."""
        await answer(update)

    builder = ApplicationBuilder().token(token).base_url(f"{api}/bot")
    builder.request(request).get_updates_request(request)
    application = builder.job_queue(None).updater(None).build()
    application.add_handler(TypeHandler(Update, take))
    application.add_error_handler(_on_error)
    return application


async def _start(application: Library) -> None:
    try:
        await application.initialize()
        await application.start()
    except InvalidToken as error:
        raise PlatformError(
            "Telegram refuses TELEGRAM_TOKEN: ask @BotFather for the right one"
        ) from error
    except NetworkError as error:
        raise PlatformError(f"Telegram cannot be reached: {error.message}") from error


async def _on_error(_update: object, context: Context) -> None:
    log.error("telegram.update_failed", why=type(context.error).__name__)


def _reader(application: Library) -> Take:
    """A function that processes one update to its end; unreadable updates are skipped."""
    slots = asyncio.Semaphore(CONCURRENT_UPDATES)

    async def take(raw: dict[str, Any]) -> None:
        """Process one update as Telegram sent it."""
        try:
            update = Update.de_json(raw, application.bot)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next is read
            number = raw.get("update_id")
            log.warning("telegram.update_unreadable", update=number, why=type(error).__name__)
            return
        async with slots:
            await application.process_update(update)

    return take
