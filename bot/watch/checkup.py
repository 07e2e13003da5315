"""Readiness checks of a process: its database, its platforms, its sources."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.platform import Platform
from bot.store import Store, StoreError
from bot.watch.words import lasted

#: The timeout for the database's answer.
ANSWER_SECONDS = 3.0
#: If no source has answered for this long, no changes are noticed.
POLLS_OLD = timedelta(minutes=30)
#: How long a new process may take until the first source has answered.
GRACE_SECONDS = 120.0


class Served(Protocol):
    """A platform, and whether this process serves it now."""

    platform: Platform

    @property
    def serves(self) -> bool:
        """Whether this process serves it."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """A check: what was checked, whether it passed, and what was found."""

    name: str
    ok: bool
    words: str


class Checkup:
    """Checks what a process needs. `polls`: whether it polls sources."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        served: Sequence[Served],
        polls: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._served = served
        self._polls = polls
        self._began = time.monotonic()
        #: Why the last write failed; "" if it succeeded.
        self.unwritable = ""
        self._asking: asyncio.Task[datetime | None] | None = None
        self._asked_at = 0.0

    async def look(self) -> list[Check]:
        """Run all checks of this process."""
        database, answered = await self._database()
        found = [database, *map(_platform, self._served)]
        if self._polls and database.ok:
            found.append(self._answers(answered))
        return found

    async def _database(self) -> tuple[Check, datetime | None]:
        """Whether the database answers, and when a source last did.

        Only one query runs at a time: otherwise a hanging database would take a thread for each.
        """
        if self._asking is None:
            self._asked_at = time.monotonic()
            self._asking = asyncio.create_task(asyncio.to_thread(self._ask))
        asking = self._asking
        await asyncio.wait({asking}, timeout=ANSWER_SECONDS)
        if not asking.done():
            seconds = time.monotonic() - self._asked_at
            return Check("database", False, f"no answer for {seconds:.0f} s"), None
        self._asking = None
        try:
            answered = asking.result()
        except StoreError as error:
            return Check("database", False, str(error).partition("\n")[0]), None
        if self.unwritable:
            return Check("database", False, f"cannot be written: {self.unwritable}"), answered
        return Check("database", True, "answers"), answered

    def _ask(self) -> datetime | None:
        path = self._store.path
        if path is not None and not path.exists():
            raise StoreError("the file is gone")
        self._store.vitals.ping()
        return self._store.vitals.last_answer()

    def _answers(self, answered: datetime | None) -> Check:
        is_new = time.monotonic() - self._began < GRACE_SECONDS
        if answered is None:
            return Check("polls", is_new, "no source has answered yet")
        age = self._clock() - answered
        words = f"a source answered {lasted(age)} ago"
        return Check("polls", is_new or age <= POLLS_OLD, words)


def _platform(served: Served) -> Check:
    platform = served.platform
    if not served.serves:
        return Check(platform.name, True, "is not served here now")
    if is_up(served):
        return Check(platform.name, True, "connected")
    words = "does not answer" if platform.ready else "not connected"
    return Check(platform.name, False, words)


def is_up(served: Served) -> bool:
    """Whether a platform that is served here is connected and answers."""
    return served.platform.ready and served.platform.reached
