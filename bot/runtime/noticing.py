"""The polling duty: asking sources, understanding their items, and all periodic jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.catalogue import Catalogue
from bot.feeds.fetch import Fetcher
from bot.jobs.addresses import Addresses
from bot.jobs.backfill import Rememberer
from bot.jobs.copying import Copies
from bot.jobs.coverage import Coverage
from bot.jobs.interpret import Interpreter
from bot.jobs.lanes import Locks
from bot.jobs.poll import Poller
from bot.jobs.remind import Reminder
from bot.jobs.resources import Resources
from bot.jobs.summarise import Summarizer
from bot.jobs.trouble import Tell
from bot.jobs.upkeep import Upkeep
from bot.model import Address, Source
from bot.runtime.bounded import Worker
from bot.runtime.scheduler import Tick, schedule, supervised
from bot.settings import Settings
from bot.store import Store
from bot.watch.patience import Stuck

log = structlog.get_logger()

#: Seconds between two runs of the operator's chores.
UPKEEP_SECONDS = 60.0
#: Seconds between two looks at whether coverage checks are due.
COVERAGE_SECONDS = 600.0
#: Seconds between two looks at whether to read the published list of collections.
ADDRESSES_SECONDS = 3_600.0
#: Seconds between two looks at whether a backup is due.
COPY_SECONDS = 600.0
#: Seconds between two deletions of expired data.
TIDY_SECONDS = 1_800.0
#: The fewest seconds between two looks at which reminders are due.
REMIND_SECONDS = 30.0
#: A job that takes longer is stuck. Those that read much, or write much, may take longer.
STUCK_SECONDS = 600.0
LONG_STUCK_SECONDS = 7_200.0
_LONG = frozenset({"remember", "coverage", "addresses", "tidy", "copy"})


@dataclass
class Noticing:
    """Runs the periodic jobs of an instance while this process has the duty.

    `wake` is called when alerts were queued; `tell` tells the operator; `stuck` is called with the
    name of a stuck job.
    """

    settings: Settings
    store: Store
    known: Catalogue
    clock: Callable[[], datetime]
    sources: Sequence[Source]
    collections: str
    operator: Address | None
    stop: asyncio.Event
    #: Running ticks, which a stop lets finish.
    busy: set[asyncio.Task[None]]
    wake: Callable[[], None]
    tell: Tell
    stuck: Stuck
    #: Makes daily backups; None if nothing does.
    copies: Copies | None

    async def run(self, fetcher: Fetcher, worker: Worker) -> None:
        """Run the jobs until cancelled; after `stop` no new ones start. Raises StoreError."""
        resources = Resources(
            self.store,
            fetcher,
            self.sources,
            self.known.names,
            self.clock,
            worker,
            self.known.facts,
        )
        poller = Poller(resources)
        addresses = Addresses(resources, self.collections, self.settings.allow_private_networks)
        await addresses.begin()
        if count := await asyncio.to_thread(self.store.items.try_again, self.clock()):
            log.info("items.tried_again", count=count)
        interpreter, rememberer = self._readers(resources)
        ticks = {
            **self._asking(resources, poller, interpreter, rememberer),
            **self._chores(),
            "addresses": (ADDRESSES_SECONDS, addresses.look_due),
        }
        watched = {}
        for name, (every, tick) in ticks.items():
            seconds = LONG_STUCK_SECONDS if name in _LONG else STUCK_SECONDS
            watched[name] = every, supervised(name, tick, self.busy, seconds, self.stuck)
        scheduler = schedule(watched)
        try:
            await self.stop.wait()
            scheduler.pause()
            await asyncio.Event().wait()  # until busy ticks are done and this is cancelled
        finally:
            scheduler.shutdown(wait=False)
            await interpreter.close()
            await poller.close()

    def _asking(
        self,
        resources: Resources,
        poller: Poller,
        interpreter: Interpreter,
        rememberer: Rememberer,
    ) -> dict[str, tuple[float, Tick]]:
        """The jobs that poll and understand, by name, each with the seconds between two runs."""
        every = self.settings.poll_tick
        return {
            # A slow source must not delay the next tick.
            "poll": (every, partial(poller.poll_due, patience=0)),
            # Nor must a slow text.
            "understand": (every, partial(interpreter.understand_due, patience=0)),
            "remember": (every, rememberer.remember_due),
            "coverage": (COVERAGE_SECONDS, Coverage(resources).look_due),
        }

    def _chores(self) -> dict[str, tuple[float, Tick]]:
        """The other periodic jobs."""
        reminder = Reminder(self.store, self.known, self.clock)
        every = max(self.settings.poll_tick, REMIND_SECONDS)
        ticks: dict[str, tuple[float, Tick]] = {
            "remind": (every, reminder.remind_due),
            "tidy": (TIDY_SECONDS, self._tidy),
        }
        if self.copies:
            ticks["copy"] = (COPY_SECONDS, self.copies.copy_due)
        if self.operator:
            upkeep = Upkeep(self.store, self.known, self.operator, self.clock)
            ticks["upkeep"] = (UPKEEP_SECONDS, upkeep.remind_due)
        return ticks

    async def _tidy(self) -> None:
        store = self.store
        limited = (
            store.chats,
            store.heard,
            store.operators,
            store.pages,
            store.suggestions,
            store.watch,
        )
        for facet in limited:
            await asyncio.to_thread(facet.tidy, self.clock())
        for address in await asyncio.to_thread(store.reach.erasable, self.clock()):
            await asyncio.to_thread(store.chats.forget, address)
            log.info("chat.erased", platform=address.platform, why="it removed the bot")

    def _readers(self, resources: Resources) -> tuple[Interpreter, Rememberer]:
        """The interpreter of items, and the reader of the past of newly followed services."""
        hold = timedelta(hours=self.settings.hold_hours)
        # The two must not overwrite each other's memories of documents.
        memories = Locks()
        interpreter = Interpreter(
            resources, hold, self.stop.is_set, self._summarizer(), self.wake, memories
        )
        interpreter.trouble = self.tell
        interpreter.gather = timedelta(seconds=self.settings.gather_seconds)
        return interpreter, Rememberer(resources, self.stop.is_set, memories=memories)

    def _summarizer(self) -> Summarizer | None:
        settings = self.settings
        if not settings.summary_url:
            return None
        key = settings.summary_key.get_secret_value()
        return Summarizer(settings.summary_url, settings.summary_model, key)
