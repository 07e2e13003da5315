"""Posting a claimed message once, in its turn; in a simpler form if the platform refuses it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.deliveries import Delivery
from bot.jobs.faults import Fault
from bot.jobs.in_flight import Done, Line
from bot.outcomes import Later, Outcome, Refused, Sent
from bot.platform import Body, Platform
from bot.rate_limit import Lane
from bot.render.delivery import Form, Worded
from bot.runtime.traces import mark, span
from bot.store import Store

log = structlog.get_logger()

#: After this time a platform may have forgotten the key of an earlier try (Discord says "a few
#: minutes").
FORGOTTEN = timedelta(seconds=90)


class Poster:
    """Posts claimed messages; others store the outcome of each."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def post(self, line: Line, delivery: Delivery, worded: Worded) -> Done:
        """Post a message when its turn has come, in the first form that is accepted."""
        with span("alert", platform=line.platform.name):
            done = await self._post(line, delivery, worded)
            mark(outcome=type(done[1]).__name__.casefold())
        return done

    async def _post(self, line: Line, delivery: Delivery, worded: Worded) -> Done:
        platform = line.platform
        try:
            await self._recall(line, delivery)
            await platform.gate.enter(Lane(delivery.address.chat))
            if not platform.ready:
                return delivery, Later(None, "the platform is down")
            if not line.shards.has(delivery.chat_id):
                return delivery, Later(None, "another process sends there now")
            if self._store.outbox.is_withdrawn(delivery):
                return delivery, Later(None, "somebody left meanwhile")
            line.posted[delivery.key] = time.monotonic()
            if changed := await self._edit(platform, delivery, worded):
                return delivery, changed
            outcome = await self._try(platform, delivery, worded.body())
            for simpler in (Form.PLAIN, Form.SHORTEST):
                if not isinstance(outcome, Refused) or delivery.publishes:
                    break
                log.error("alert.refused", alert=delivery.key, why=outcome.why, then=simpler.value)
                await platform.gate.enter(Lane(delivery.address.chat))
                outcome = await self._try(platform, delivery, worded.body(simpler))
        except Exception as error:
            log.exception("alert.failed", alert=delivery.key)
            return delivery, Fault.of(error, posted=True)
        return delivery, outcome

    async def _recall(self, line: Line, delivery: Delivery) -> None:
        """Tell the gate of messages sent before we began that still count towards its limits."""
        lane = Lane(delivery.address.chat)
        longest = line.platform.gate.longest(lane)
        age = time.monotonic() - line.began
        if age > longest or longest <= 1 or delivery.chat_id in line.recalled:
            return
        line.recalled.add(delivery.chat_id)
        now = self._clock()
        lately = self._store.outbox.sent_lately
        times = await asyncio.to_thread(lately, delivery.chat_id, now - timedelta(seconds=longest))
        line.platform.gate.recall(lane, [(now - each).total_seconds() for each in times])

    async def _edit(self, platform: Platform, delivery: Delivery, worded: Worded) -> Outcome | None:
        """Silently edit the message that told the story; None if that is not possible.

        After a crash it may be done twice, with the same result.
        """
        if worded.edit is None:
            return None
        outcome = await platform.edit(delivery.address, delivery.edits, worded.edit)
        if isinstance(outcome, Sent):
            what = delivery.alerts[0].part.key
            log.info("alert.edited", alert=delivery.key, platform=platform.name, part=what)
        if isinstance(outcome, Sent | Later):
            return outcome
        # It is gone, or too old to edit: then the news is a message of its own.
        return None

    async def _try(self, platform: Platform, delivery: Delivery, body: Body) -> Outcome:
        if delivery.publishes:
            return await self._publish(platform, delivery)
        look = delivery.uncertain if platform.keyed else None
        if look and self._clock() - look <= FORGOTTEN:
            look = None
        return await platform.send(delivery.address, body, delivery.key, delivery.reply_to, look)

    async def _publish(self, platform: Platform, delivery: Delivery) -> Outcome:
        """Publish a message; if the hourly limit for that is reached, it is tried again later."""
        lane = Lane(delivery.address.chat, publishing=True)
        wait = platform.gate.free_in(lane)
        if wait > 0:
            return Later(timedelta(seconds=wait), "published enough for this hour")
        await platform.gate.enter(lane)
        return await platform.publish(delivery.address, delivery.publishes)
