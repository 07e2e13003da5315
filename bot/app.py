"""The one place where everything meets: build, start, supervise, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta

import structlog

import handlers
from bot import catalogue
from bot.backoff import back_off
from bot.chat import Chat, Message, Request
from bot.deliver import Deliverer
from bot.feeds.fetch import Fetcher
from bot.interpret import Interpreter
from bot.lock import Lock
from bot.model import Source
from bot.poll import Poller
from bot.remember import Rememberer
from bot.render.words import say
from bot.scheduler import Tick, schedule
from bot.settings import Settings
from bot.store import Store, StoreError
from bot.summary import Summarizer
from bot.understand.names import Names

log = structlog.get_logger()

RESTART_FIRST, RESTART_CAP = timedelta(seconds=2), timedelta(minutes=5)
#: How long a stop waits for what is in flight.
GRACE = 10.0


def utc_now() -> datetime:
    return datetime.now(UTC)


class App:
    """One running bot. `chats` are the platforms to serve; all of them share one store and one loop."""

    def __init__(
        self, settings: Settings, sources: Sequence[Source], chats: Sequence[Chat], clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.store = Store(settings.database)
        self._settings, self._sources, self._chats, self._clock = settings, sources, chats, clock
        self._known = catalogue.load()
        self._names = Names(self._known.services)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set. Raises LockError and StoreError before anything has started."""
        async with AsyncExitStack() as stack:
            if self.store.path:
                stack.enter_context(Lock(self.store.path))
            await asyncio.to_thread(self.store.open)
            stack.callback(self.store.close)
            # Cancelling a task does not stop its thread: those finish before the database is closed.
            stack.push_async_callback(asyncio.get_running_loop().shutdown_default_executor)
            await asyncio.to_thread(self.store.release, self._clock())
            fetcher = await stack.enter_async_context(Fetcher(self._settings.user_agent, self._settings.allow_private_networks))
            busy: set[asyncio.Task[None]] = set()
            scheduler = schedule(
                {name: (every, _tick(name, tick, busy)) for name, (every, tick) in self._ticks(fetcher, stop).items()}
            )
            stack.callback(scheduler.shutdown, wait=False)
            serving = [asyncio.create_task(self._serve(chat)) for chat in self._chats]
            await stop.wait()
            log.info("app.stopping")
            scheduler.pause()
            if busy:
                await asyncio.wait(busy, timeout=GRACE)
            for task in serving:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*serving)

    async def dispatch(self, request: Request) -> Message:
        """Answer one request; whatever goes wrong, the chat gets words and the log gets the reason."""
        try:
            return await asyncio.to_thread(handlers.answer, request, self._context())
        except StoreError as error:
            log.error("request.failed", command=request.command[:40], why=str(error))
        except Exception:
            log.exception("request.failed", command=request.command[:40])
        return say("Something went wrong on my side; it has been noted. Please try again in a minute.")

    def _context(self) -> handlers.Context:
        return handlers.Context(self.store, self._known, self._names, self._clock(), self._settings.contact)

    def _ticks(self, fetcher: Fetcher, stop: asyncio.Event) -> dict[str, tuple[float, Tick]]:
        poller = Poller(self.store, fetcher, self._sources, self._names, self._clock)
        hold = timedelta(hours=self._settings.hold_hours)
        summarizer = self._summarizer()
        interpreter = Interpreter(
            self.store, fetcher, self._sources, self._names, self._clock, hold, stop.is_set, summarizer
        )  # fmt: skip
        rememberer = Rememberer(self.store, fetcher, self._sources, self._names, self._clock, stop.is_set)
        deliverer = Deliverer(self.store, self._chats, self._known, self._names, self._clock, stop.is_set)
        every = self._settings.poll_tick
        return {
            "poll": (every, poller.poll_due),
            "understand": (every, interpreter.understand_due),
            "remember": (every, rememberer.remember_due),
            "deliver": (min(every, 1.0), deliverer.deliver_due),
        }

    def _summarizer(self) -> Summarizer | None:
        s = self._settings
        return Summarizer(s.summary_url, s.summary_model, s.summary_key.get_secret_value()) if s.summary_url else None

    async def _serve(self, chat: Chat) -> None:
        """Keep one platform up; its failures are its own."""
        menu = [command.entry for command in handlers.COMMANDS]
        failures = 0
        while True:
            started = self._clock()
            try:
                await chat.run(menu, self.dispatch)
                return
            except Exception as error:  # noqa: BLE001 - one platform down does not stop the other
                failures = 1 if self._clock() - started > RESTART_CAP else failures + 1
                wait = back_off(RESTART_FIRST, failures, RESTART_CAP)
                log.error("platform.down", platform=chat.platform, why=_why(error), retry_in=round(wait.total_seconds()))
            await asyncio.sleep(wait.total_seconds())


def _why(error: Exception) -> str:
    """The platform's own words where it gave any; never a traceback for what is not our bug."""
    return str(error) or type(error).__name__


def _tick(name: str, tick: Tick, busy: set[asyncio.Task[None]]) -> Tick:
    async def run() -> None:
        task = asyncio.current_task()
        assert task
        busy.add(task)
        try:
            await tick()
        except StoreError as error:
            log.error("tick.failed", tick=name, why=str(error))
        except Exception:
            log.exception("tick.failed", tick=name)
        finally:
            busy.discard(task)

    return run
