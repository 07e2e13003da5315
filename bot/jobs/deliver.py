"""Outbox in, chat out: word what is due, send it once, settle by what the platform answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from bot.deliveries import Delivery
from bot.jobs.faults import Fault
from bot.jobs.in_flight import LEASE, Line
from bot.jobs.post import Poster
from bot.jobs.settle import Settler
from bot.jobs.trouble import Tell
from bot.platform import Platform
from bot.render.delivery import Worded, Words
from bot.shards import ALL, Shards
from bot.store import Store, StoreError
from bot.store.fates import Retry

log = structlog.get_logger()

#: Between two looks at the outbox when nobody says that there is something new.
IDLE_SECONDS = 1.0
#: The same while a platform is down.
IDLE_SECONDS_DOWN = IDLE_SECONDS / 20
#: Between two looks at what is in flight for long: at a gate that is shut, say.
LOOK_SECONDS = 60.0
#: The shortest wait for a chat that rests.
LEAST_WAIT_SECONDS = 0.01
#: How long who hands a shard on waits for what is on its way there.
LEAVE_SECONDS = 4.0
#: Above so many messages a second answers are stored some at a time.
FAST_PER_SECOND = 100.0
#: They are collected for so long.
TOGETHER_SECONDS = 0.05
#: A clock that goes back by more than this was set.
SET_BACK_SECONDS = 5.0


class Deliverer:
    """Claims, words, sends and settles; one for all platforms."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that sending needs
        self,
        store: Store,
        platforms: Sequence[Platform],
        words: Words,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
        owner: str = "",
        trouble: Tell = lambda *_: None,
    ) -> None:
        self._store = store
        self._words = words
        self._clock = clock
        self._stopping = stopping
        self.owner = owner or uuid4().hex
        self._poster = Poster(store, clock)
        self._settler = Settler(store, self.owner, trouble)
        self._lines = {platform.name: Line(platform) for platform in platforms}
        self._woken = asyncio.Event()
        self._clocks = (clock(), time.monotonic())

    async def deliver_due(self) -> None:
        """Send what is due on every platform that is up, until nothing is.

        One platform being down does not stop the other.
        """
        await asyncio.gather(*map(self._drain, self._lines.values()))

    async def run(self, platform: str, beat: Callable[[], None] = lambda: None) -> None:
        """Send on one platform until cancelled or stopping; a failing database is asked again.

        `beat` is called whenever something came on.
        """
        line = self._lines[platform]
        while not self._stopping():
            beat()
            self._woken.clear()
            try:
                await self._watch_clock()
                await self._drain(line, beat)
            except StoreError as error:
                log.error("deliver.failed", platform=platform, why=str(error))
            idle = IDLE_SECONDS if line.platform.ready else IDLE_SECONDS_DOWN
            try:
                await asyncio.wait_for(self._woken.wait(), idle)
            except TimeoutError:
                continue

    async def take_over(self, platform: str, shards: Shards = ALL) -> int:
        """Send to some shards too: store what we still know, and take over what others left there.

        What was put aside is tried again. Returns how many messages were left. Raises StoreError.
        """
        line = self._lines[platform]
        await self._exchange(line, 0)
        release = self._store.outbox.release
        freed = await asyncio.to_thread(release, platform, self.owner, shards)
        again = self._store.outbox.retry_given_up
        if count := await asyncio.to_thread(again, self._clock(), platform):
            log.info("alerts.tried_again", platform=platform, count=count)
        if line.shards.count == shards.count:
            shards = replace(shards, held=shards.held | line.shards.held)
        line.shards = shards
        line.began = time.monotonic()
        line.recalled.clear()
        return freed

    async def leave(self, platform: str, shard: int) -> None:
        """Send to a shard no more, and wait a little for what is on its way there."""
        line = self._lines[platform]
        async with line.exchanging:  # what is being claimed there is on its way then
            line.shards = replace(line.shards, held=line.shards.held - {shard})
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                # Many things end it; they are looked at, not waited for.
                while line.is_busy_with(shard):  # noqa: ASYNC110
                    await asyncio.sleep(LEAST_WAIT_SECONDS)

    def wake(self) -> None:
        """Look at the outbox at once: something was queued."""
        self._woken.set()

    # -- one platform

    async def _drain(self, line: Line, beat: Callable[[], None] = lambda: None) -> None:
        """Keep a window of messages in flight until nothing is due.

        What was answered is settled before more is claimed: where an answer cannot be stored,
        nothing more is sent.
        """
        while True:
            beat()
            is_open = line.platform.ready and not self._stopping()
            room = line.room(self._clock()) if is_open else 0
            for delivery, worded in await self._exchange(line, room):
                line.occupied.add(delivery.chat_id)
                sending = asyncio.create_task(self._poster.post(line, delivery, worded))
                line.flight[sending] = delivery
            if line.flight:
                await self._land(line)
                continue
            wait = line.soonest() if is_open else None
            if wait is not None:
                await asyncio.sleep(min(max(wait, LEAST_WAIT_SECONDS), IDLE_SECONDS))
            elif not line.unsettled:
                return

    async def _land(self, line: Line) -> None:
        """Wait until a message in flight is answered, or some are; not long for a shut gate."""
        waited = asyncio.wait(
            line.flight, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        done, _ = await waited
        if line.platform.gate.per_second > FAST_PER_SECOND:
            await asyncio.sleep(TOGETHER_SECONDS)
            done = {task for task in line.flight if task.done()}
        for task in done:
            line.landed(line.flight.pop(task))
            line.unsettled.append(task.result())

    async def _exchange(self, line: Line, room: int) -> list[tuple[Delivery, Worded]]:
        """Settle what was answered and claim as much again, in one visit to a worker thread."""
        async with line.exchanging:
            return await asyncio.to_thread(self._settle_and_claim, line, room, line.busy())

    def _settle_and_claim(
        self, line: Line, room: int, busy: set[int]
    ) -> list[tuple[Delivery, Worded]]:
        now = self._clock()
        self._settler.settle(line, now)
        if not room:
            return []
        self._settler.try_again(line, now)
        began = time.monotonic()
        try:
            return self._claim(line, room, busy, now)
        finally:
            line.claimed(time.monotonic() - began)

    def _claim(
        self, line: Line, room: int, busy: set[int], now: datetime
    ) -> list[tuple[Delivery, Worded]]:
        while not self._stopping():
            claimed = self._store.outbox.claim(
                line.platform.name, self.owner, now, LEASE, room, busy, line.shards
            )
            worded = []
            for delivery in claimed:
                if found := self._word(line, delivery, now):
                    worded.append(found)
            if worded or not claimed:
                return worded
            # None of these could be worded; what is due behind them does not wait for it.
        return []

    def _word(
        self, line: Line, delivery: Delivery, now: datetime
    ) -> tuple[Delivery, Worded] | None:
        """What can be said of a delivery now.

        An alert that cannot be worded waits, and the others of its message go.
        """
        try:
            return delivery, self._words.of(delivery, line.platform, now)
        except Exception as error:
            log.exception("alert.unworded", alert=delivery.key)
            fault = Fault.of(error, posted=False)
        if delivery.uncertain is not None:
            # It may have been posted with all of its alerts: only whole, under its key, can it come
            # once.
            self._settler.fault(delivery, fault, now)
            return None
        good, bad = self._words.parted(delivery, line.platform, now)
        if bad:
            self._settler.fault(replace(delivery, alerts=bad), fault, now)
        elif len(good) > 1:
            # Each can be said, but not all of them together: one now, and the next when this one
            # was sent.
            rest = replace(delivery, alerts=good[1:])
            again = Retry(now, fault.why, regroup=True)
            self._store.outbox.retry(rest, self.owner, again, now)
            good = good[:1]
        if not good:
            return None
        # How long the others have failed says nothing about these.
        return self._word(line, replace(delivery, alerts=good, failing_since=None), now)

    async def _watch_clock(self) -> None:
        """When somebody sets the clock back, what waits must not wait longer for it."""
        wall_before, mono_before = self._clocks
        wall, mono = self._clock(), time.monotonic()
        self._clocks = (wall, mono)
        back = (mono - mono_before) - (wall - wall_before).total_seconds()
        if back > SET_BACK_SECONDS:
            log.warning("clock.set_back", seconds=round(back))
            set_back = self._store.outbox.set_back
            await asyncio.to_thread(set_back, timedelta(seconds=back), wall)
