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
from bot import catalogue, web
from bot.backoff import back_off
from bot.catalogue.names import Names
from bot.feeds.fetch import Fetcher
from bot.jobs.addresses import Addresses
from bot.jobs.backfill import Rememberer
from bot.jobs.coverage import Coverage
from bot.jobs.deliver import Deliverer
from bot.jobs.interpret import Interpreter
from bot.jobs.poll import Poller
from bot.jobs.remind import Reminder
from bot.jobs.summarise import Summarizer
from bot.jobs.upkeep import Upkeep
from bot.locales import _, speaking
from bot.message import Message
from bot.model import Address, Source
from bot.platform import Hint, Notice, Platform, Request
from bot.rate_limit import Flood
from bot.render.blocks import say
from bot.render.delivery import Words
from bot.runtime.bounded import HERE, Bounded, Worker
from bot.runtime.http_server import listening
from bot.runtime.leases import Duties, Duty
from bot.runtime.lock import Lock
from bot.runtime.scheduler import Tick, schedule
from bot.settings import Settings
from bot.store import Store, StoreError

log = structlog.get_logger()

RESTART_FIRST, RESTART_CAP = timedelta(seconds=2), timedelta(minutes=5)
#: How long a stop waits for what is in flight.
GRACE = 10.0
#: What a killed process sent in its last second still counts for the platform.
AFTER_A_KILL = 1.0
#: Answers at once to somebody who is typing: a handful for each letter.
TYPING = 200


