"""The deliverer: renders due messages, sends each once, and settles it by the answer."""

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

#: Seconds between two checks of the outbox when nothing wakes the deliverer.
IDLE_SECONDS = 1.0
#: The same while a platform is down.
IDLE_SECONDS_DOWN = IDLE_SECONDS / 20
#: Seconds between two checks of messages that are in flight for long, at a shut gate, say.
LOOK_SECONDS = 60.0
#: The shortest wait for a chat that may not be sent to yet.
LEAST_WAIT_SECONDS = 0.01
#: How long a process that gives up a shard waits for its messages in flight.
LEAVE_SECONDS = 4.0
#: Above this many messages a second, answers are stored in batches.
FAST_PER_SECOND = 100.0
#: How long such a batch is collected.
TOGETHER_SECONDS = 0.05
#: A clock that goes back by more than this was set back.
SET_BACK_SECONDS = 5.0


class Deliverer:
    """Claims, renders, sends and settles messages; one for all platforms."""

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
        """Send what is due on every platform that is up, until nothing is due.

        A platform that is down does not stop the others.
        """
        await asyncio.gather(*map(self._drain, self._lines.values()))

    async def run(self, platform: str, beat: Callable[[], None] = lambda: None) -> None:
        """Send on one platform until cancelled or stopping; if the database fails, try again.

        `beat` is called whenever there is progress.
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
            with suppress(TimeoutError):
                async with asyncio.timeout(idle):
                    await self._woken.wait()

    async def take_over(self, platform: str, shards: Shards = ALL) -> int:
        """Send to some shards too: store pending results, and take over what others left in flight.

        Rows that were given up are tried again. Returns how many messages were left. Raises
        StoreError.
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
        """Stop sending to a shard, and wait briefly for its messages in flight."""
        line = self._lines[platform]
        async with line.exchanging:  # so that a claim under way there is finished
            line.shards = replace(line.shards, held=line.shards.held - {shard})
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                # Many things can end it, so it is polled.
                while line.is_busy_with(shard):  # noqa: ASYNC110
                    await asyncio.sleep(LEAST_WAIT_SECONDS)

    def wake(self) -> None:
        """Check the outbox at once: something was queued."""
        self._woken.set()

    # -- one platform

    async def _drain(self, line: Line, beat: Callable[[], None] = lambda: None) -> None:
        """Keep a window of messages in flight until nothing is due.

        Answers are settled before more is claimed: if an answer cannot be stored, nothing more is
        sent.
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
        """Wait until messages in flight are answered, but not for long at a shut gate."""
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
        """Settle answers and claim as many messages again, in one call to a worker thread."""
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
            # None of these could be rendered; what is due after them does not wait for it.
        return []

    def _word(
        self, line: Line, delivery: Delivery, now: datetime
    ) -> tuple[Delivery, Worded] | None:
        """A delivery with its rendered message, or None.

        An alert that cannot be rendered waits, and the others in its message are sent.
        """
        try:
            return delivery, self._words.of(delivery, line.platform, now)
        except Exception as error:
            log.exception("alert.unworded", alert=delivery.key)
            fault = Fault.of(error, posted=False)
        if delivery.uncertain is not None:
            # It may have been posted with all of its alerts, so only the same message under the
            # same key is safe from being posted twice.
            self._settler.fault(delivery, fault, now)
            return None
        good, bad = self._words.parted(delivery, line.platform, now)
        if bad:
            self._settler.fault(replace(delivery, alerts=bad), fault, now)
        elif len(good) > 1:
            # Each can be rendered, but not all together: send one now, and the next when that one
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
        """If the clock was set back, bring waiting rows forward so that they do not wait longer."""
        wall_before, mono_before = self._clocks
        wall, mono = self._clock(), time.monotonic()
        self._clocks = (wall, mono)
        back = (mono - mono_before) - (wall - wall_before).total_seconds()
        if back > SET_BACK_SECONDS:
            log.warning("clock.set_back", seconds=round(back))
            set_back = self._store.outbox.set_back
            await asyncio.to_thread(set_back, timedelta(seconds=back), wall)
