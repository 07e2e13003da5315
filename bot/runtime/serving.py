"""Serving: keeps a platform up, and does there what this process has the duty to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.jobs.deliver import Deliverer
from bot.platform import Dispatch, Entry, Platform
from bot.runtime.backoff import back_off
from bot.shards import Shards
from bot.store import Store
from bot.watch.patience import Stuck, again_and_again, nobody

log = structlog.get_logger()

#: Where one process sends and another answers, this part of the token's pace is for sending.
SEND_SHARE = 0.85
#: How long a platform that went down is left alone: at first, and at most.
RESTART_FIRST = timedelta(seconds=2)
RESTART_CAP = timedelta(minutes=5)
#: What a killed process sent in its last second still counts for the platform.
AFTER_A_KILL_SECONDS = 1.0
#: What sends looks at the outbox every second; where it did not for so long it is stuck.
STUCK_SECONDS = 600.0
#: Duties that come together are taken up together.
TOGETHER_SECONDS = 0.05


@dataclass
class Serving:
    """Serves one platform as far as it is this process's duty; duties come and go."""

    platform: Platform
    store: Store
    deliverer: Deliverer
    clock: Callable[[], datetime]
    menu: Sequence[Entry]
    dispatch: Dispatch
    #: Where tasks that send are put, so that a stop lets them finish.
    busy: set[asyncio.Task[None]]
    #: How many processes send to the platform together.
    senders: int = 1
    #: Says that what sends was stuck, and was begun anew.
    stuck: Stuck = nobody
    _answers: bool = False
    _shards: set[int] = field(default_factory=set)
    _sending: asyncio.Task[None] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self) -> None:
        """Answer people, until cancelled."""
        self._answers = True
        self._changed.set()
        try:
            await asyncio.Event().wait()  # until another does it, or a stop ends it
        finally:
            self._answers = False
            self._changed.set()

    async def send(self, shard: int) -> None:
        """Send to a part of the chats, until cancelled. Raises StoreError."""
        try:
            await self._take_over(shard)
            self._shards.add(shard)
            self._changed.set()
            await asyncio.shield(self._running())
            await asyncio.Event().wait()
        finally:
            await self.deliverer.leave(self.platform.name, shard)
            self._shards.discard(shard)
            self._changed.set()
            if self._sending and not self._shards:
                self._sending.cancel()

    def _running(self) -> asyncio.Task[None]:
        """What sends to all parts of the chats that are ours."""
        if self._sending is None or self._sending.done():
            sending = partial(self.deliverer.run, self.platform.name)
            name = f"send:{self.platform.name}"
            kept = again_and_again(name, sending, STUCK_SECONDS, self.stuck)
            self._sending = asyncio.create_task(kept)
            self.busy.add(self._sending)
            self._sending.add_done_callback(self.busy.discard)
        return self._sending

    async def _take_over(self, shard: int) -> None:
        """Whoever sent there before us is gone: what it had in flight is due again."""
        name, gate = self.platform.name, self.platform.gate
        freed = await self.deliverer.take_over(name, Shards(self.senders, frozenset({shard})))
        until = await asyncio.to_thread(self.store.leases.held_off, name)
        wait = AFTER_A_KILL_SECONDS if freed else 0.0
        if until:
            wait = max(wait, (until - self.clock()).total_seconds())
        gate.hold(wait)

    @property
    def serves(self) -> bool:
        """Whether it is this process that serves the platform now."""
        return self._answers or bool(self._shards)

    def _share(self) -> float:
        """How much of the token's pace this process has: of sending, and of answering."""
        sends = len(self._shards) / self.senders
        return sends * SEND_SHARE + self._answers * (1 - SEND_SHARE)

    async def keep_up(self) -> None:
        """Keep the platform up while there is a role to serve, until cancelled."""
        while True:
            while not self._share():
                self._changed.clear()
                await self._changed.wait()
            await asyncio.sleep(TOGETHER_SECONDS)
            self._changed.clear()
            if not self._share():
                continue
            self.platform.gate.take_share(self._share())
            running = asyncio.create_task(self._run(self._answers))
            changed = asyncio.create_task(self._until_changed(self._answers))
            try:
                await asyncio.wait({running, changed}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (running, changed):
                    task.cancel()
                await asyncio.wait({running, changed})

    async def _until_changed(self, answers: bool) -> None:
        """Wait until the platform is to be served in another way; another pace is just taken."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if not self._share() or self._answers != answers:
                self._changed.set()
                return
            self.platform.gate.take_share(self._share())

    async def _run(self, answers: bool) -> None:
        """Run the platform, again and again where it goes down."""
        failures = 0
        while True:
            started = self.clock()
            try:
                await self.platform.run(self.menu, self.dispatch if answers else None)
                # It ended of itself, as a console does; the rest goes on.
                await asyncio.Event().wait()
            except Exception as error:  # noqa: BLE001 - one platform down does not stop the other
                if self.clock() - started > RESTART_CAP:
                    failures = 0
                failures += 1
                seconds = back_off(RESTART_FIRST, failures, RESTART_CAP).total_seconds()
                name = self.platform.name
                log.error("platform.down", platform=name, why=_why(error), retry_in=round(seconds))
            await asyncio.sleep(seconds)


def _why(error: Exception) -> str:
    """The platform's own words where it gave any; never a traceback for what is not our bug."""
    return str(error) or type(error).__name__