def utc_now() -> datetime:
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
        self._settings, self._sources, self._platforms, self._clock = (
            settings,
            tuple(sources),
            platforms,
            clock,
        )
        self._flood, self._typing = Flood(), Flood(TYPING)
        self._collections = collections
        self._known = catalogue.load()
        for problem in self._known.problems:
            log.warning("catalogue.problem", problem=problem)
        self._names = Names(self._known.services)
        self._owner, self._stop = uuid4().hex, asyncio.Event()
        self._worker: Worker = HERE
        words = Words(self._known, self._names, self.store.stories.shaken)
        self._deliverer = Deliverer(
            self.store, platforms, words, clock, self._stopping, self._owner
        )
        #: What a stop lets finish: ticks, and deliveries in flight.
        self._busy: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set. Raises LockError, StoreError and OSError before anything has started."""
        self._stop = stop
        async with AsyncExitStack() as stack:
            if self.store.path:
                stack.enter_context(Lock(self.store.path))
            await asyncio.to_thread(self.store.open)
            stack.callback(self.store.close)
            await asyncio.to_thread(self._settle_successions)
            # Cancelling a task does not stop its thread: those finish before the database is closed.
            stack.push_async_callback(asyncio.get_running_loop().shutdown_default_executor)
            fetcher = await stack.enter_async_context(
                Fetcher(self._settings.user_agent, self._settings.allow_private_networks)
            )
            if "poll" in self._settings.roles_of:
                self._worker = await stack.enter_async_context(Bounded(shared=(self._names,)))
            if self._settings.web:
                base = await stack.enter_async_context(
                    listening(web.application(self._known), self._settings.web)
                )
                log.info("web.listening", at=f"{base}catalogue.json")
            duties = Duties(self.store, self._owner, self._clock)
            doing = [asyncio.create_task(duties.do(duty)) for duty in self._duties(fetcher)]
            ended = asyncio.create_task(stop.wait())
            await asyncio.wait({ended, *doing}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            log.info("app.stopping")
            if self._busy:
                await asyncio.wait(self._busy, timeout=GRACE)
            for task in doing:
                task.cancel()
            for failed in [
                e
                for e in await asyncio.gather(*doing, return_exceptions=True)
                if isinstance(e, Exception)
            ]:
                raise failed

    async def dispatch(self, request: Request | Notice | Hint) -> Message:
        """Answer one request; whatever goes wrong, the chat gets words and the log gets the reason."""
        command = type(request).__name__.casefold()
        if isinstance(request, Request):
            command = request.command[:40] or "talk"
            flood = self._typing if request.typing else self._flood
            if not flood.takes(f"{request.address.platform}:{request.address.chat}"):
                with speaking(request.language):
                    return say(_("That was a lot at once. Please wait a moment."))
        try:
            return await asyncio.to_thread(handlers.answer, request, self._context())
        except StoreError as error:
            log.error("request.failed", command=command, why=str(error))
        except Exception:
            log.exception("request.failed", command=command)
        with speaking("" if isinstance(request, Notice) else request.language):
            return say(
                _(
                    "Something went wrong on my side; it has been noted. Please try again in a minute."
                )
            )

    def _context(self) -> handlers.Context:
        s = self._settings
        return handlers.Context(
            self.store,
            self._known,
            self._names,
            self._clock(),
            s.contact,
            s.source_code,
            self._sources,
        )

    def _settle_successions(self) -> None:
        """Who followed a service that has another name now, goes on following it."""
        living = self._known.by_id.keys()
        if moved := self.store.successions.settle(self._known.successors, living):
            log.info("services.succeeded", subscriptions=moved)

    def _stopping(self) -> bool:
        return self._stop.is_set()

    # -- what this process does

    def _duties(self, fetcher: Fetcher) -> list[Duty]:
        """One for polling, and one for each platform. A file has one process, which need not ask for its duties."""
        roles, shared = self._settings.roles_of, self.store.path is None
        found = (
            [Duty(("poll",) if shared else (), lambda: self._poll(fetcher))]
            if "poll" in roles
            else []
        )
        for platform in self._platforms:
            mine = tuple(f"{role}:{platform.name}" for role in ("send", "chat") if role in roles)
            if mine:
                found.append(Duty(mine if shared else (), partial(self._serve_and_send, platform)))
        return found

    async def _poll(self, fetcher: Fetcher) -> None:
        poller = Poller(self.store, fetcher, self._sources, self._names, self._clock, self._worker)
        addresses = self._addresses(fetcher)
        await addresses.begin()
        ticks = {**self._ticks(fetcher, poller), "addresses": (3_600.0, addresses.look_due)}
        scheduler = schedule(
            {name: (every, self._tick(name, tick)) for name, (every, tick) in ticks.items()}
        )
        try:
            await self._stop.wait()
            scheduler.pause()
            await asyncio.Event().wait()  # until what is busy is done and this is cancelled
        finally:
            scheduler.shutdown(wait=False)
            await poller.close()

    def _ticks(self, fetcher: Fetcher, poller: Poller) -> dict[str, tuple[float, Tick]]:
        hold = timedelta(hours=self._settings.hold_hours)
        memories = (
            asyncio.Lock()
        )  # what is learnt and what is read of the past must not overwrite each other
        interpreter = Interpreter(
            self.store, fetcher, self._sources, self._names, self._clock, hold, self._stopping, self._summarizer(),
            self._deliverer.wake, memories, self._worker,
        )  # fmt: skip
        rememberer = Rememberer(
            self.store,
            fetcher,
            self._sources,
            self._names,
            self._clock,
            self._stopping,
            memories=memories,
            worker=self._worker,
        )
        every = self._settings.poll_tick
        operator = {"upkeep": (60.0, self._upkeep().remind_due)} if self._settings.operator else {}
        return {
            "poll": (
                every,
                partial(poller.poll_due, patience=0),
            ),  # a slow source must not delay the next tick
            "understand": (every, interpreter.understand_due),
            "remember": (every, rememberer.remember_due),
            "coverage": (600.0, self._coverage(fetcher).look_due),
            "remind": (max(every, 30.0), Reminder(self.store, self._known, self._clock).remind_due),
            **operator,
        }

    def _coverage(self, fetcher: Fetcher) -> Coverage:
        return Coverage(self.store, fetcher, self._sources, self._names, self._clock)

    def _addresses(self, fetcher: Fetcher) -> Addresses:
        private = self._settings.allow_private_networks
        return Addresses(
            self.store, fetcher, self._sources, self._collections, self._clock, private
        )

    def _upkeep(self) -> Upkeep:
        platform, _sep, chat = self._settings.operator.partition(":")
        return Upkeep(self.store, self._known, Address(platform, chat), self._clock)

    def _summarizer(self) -> Summarizer | None:
        s = self._settings
        return (
            Summarizer(s.summary_url, s.summary_model, s.summary_key.get_secret_value())
            if s.summary_url
            else None
        )

    def _tick(self, name: str, tick: Tick) -> Tick:
        async def run() -> None:
            task = asyncio.current_task()
            assert task
            self._busy.add(task)
            try:
                await tick()
            except StoreError as error:
                log.error("tick.failed", tick=name, why=str(error))
            except Exception:
                log.exception("tick.failed", tick=name)
            finally:
                self._busy.discard(task)

        return run

    # -- one platform

    async def _serve_and_send(self, platform: Platform) -> None:
        """Keep one platform up, and send on it what is due."""
        tasks = [asyncio.create_task(self._serve(platform))]
        if "send" in self._settings.roles_of:
            sending = asyncio.create_task(self._send(platform))
            self._busy.add(sending)
            sending.add_done_callback(self._busy.discard)
            tasks.append(sending)
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _send(self, platform: Platform) -> None:
        """Whoever sent before us is gone: what it had in flight is due again."""
        freed = await self._deliverer.recover(platform.name)
        until = await asyncio.to_thread(self.store.leases.held_off, platform.name)
        asked = (until - self._clock()).total_seconds() if until else 0.0
        platform.gate.hold(max(asked, AFTER_A_KILL if freed else 0.0))
        await self._deliverer.run(platform.name)

    async def _serve(self, platform: Platform) -> None:
        """Its failures are its own."""
        menu = [command.entry for command in handlers.COMMANDS]
        dispatch = self.dispatch if "chat" in self._settings.roles_of else None
        failures = 0
        while True:
            started = self._clock()
            try:
                await platform.run(menu, dispatch)
                await (
                    asyncio.Event().wait()
                )  # it ended of itself, as a console does; the rest goes on
            except Exception as error:  # noqa: BLE001 - one platform down does not stop the other
                failures = 1 if self._clock() - started > RESTART_CAP else failures + 1
                wait = back_off(RESTART_FIRST, failures, RESTART_CAP)
                log.error(
                    "platform.down",
                    platform=platform.name,
                    why=_why(error),
                    retry_in=round(wait.total_seconds()),
                )
            await asyncio.sleep(wait.total_seconds())


def _why(error: Exception) -> str:
    """The platform's own words where it gave any; never a traceback for what is not our bug."""
    return str(error) or type(error).__name__
