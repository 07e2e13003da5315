"""Outbox in, chat out: word what is due, send it once, settle by what the platform answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import assert_never
from uuid import uuid4

import structlog

from bot.backoff import back_off
from bot.catalogue import Catalogue
from bot.chat import Chat, Gone, Later, Message, Moved, Outcome, Refused, Sent
from bot.model import Alert
from bot.render.alert import alert as worded
from bot.render.follow_up import follow_up
from bot.store import Store
from bot.understand.names import Names

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
RETRY_FIRST, RETRY_CAP = timedelta(seconds=5), timedelta(minutes=30)
#: How many sends may wait for their answers at once, per platform.
IN_FLIGHT = 8


class Gate:
    """Spaces out what passes, without bursts, on the monotonic clock (GCRA)."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._free_at = 0.0

    async def wait(self) -> None:
        now = time.monotonic()
        turn = max(self._free_at, now)
        self._free_at = turn + self._gap
        if turn > now:
            await asyncio.sleep(turn - now)


class Deliverer:
    """Claims, words, sends and settles; one for all platforms."""

    def __init__(
        self, store: Store, chats: Sequence[Chat], known: Catalogue, names: Names, clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        self._stopping = stopping
        self._store, self._chats, self._known, self._names, self._clock = store, chats, known, names, clock
        self._gates = {chat.platform: Gate(chat.limits.per_second) for chat in chats}
        self._owner = uuid4().hex

    async def deliver_due(self) -> None:
        """Send what is due on every platform that is up; one being down does not stop the other."""
        await asyncio.gather(*(self._deliver(chat) for chat in self._chats if chat.ready))

    async def _deliver(self, chat: Chat) -> None:
        while chat.ready and not self._stopping():
            claim = (chat.platform, self._owner, self._clock(), LEASE, IN_FLIGHT)
            alerts = await asyncio.to_thread(self._store.claim, *claim)
            if not alerts:
                return
            await asyncio.gather(*(self._send(chat, alert) for alert in alerts))

    async def _send(self, chat: Chat, alert: Alert) -> None:
        try:
            message = await asyncio.to_thread(self._word, alert)
            await self._gates[chat.platform].wait()
            outcome = await chat.send(alert.address, message, str(alert.id))
        except Exception as error:
            log.exception("alert.failed", alert=alert.id, story=alert.story.id)
            outcome = Refused(f"our own error: {type(error).__name__}")
        await asyncio.to_thread(self._settle, alert, outcome)

    def _word(self, alert: Alert) -> Message:
        if alert.part:
            return follow_up(alert.story, alert.part, alert.services, self._names)
        return worded(alert.story, alert.services, alert.regions, self._known, self._names, self._clock().date())

    def _settle(self, alert: Alert, outcome: Outcome) -> None:
        store, owner = self._store, self._owner
        match outcome:
            case Sent(message_id):
                store.sent(alert.id, owner, message_id)
                log.info("alert.sent", alert=alert.id, story=alert.story.id, platform=alert.address.platform)
            case Later(wait, why):
                due = self._clock() + (wait if wait is not None else back_off(RETRY_FIRST, alert.attempts, RETRY_CAP))
                store.retry(alert.id, owner, due, why)
                log.warning("alert.later", alert=alert.id, why=why, attempts=alert.attempts)
            case Moved(to):
                store.move(alert.address, to)
                store.retry(alert.id, owner, self._clock(), "the chat moved")
                log.info("chat.moved", platform=to.platform)
            case Gone(why):
                store.pause(alert.address, why)
                log.info("chat.paused", why=why, platform=alert.address.platform)
            case Refused(why):
                store.bury(alert.id, owner, why)
                log.error("alert.refused", alert=alert.id, story=alert.story.id, why=why)
            case _:
                assert_never(outcome)
