"""Alarms: the operator is told once when a problem begins, and once when it is over."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.jobs.trouble import Trouble
from bot.model import Address
from bot.states import DeliveryState
from bot.store import Store
from bot.store.copies.folder import NEWEST_OLD
from bot.store.sources import SourceStatus
from bot.store.watch import Alarm, Process
from bot.watch import pulse
from bot.watch.checkup import POLLS_OLD
from bot.watch.words import counted, lasted

log = structlog.get_logger()

LOOK_SECONDS = 60.0
#: An alarm is over when its symptom has been gone for this long, so that flapping is one alarm.
WELL = timedelta(minutes=10)
DOWN = timedelta(minutes=5)
SOURCE_FAILS = timedelta(days=1)
LATE = timedelta(minutes=15)
#: How many of the last ten minutes in which a platform asked us to wait are too many.
WAITING_MINUTES = 5
LEAST_FREE_BYTES = 500 * 2**20
_RUNBOOK = "docs/operators/runbook.md#"


@dataclass(frozen=True, slots=True)
class Symptom:
    """A symptom: the alarm's name, what it is about, and a description."""

    name: str
    about: str
    words: str


class Alarms:
    """Looks for symptoms; called by a tick.

    Every process looks, because one that is killed says nothing, and none ends an alarm that it
    cannot judge. `newest_copy` is when the newest backup was made, if this process makes them;
    `listed` are the sources that are on, if known.
    """

    def __init__(
        self,
        store: Store,
        operator: Address | None,
        clock: Callable[[], datetime],
        newest_copy: Callable[[], datetime | None] | None = None,
        listed: Collection[str] = (),
    ) -> None:
        self._store = store
        self._trouble = Trouble(store, operator)
        self._clock = clock
        self._newest_copy = newest_copy
        self._listed = frozenset(listed)
        self._began = clock()
        #: Since when the symptom of each alarm has been gone, by (name, about).
        self._well_since: dict[tuple[str, str], datetime] = {}

    async def look_due(self) -> None:
        """Look for symptoms; begin and end alarms. Raises StoreError."""
        await asyncio.to_thread(self._look, self._clock())

    def _look(self, now: datetime) -> None:
        found = {(each.name, each.about): each for each in self.symptoms(now)}
        known = {(each.name, each.about): each for each in self._store.watch.alarms()}
        for key, symptom in found.items():
            self._well_since.pop(key, None)
            if key not in known:
                self._begin(symptom, now)
            elif known[key].words != symptom.words:
                self._store.watch.reword_alarm(replace(known[key], words=symptom.words))
        for key in known.keys() - found.keys():
            if not self._is_well(known[key], now):
                self._well_since.pop(key, None)
                continue
            # If the clock is set back, counting restarts.
            since = self._well_since[key] = min(self._well_since.get(key, now), now)
            if now - since >= WELL:
                del self._well_since[key]
                self._end(known[key], since, now)

    def _begin(self, symptom: Symptom, now: datetime) -> None:
        alarm = Alarm(symptom.name, symptom.about, now, symptom.words)
        anchor = _RUNBOOK + symptom.name.lower()
        with self._store.database.together():
            if self._store.watch.begin_alarm(alarm):
                log.critical("alarm.begins", alarm=symptom.name, about=symptom.about)
                words = f"{_named(alarm)}: {symptom.words}. What to do: {anchor}"
                self._trouble.tell_as(_uid(alarm, "begins"), words, now)

    def _end(self, alarm: Alarm, since: datetime, now: datetime) -> None:
        with self._store.database.together():
            if self._store.watch.end_alarm(alarm):
                log.warning("alarm.over", alarm=alarm.name, about=alarm.about)
                words = f"{_named(alarm)} is over, after {lasted(since - alarm.since)}."
                self._trouble.tell_as(_uid(alarm, "over"), words, now)

    def _is_well(self, alarm: Alarm, now: datetime) -> bool:
        """Whether an alarm is visibly over; the absence of its symptom is not enough."""
        match alarm.name:
            case "PollsOld":
                answered = self._store.vitals.last_answer()
                return answered is not None and now - answered <= POLLS_OLD
            case "SourceFailing":
                return alarm.about not in {each.id for each in self._failing()}
            case "BackupOld":
                newest = self._newest_copy() if self._newest_copy else None
                return newest is not None and now - newest < NEWEST_OLD
            case "PlatformDown":
                return _is_served(alarm.about, self._store.watch.processes(now), now)
            case _:
                return True

    # -- symptoms

    def symptoms(self, now: datetime) -> Iterator[Symptom]:
        """All current symptoms. Raises StoreError."""
        yield from self._connections(now)
        yield from self._sources(now)
        yield from self._queues(now)
        yield from self._waits(now)
        yield from self._places(now)

    def _connections(self, now: datetime) -> Iterator[Symptom]:
        processes = self._store.watch.processes(now)
        served: set[str] = set()
        for process in processes:
            if pulse.is_silent(process, now):
                continue
            for each in pulse.read(process).connections:
                served.add(each.platform)
                down = timedelta()
                if each.down_since is not None:
                    down = now - datetime.fromisoformat(each.down_since)
                if down >= DOWN:
                    words = f"not connected for {lasted(down)}"
                    yield Symptom("PlatformDown", each.platform, words)
        yield from _left_alone(processes, served, now)

    def _sources(self, now: datetime) -> Iterator[Symptom]:
        answered = self._store.vitals.last_answer() or self._began
        if now - answered > POLLS_OLD and now - self._began > POLLS_OLD:
            yield Symptom("PollsOld", "", f"no source has answered for {lasted(now - answered)}")
        for each in self._failing():
            since = each.ok_at or self._began
            if now - since >= SOURCE_FAILS:
                words = f"has failed for {lasted(now - since)}: {each.error}"
                yield Symptom("SourceFailing", each.id, words)

    def _failing(self) -> list[SourceStatus]:
        """The sources that are on and do not answer as they should."""
        listed = self._store.sources.status(self._listed)
        return [each for each in listed if each.state.is_ill and not each.paused]

    def _queues(self, now: datetime) -> Iterator[Symptom]:
        for each in self._store.vitals.queues(now):
            if each.oldest is not None and now - each.oldest >= LATE:
                words = f"a message is late by {lasted(now - each.oldest)}"
                yield Symptom("QueueOld", each.platform, words)
            if dead := each.rows.get(DeliveryState.DEAD, 0):
                yield Symptom("DeadLetters", each.platform, f"{counted(dead, 'message')} given up")

    def _waits(self, now: datetime) -> Iterator[Symptom]:
        minutes: dict[str, int] = {}
        for tally in self._store.watch.tallies(now - timedelta(minutes=10)):
            minutes[tally.platform] = minutes.get(tally.platform, 0) + bool(tally.waits)
        for platform, count in minutes.items():
            if count >= WAITING_MINUTES:
                words = f"asked us to wait in {count} of the last 10 minutes"
                yield Symptom("AskedToWait", platform, words)

    def _places(self, now: datetime) -> Iterator[Symptom]:
        """The symptoms of backups and of disk space."""
        if self._newest_copy is not None:
            newest = self._newest_copy() or self._began
            if now - newest >= NEWEST_OLD:
                yield Symptom("BackupOld", "", f"the newest is {lasted(now - newest)} old")
        if path := self._store.path:
            free = shutil.disk_usage(path.resolve().parent).free
            if free < LEAST_FREE_BYTES:
                yield Symptom("DiskFull", "", f"{free // 2**20} MB are free")


def _left_alone(
    processes: Sequence[Process], served: Collection[str], now: datetime
) -> Iterator[Symptom]:
    """Platforms whose process went silent, and that no other process has taken over."""
    for process in processes:
        silent = now - process.seen_at
        if not pulse.is_silent(process, now) or silent < DOWN:
            continue
        for each in pulse.read(process).connections:
            if each.platform not in served:
                words = f"the process that served it has said nothing for {lasted(silent)}"
                yield Symptom("PlatformDown", each.platform, words)


def _is_served(platform: str, processes: Sequence[Process], now: datetime) -> bool:
    """Whether a platform is up, or no sending or answering process is to serve it any more."""
    living = [pulse.read(each) for each in processes if not pulse.is_silent(each, now)]
    for said in living:
        for each in said.connections:
            if each.platform == platform and each.ready:
                return True
    speaking = [said for said in living if {"send", "chat"} & set(said.roles)]
    return bool(speaking) and not any(platform in said.platforms for said in speaking)


def _named(alarm: Alarm) -> str:
    return f"{alarm.name} {alarm.about}".rstrip()


def _uid(alarm: Alarm, what: str) -> str:
    return f"alarm:{alarm.name}:{alarm.about}:{alarm.since.isoformat()}:{what}"
