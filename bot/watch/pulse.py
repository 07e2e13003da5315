"""The reports of a process on itself, and on what it sent, for operators to see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog

from bot import __version__
from bot.jobs.trouble import Tell
from bot.runtime.metrics import SENDS, WAITS, total
from bot.store import Store, StoreError
from bot.store.watch import Process, Tally
from bot.watch.checkup import Checkup, Served, is_up
from bot.watch.words import lasted

log = structlog.get_logger()

BEAT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection of a process to a platform, its rate, and how many seconds it is on hold.

    `down_since` is when it was lost, None while it is up.
    """

    platform: str
    ready: bool
    down_since: str | None
    per_second: float
    held_for: float


@dataclass(frozen=True, slots=True)
class Said:
    """The report of a process on itself; `platforms` are those that it may serve."""

    version: str
    roles: Sequence[str]
    began: str
    connections: Sequence[Connection]
    platforms: Sequence[str] = ()


def read(process: Process) -> Said:
    """Parse the report of a process."""
    said = json.loads(process.said)
    connections = [Connection(**each) for each in said.pop("connections")]
    return Said(**said, connections=connections)


def is_silent(process: Process, now: datetime) -> bool:
    """Whether a process has missed some reports: it was killed, or hangs."""
    return now - process.seen_at > timedelta(seconds=4 * BEAT_SECONDS)


class Pulse:
    """Reports on a process, until cancelled, with counts since the last report by minute.

    `tell` tells the operator that the database was away: every process notices when it is.
    """

    def __init__(
        self,
        store: Store,
        owner: str,
        roles: Iterable[str],
        served: Sequence[Served],
        checkup: Checkup,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self.tell: Tell = lambda *_: None
        self._away_since: datetime | None = None
        self._owner = owner
        self._roles = sorted(roles)
        self._served = served
        self._checkup = checkup
        self._clock = clock
        self._began = clock()
        self._down_since: dict[str, datetime] = {}
        self._counted = self._counts()

    async def run(self) -> None:
        """Report at intervals. A failure is logged, and the next report tries again."""
        try:
            while True:
                try:
                    await self.beat()
                except Exception as error:
                    log.exception("pulse.broke")
                    self._checkup.unwritable = type(error).__name__
                await asyncio.sleep(BEAT_SECONDS)
        finally:
            await asyncio.shield(asyncio.to_thread(self._leave))

    async def beat(self) -> None:
        """Report now."""
        now = self._clock()
        try:
            await asyncio.to_thread(self._beat, now)
        except StoreError as error:
            if self._away_since is None:
                self._away_since = now
                log.critical("alarm.begins", alarm="DatabaseAway", why=str(error))
            self._checkup.unwritable = str(error).partition("\n")[0]
            return
        self._checkup.unwritable = ""
        if self._away_since is not None:
            await self._tell_away(now, now - self._away_since)

    async def _tell_away(self, now: datetime, away: timedelta) -> None:
        """Tell the operator that the database was away; if that fails, try with the next report."""
        # Every process tells it, but the same words are told only once.
        words = f"DatabaseAway is over: since {now:%H:%M} UTC the database answers again."
        with suppress(StoreError):
            await asyncio.to_thread(self.tell, words, now)
            self._away_since = None
            log.warning("alarm.over", alarm="DatabaseAway", after=lasted(away))

    def _beat(self, now: datetime) -> None:
        counts = self._counts()
        self._store.watch.beat(self._owner, self._said(now), list(self._since(counts, now)), now)
        self._counted = counts
        if self._store.path:  # SQLite has one process: earlier ones were killed
            self._store.watch.alone(self._owner)

    def _leave(self) -> None:
        try:
            self._beat(self._clock())
            self._store.watch.leave(self._owner)
        except StoreError as error:
            log.warning("pulse.left_nothing", why=str(error))

    def _said(self, now: datetime) -> str:
        connections = []
        for each in self._served:
            if each.serves:
                connections.append(self._connection(each, now))
            else:
                self._down_since.pop(each.platform.name, None)
        platforms = [each.platform.name for each in self._served]
        said = Said(__version__, self._roles, self._began.isoformat(), connections, platforms)
        return json.dumps(asdict(said))

    def _connection(self, served: Served, now: datetime) -> Connection:
        platform = served.platform
        is_ready = is_up(served)
        if is_ready:
            self._down_since.pop(platform.name, None)
        else:
            self._down_since.setdefault(platform.name, now)
        since = self._down_since.get(platform.name)
        gate = platform.gate
        down = since.isoformat() if since else None
        return Connection(platform.name, is_ready, down, gate.per_second, gate.held_for)

    def _counts(self) -> dict[str, Tally]:
        """The counts of each platform since this process began."""
        found = {}
        for each in self._served:
            name = each.platform.name
            sent = round(total(SENDS, platform=name, outcome="sent"))
            failed = round(total(SENDS, platform=name)) - sent
            waits = round(total(WAITS, platform=name))
            found[name] = Tally(self._began, name, sent, failed, waits)
        return found

    def _since(self, counts: dict[str, Tally], now: datetime) -> Iterable[Tally]:
        """The counts since the last report, without those that are all zero."""
        minute = now.replace(second=0, microsecond=0)
        for name, after in counts.items():
            before = self._counted[name]
            sent, failed = after.sent - before.sent, after.failed - before.failed
            waits = after.waits - before.waits
            if sent or failed or waits:
                yield Tally(minute, name, sent, failed, waits)
