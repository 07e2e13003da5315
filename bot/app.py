"""The one place where everything meets: build, start, supervise, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import structlog

import handlers
from bot import catalogue
from bot.feeds.fetch import Fetcher
from bot.jobs.addresses import Addresses
from bot.jobs.backfill import Rememberer
from bot.jobs.coverage import Coverage
from bot.jobs.deliver import Deliverer
from bot.jobs.interpret import Interpreter
from bot.jobs.lanes import Locks
from bot.jobs.poll import Poller
from bot.jobs.remind import Reminder
from bot.jobs.resources import Resources
from bot.jobs.summarise import Summarizer
from bot.jobs.trouble import Trouble
from bot.jobs.upkeep import Upkeep
from bot.message import Message
from bot.model import Address, Source
from bot.outcomes import Notice
from bot.platform import Hint, Platform, Request
from bot.render.delivery import Words
from bot.runtime.answering import Answering
from bot.runtime.bounded import HERE, Bounded, Worker
from bot.runtime.leases import Duties, Duty
from bot.runtime.lock import Lock
from bot.runtime.pool import pooled
from bot.runtime.scheduler import Tick, schedule, supervised
from bot.runtime.serving import Serving
from bot.settings import Settings
from bot.shards import duty_of
from bot.store import Store
from bot.web.site import Site, invited_by, serving

log = structlog.get_logger()

#: How long a stop waits for what is in flight.
GRACE_SECONDS = 10.0
#: Between two looks at which how-tos the operator should look at again.
UPKEEP_SECONDS = 60.0
#: Between two looks at which documents the collections leave out.
COVERAGE_SECONDS = 600.0
#: Between two looks at the published list of collections.
ADDRESSES_SECONDS = 3_600.0
#: Between two looks at what was kept for a day.
TIDY_SECONDS = 1_800.0
#: Between two looks at which reminders are due, at least.
REMIND_SECONDS = 30.0


def utc_now() -> datetime:
    """The time by the clock of this machine."""
    return datetime.now(UTC)


class App:
    """One running bot. `platforms` are those to serve; all of them share one store and one loop."""

    def __init__(
        self,
        settings: Settings,
        sources: Sequence[Source],
        platforms: Sequence[Platform],
        clock: Callable[[], datetime] = utc_now,
        collections: str = "",
    ) -> None:
        self.store = Store(settings.database)
        self._settings = settings
        self._sources = tuple(sources)
        self._platforms = platforms
        self._clock = clock
        self._collections = collections
        self._known = catalogue.load()
        for problem in self._known.problems:
            log.warning("catalogue.problem", problem=problem)
        self._names = self._known.names
        self._answering = Answering(
            self.store, self._known, self._names, clock, settings, self._sources
        )
        self._owner = uuid4().hex
        self._stop = asyncio.Event()
        self._worker: Worker = HERE
        words = Words(self._known, self._names, self.store.stories.shaken, settings.pages)
        self._trouble = Trouble(self.store, self._operator())
        self._deliverer = Deliverer(
            self.store, platforms, words, clock, self._stopping, self._owner, self._trouble.tell
        )
        #: What a stop lets finish: ticks, and deliveries in flight.
        self._busy: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set.

        Raises LockError, StoreError and OSError before anything has started.
        """
        self._stop = stop
        async with AsyncExitStack() as stack:
            if self.store.path:
                stack.enter_context(Lock(self.store.path))
            await asyncio.to_thread(self.store.open)
            stack.callback(self.store.close)
            await asyncio.to_thread(self._settle_successions)
            # Cancelling a task does not stop its thread: those finish before the database is
            # closed.
            stack.push_async_callback(asyncio.get_running_loop().shutdown_default_executor)
            fetcher = Fetcher(self._settings.user_agent, self._settings.allow_private_networks)
            await stack.enter_async_context(fetcher)
            if "poll" in self._settings.roles_of:
                pool = pooled(lambda: Bounded(shared=(self._names,)))
                self._worker = await stack.enter_async_context(pool)
            if self._settings.web and "web" in self._settings.roles_of:
                served = serving(self._site(), self._settings.web)
                log.info("web.listening", at=await stack.enter_async_context(served))
                if not self._settings.pages:
                    log.warning("web.no_address", why="SMALLPRINT_WEB_URL is not set")
            await self._do_duties(fetcher, stop)

    async def _do_duties(self, fetcher: Fetcher, stop: asyncio.Event) -> None:
        """Work until `stop` is set or a duty fails. Raises what the first failed with."""
        duties = Duties(self.store, self._owner, self._clock)
        doing = [asyncio.create_task(duties.do(duty)) for duty in self._duties(fetcher)]
        ended = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, *doing}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        log.info("app.stopping")
        if self._busy:
            await asyncio.wait(self._busy, timeout=GRACE_SECONDS)
        for task in doing:
            task.cancel()
        for result in await asyncio.gather(*doing, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    async def dispatch(self, request: Request | Notice | Hint) -> Message:
        """Answer one request; it raises nothing."""
        return await self._answering.answer(request)

    def _settle_successions(self) -> None:
        """Who followed a service that has another name now, goes on following it."""
        living = self._known.by_id.keys()
        if moved := self.store.successions.settle(self._known.successors, living):
            log.info("services.succeeded", subscriptions=moved)

    def _stopping(self) -> bool:
        return self._stop.is_set()

    def _site(self) -> Site:
        """What the pages may touch."""
        return Site(
            self.store,
            self._known,
            self._clock,
            self._settings.pages or f"http://{self._settings.web}",
            self._settings.contact,
            self._settings.source_code,
            self._sources,
            self._answering.answer_all,
            invited_by(self._platforms),
        )

    # -- what this process does

    def _duties(self, fetcher: Fetcher) -> list[Duty]:
        """One for polling, and for each platform one for answering and one or more for sending.

        A file has one process, which need not ask for its duties.
        """
        roles = self._settings.roles_of
        alone = self.store.path is not None
        found = []
        if "poll" in roles:
            found.append(Duty(() if alone else ("poll",), partial(self._poll, fetcher)))
        for platform in self._platforms:
            serving = self._serving(platform, 1 if alone else self._settings.senders)
            found.append(Duty((), serving.keep_up))
            if "chat" in roles:
                found.append(Duty(() if alone else (f"chat:{platform.name}",), serving.answer))
            for shard in range(serving.senders if "send" in roles else 0):
                name = duty_of(platform.name, shard, serving.senders)
                names = () if alone else (name,)
                kind = f"send:{platform.name}"
                agree = "" if alone else str(serving.senders)
                found.append(Duty(names, partial(serving.send, shard), kind, agree))
        return found

    def _serving(self, platform: Platform, senders: int) -> Serving:
        menu = [command.entry for command in handlers.COMMANDS]
        return Serving(
            platform,
            self.store,
            self._deliverer,
            self._clock,
            menu,
            self.dispatch,
            self._busy,
            senders,
        )

    async def _poll(self, fetcher: Fetcher) -> None:
        resources = Resources(
            self.store,
            fetcher,
            self._sources,
            self._names,
            self._clock,
            self._worker,
            self._known.facts,
        )
        poller = Poller(resources)
        addresses = Addresses(resources, self._collections, self._settings.allow_private_networks)
        await addresses.begin()
        if count := await asyncio.to_thread(self.store.items.try_again, self._clock()):
            log.info("items.tried_again", count=count)
        interpreter, rememberer = self._readers(resources)
        ticks = {
            **self._ticks(resources, poller, interpreter, rememberer),
            "addresses": (ADDRESSES_SECONDS, addresses.look_due),
        }
        watched = {}
        for name, (every, tick) in ticks.items():
            watched[name] = every, supervised(name, tick, self._busy)
        scheduler = schedule(watched)
        try:
            await self._stop.wait()
            scheduler.pause()
            await asyncio.Event().wait()  # until what is busy is done and this is cancelled
        finally:
            scheduler.shutdown(wait=False)
            await interpreter.close()
            await poller.close()

    def _ticks(
        self,
        resources: Resources,
        poller: Poller,
        interpreter: Interpreter,
        rememberer: Rememberer,
    ) -> dict[str, tuple[float, Tick]]:
        """The periodic jobs by name, each with the seconds between two runs."""
        coverage = Coverage(resources)
        reminder = Reminder(self.store, self._known, self._clock)
        every = self._settings.poll_tick
        ticks: dict[str, tuple[float, Tick]] = {
            # A slow source must not delay the next tick.
            "poll": (every, partial(poller.poll_due, patience=0)),
            # Nor must a slow text.
            "understand": (every, partial(interpreter.understand_due, patience=0)),
            "remember": (every, rememberer.remember_due),
            "coverage": (COVERAGE_SECONDS, coverage.look_due),
            "remind": (max(every, REMIND_SECONDS), reminder.remind_due),
            "tidy": (TIDY_SECONDS, self._tidy),
        }
        if operator := self._operator():
            upkeep = Upkeep(self.store, self._known, operator, self._clock)
            ticks["upkeep"] = (UPKEEP_SECONDS, upkeep.remind_due)
        return ticks

    async def _tidy(self) -> None:
        for tidy in (self.store.chats.tidy, self.store.heard.tidy, self.store.pages.tidy):
            await asyncio.to_thread(tidy, self._clock())
        for address in await asyncio.to_thread(self.store.reach.erasable, self._clock()):
            await asyncio.to_thread(self.store.chats.forget, address)
            log.info("chat.erased", platform=address.platform, why="it removed the bot")

    def _readers(self, resources: Resources) -> tuple[Interpreter, Rememberer]:
        """What reads items, and what reads the past of a service that somebody begins to follow."""
        hold = timedelta(hours=self._settings.hold_hours)
        # What is learnt and what is read of the past must not overwrite each other.
        memories = Locks()
        interpreter = Interpreter(
            resources, hold, self._stopping, self._summarizer(), self._deliverer.wake, memories
        )
        interpreter.trouble = self._trouble.tell
        interpreter.gather = timedelta(seconds=self._settings.gather_seconds)
        rememberer = Rememberer(resources, self._stopping, memories=memories)
        return interpreter, rememberer

    def _operator(self) -> Address | None:
        """The operator's own chat; None where none is set."""
        platform, _sep, chat = self._settings.operator.partition(":")
        return Address(platform, chat) if chat else None

    def _summarizer(self) -> Summarizer | None:
        settings = self._settings
        if not settings.summary_url:
            return None
        key = settings.summary_key.get_secret_value()
        return Summarizer(settings.summary_url, settings.summary_model, key)
