"""The application: builds, starts, supervises and stops every part of the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import structlog

import handlers
from bot import catalogue
from bot.feeds.fetch import Fetcher
from bot.jobs.copying import Copies
from bot.jobs.deliver import Deliverer
from bot.jobs.trouble import Trouble
from bot.message import Message
from bot.model import Address, Source
from bot.outcomes import Notice
from bot.platform import Hint, Platform, Request
from bot.render.delivery import Words
from bot.runtime.answering import Answering
from bot.runtime.bounded import HERE, Bounded, Worker
from bot.runtime.leases import Duties, Duty
from bot.runtime.lock import Lock
from bot.runtime.noticing import Noticing
from bot.runtime.pool import pooled
from bot.runtime.serving import Serving
from bot.runtime.watching import Watching, stuck_of
from bot.settings import Settings
from bot.shards import duty_of
from bot.store import Store
from bot.store.copies.folder import folder_of
from bot.store.upgrades import open_safely
from bot.watch.heart import Heart
from bot.web.site import Site, invited_by, serving

log = structlog.get_logger()

#: Seconds that a stop waits for ticks and deliveries in flight.
GRACE_SECONDS = 10.0


def utc_now() -> datetime:
    """The time by the clock of this machine."""
    return datetime.now(UTC)


def _never() -> datetime | None:
    """The time of the newest backup of an instance that makes none: None."""
    return None


class App:
    """One running bot, which serves `platforms` from one store and one event loop."""

    def __init__(
        self,
        settings: Settings,
        sources: Sequence[Source],
        platforms: Sequence[Platform],
        clock: Callable[[], datetime] = utc_now,
        collections: str = "",
        heart: Heart | None = None,
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
        self._heart = heart or Heart()
        place = folder_of(settings.backups, self.store.database)
        self._copies = Copies(self.store, place, clock) if place else None
        self._stuck = stuck_of(self._trouble.tell, clock)
        #: Tasks that a stop lets finish: ticks, and deliveries in flight.
        self._busy: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set.

        Raises LockError, StoreError and OSError before anything has started.
        """
        self._stop = stop
        async with AsyncExitStack() as stack:
            if self.store.path:
                stack.enter_context(Lock(self.store.path))
            await asyncio.to_thread(self._open)
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
            await self._show(stack)
            served = [self._serving(each) for each in self._platforms]
            await stack.enter_async_context(self._watched(served))
            await self._do_duties(self._duties(fetcher, served), stop)

    async def _show(self, stack: AsyncExitStack) -> None:
        """Serve the web pages if they are switched on. Raises OSError if the address is taken."""
        if not self._settings.web or "web" not in self._settings.roles_of:
            return
        site = serving(self._site(), self._settings.web)
        log.info("web.listening", at=await stack.enter_async_context(site))
        if not self._settings.pages:
            log.warning("web.no_address", why="SMALLPRINT_WEB_URL is not set")

    def _watched(self, served: Sequence[Serving]) -> AbstractAsyncContextManager[None]:
        return Watching(
            self._settings,
            self.store,
            self._known,
            self._sources,
            served,
            self._heart,
            self._owner,
            self._clock,
            self._copies.newest if self._copies else None,
            self._operator(),
            self._trouble.tell,
        ).running()

    async def _do_duties(self, ours: Sequence[Duty], stop: asyncio.Event) -> None:
        """Do the duties until `stop` is set or one fails; raise the error of the first to fail."""
        duties = Duties(self.store, self._owner, self._clock)
        doing = [asyncio.create_task(duties.do(duty)) for duty in ours]
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

    def _open(self) -> None:
        """Open the database; if its schema must be upgraded, back it up first."""
        open_safely(self.store.database, self._settings.backups, self._clock())

    def _settle_successions(self) -> None:
        """Move subscriptions from services that were renamed or replaced to their successors."""
        living = self._known.by_id.keys()
        if moved := self.store.successions.settle(self._known.successors, living):
            log.info("services.succeeded", subscriptions=moved)

    def _stopping(self) -> bool:
        return self._stop.is_set()

    def _site(self) -> Site:
        """The parts of the bot that the web pages may use."""
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
            self._settings.admin_token.get_secret_value(),
            self._copies.newest if self._copies else _never,
        )

    # -- the duties of this process

    def _duties(self, fetcher: Fetcher, served: Sequence[Serving]) -> list[Duty]:
        """The duties of this process: polling, answering on each platform, and sending.

        Several processes can share the sending on a platform. A SQLite database has only one
        process, which needs no leases for its duties.
        """
        roles = self._settings.roles_of
        alone = self.store.path is not None
        found = []
        if "poll" in roles:
            poll = partial(self._noticing().run, fetcher, self._worker)
            found.append(Duty(() if alone else ("poll",), poll))
        for each in served:
            platform = each.platform.name
            found.append(Duty((), each.keep_up))
            if "chat" in roles:
                found.append(Duty(() if alone else (f"chat:{platform}",), each.answer))
            for shard in range(each.senders if "send" in roles else 0):
                names = () if alone else (duty_of(platform, shard, each.senders),)
                agree = "" if alone else str(each.senders)
                send = partial(each.send, shard)
                found.append(Duty(names, send, f"send:{platform}", agree))
        return found

    def _serving(self, platform: Platform) -> Serving:
        """The server of a platform in this process; with SQLite, one process does all sending."""
        return Serving(
            platform,
            self.store,
            self._deliverer,
            self._clock,
            [command.entry for command in handlers.COMMANDS],
            self.dispatch,
            self._busy,
            1 if self.store.path else self._settings.senders,
            self._stuck,
        )

    def _noticing(self) -> Noticing:
        return Noticing(
            self._settings,
            self.store,
            self._known,
            self._clock,
            self._sources,
            self._collections,
            self._operator(),
            self._stop,
            self._busy,
            self._deliverer.wake,
            self._trouble.tell,
            self._stuck,
            self._copies,
        )

    def _operator(self) -> Address | None:
        """The operator's own chat, or None if none is set."""
        platform, _sep, chat = self._settings.operator.partition(":")
        return Address(platform, chat) if chat else None
