"""Serving a platform: keeping it connected, and answering and sending there as duties require."""

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

#: The part of the token's rate that is for sending, if another process answers.
SEND_SHARE = 0.85
#: How long to wait before a platform that went down is restarted: at first, and at most.
RESTART_FIRST = timedelta(seconds=2)
RESTART_CAP = timedelta(minutes=5)
#: The platform still counts what a killed process sent in its last second.
AFTER_A_KILL_SECONDS = 1.0
#: The sending task checks the outbox every second; if it has not for this long, it is stuck.
STUCK_SECONDS = 600.0
#: Duties that come within this time are taken up together.
TOGETHER_SECONDS = 0.05


@dataclass
class Serving:
    """Serves one platform as far as this process has the duties; they come and go."""

    platform: Platform
    store: Store
    deliverer: Deliverer
    clock: Callable[[], datetime]
    menu: Sequence[Entry]
    dispatch: Dispatch
    #: The set of sending tasks, which a stop lets finish.
    busy: set[asyncio.Task[None]]
    #: How many processes send to the platform together.
    senders: int = 1
    #: Called when the sending task was stuck and was restarted.
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
            await asyncio.Event().wait()  # until the duty is lost, or a stop cancels it
        finally:
            self._answers = False
            self._changed.set()

    async def send(self, shard: int) -> None:
        """Send to a shard of the chats, until cancelled. Raises StoreError."""
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
        """The task that sends to all shards that are ours."""
        if self._sending is None or self._sending.done():
            sending = partial(self.deliverer.run, self.platform.name)
            name = f"send:{self.platform.name}"
            kept = again_and_again(name, sending, STUCK_SECONDS, self.stuck)
            self._sending = asyncio.create_task(kept)
            self.busy.add(self._sending)
            self._sending.add_done_callback(self.busy.discard)
        return self._sending

    async def _take_over(self, shard: int) -> None:
        """Take over a shard: requeue what its last sender had in flight, and wait if need be."""
        name, gate = self.platform.name, self.platform.gate
        freed = await self.deliverer.take_over(name, Shards(self.senders, frozenset({shard})))
        until = await asyncio.to_thread(self.store.leases.held_off, name)
        wait = AFTER_A_KILL_SECONDS if freed else 0.0
        if until:
            wait = max(wait, (until - self.clock()).total_seconds())
        gate.hold(wait)

    @property
    def serves(self) -> bool:
        """Whether this process serves the platform now."""
        return self._answers or bool(self._shards)

    def _share(self) -> float:
        """This process's part of the token's rate, for sending and answering."""
        sends = len(self._shards) / self.senders
        return sends * SEND_SHARE + self._answers * (1 - SEND_SHARE)

    async def keep_up(self) -> None:
        """Keep the platform connected while there is a duty on it, until cancelled."""
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
        """Wait until the platform must be restarted for other duties; adapt the rate meanwhile."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if not self._share() or self._answers != answers:
                self._changed.set()
                return
            self.platform.gate.take_share(self._share())

    async def _run(self, answers: bool) -> None:
        """Run the platform, and restart it whenever it goes down."""
        failures = 0
        while True:
            started = self.clock()
            try:
                await self.platform.run(self.menu, self.dispatch if answers else None)
                # It ended normally, as a console does; the rest goes on.
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
    """The platform's own message, if any; never a traceback for what is not our bug."""
    return str(error) or type(error).__name__
