"""Serving: keeps a platform up, and does there what this process has the duty to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

import structlog

from bot.jobs.deliver import Deliverer
from bot.platform import Dispatch, Entry, Platform
from bot.runtime.backoff import back_off
from bot.store import Store

log = structlog.get_logger()

#: What a process can do on a platform: send what is due, and answer people.
Role = Literal["send", "chat"]
#: Where one process answers and another sends, each has its part of the token's pace.
SHARES: dict[frozenset[Role], float] = {
    frozenset({"send"}): 0.85,
    frozenset({"chat"}): 0.15,
    frozenset({"send", "chat"}): 1.0,
}
#: How long a platform that went down is left alone: at first, and at most.
RESTART_FIRST = timedelta(seconds=2)
RESTART_CAP = timedelta(minutes=5)
#: What a killed process sent in its last second still counts for the platform.
AFTER_A_KILL_SECONDS = 1.0
#: Duties that come together are taken up together.
TOGETHER_SECONDS = 0.05


@dataclass
class Serving:
    """Serves one platform with the roles that this process has there; they come and go."""

    platform: Platform
    store: Store
    deliverer: Deliverer
    clock: Callable[[], datetime]
    menu: Sequence[Entry]
    dispatch: Dispatch
    #: Where tasks that send are put, so that a stop lets them finish.
    busy: set[asyncio.Task[None]]
    _roles: set[Role] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, role: Role) -> None:
        """Have a role, until cancelled. Raises StoreError."""
        self._change(self._roles | {role})
        try:
            if role == "send":
                await self._send()
            await asyncio.Event().wait()  # until another has the role, or a stop ends it
        finally:
            self._change(self._roles - {role})

    def _change(self, roles: set[Role]) -> None:
        self._roles = roles
        self._changed.set()

    async def _send(self) -> None:
        sending = asyncio.create_task(self._deliver())
        self.busy.add(sending)
        sending.add_done_callback(self.busy.discard)
        try:
            await sending
        finally:
            sending.cancel()

    async def _deliver(self) -> None:
        """Whoever sent before us is gone: what it had in flight is due again."""
        name, gate = self.platform.name, self.platform.gate
        freed = await self.deliverer.recover(name)
        until = await asyncio.to_thread(self.store.leases.held_off, name)
        wait = AFTER_A_KILL_SECONDS if freed else 0.0
        if until:
            wait = max(wait, (until - self.clock()).total_seconds())
        gate.hold(wait)
        await self.deliverer.run(name)

    async def keep_up(self) -> None:
        """Keep the platform up while there is a role to serve, until cancelled."""
        while True:
            while not self._roles:
                self._changed.clear()
                await self._changed.wait()
            await asyncio.sleep(TOGETHER_SECONDS)
            self._changed.clear()
            roles = frozenset(self._roles)
            if not roles:
                continue
            self.platform.gate.take_share(SHARES[roles])
            running = asyncio.create_task(self._run("chat" in roles))
            changed = asyncio.create_task(self._until_changed(roles))
            try:
                await asyncio.wait({running, changed}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (running, changed):
                    task.cancel()
                await asyncio.wait({running, changed})

    async def _until_changed(self, roles: frozenset[Role]) -> None:
        """Wait until the platform is to be served in another way; another pace is just taken."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            now = frozenset(self._roles)
            if not now or ("chat" in now) != ("chat" in roles):
                self._changed.set()
                return
            self.platform.gate.take_share(SHARES[now])

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


def serving_roles(roles: Collection[str]) -> list[Role]:
    """Those of a process's roles that are about platforms."""
    return [role for role in get_args(Role) if role in roles]


def _why(error: Exception) -> str:
    """The platform's own words where it gave any; never a traceback for what is not our bug."""
    return str(error) or type(error).__name__
