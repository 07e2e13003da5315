"""The interpreter: reads what an item needs, decides on it, and stores the decision."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot import matcher
from bot.feeds.fetch import FetchError
from bot.jobs import caps, faults
from bot.jobs.item_reader import GIVE_UP, ItemReader
from bot.jobs.lanes import Lanes, Locks, Order, Together, in_order
from bot.jobs.resources import Resources
from bot.jobs.summarise import Summarizer
from bot.jobs.trouble import Tell
from bot.model import Change, Item, Record, Story
from bot.runtime.backoff import back_off
from bot.runtime.bounded import OverLimitError
from bot.runtime.metrics import CHANGES, STORIES
from bot.runtime.traces import mark, span
from bot.store.items import DueItem, HeldChange
from bot.store.stories import OvertakenError
from bot.understand import hold as holding
from bot.understand.decide import Decision, Hold, Publish, Reading, Skip, decide, settle
from bot.understand.memory import Held
from bot.verdicts import Noise, Unread, Verdict

log = structlog.get_logger()

#: The wait after a first failure to read an item's texts, which doubles with each that follows.
BACK_OFF_FIRST = timedelta(minutes=5)
#: The longest wait between two tries.
BACK_OFF_CAP = timedelta(days=1)
#: What the operator is told of an item that is put aside, in the language of the log.
_ASIDE = "A change was put aside: {0} ({1}). It is looked at again when I start again."
#: The lane in which held changes of all sources are settled together.
ALL = ""
#: The most items that are read from the store at once.
BATCH = 50


class Interpreter:
    """Understands waiting items, and settles held ones; called by a tick.

    `hold` is how long a doubtful change is held, `queued` is called when alerts were queued, and
    `memories` are the locks for writing the memories of documents.
    """

    def __init__(
        self,
        resources: Resources,
        hold: timedelta = holding.HOLD,
        stopping: Callable[[], bool] = lambda: False,
        summarizer: Summarizer | None = None,
        queued: Callable[[], None] = lambda: None,
        memories: Locks | None = None,
    ) -> None:
        self._store = resources.store
        self._names = resources.names
        self._clock = resources.clock
        self._worker = resources.worker
        self._hold = hold
        self._stopping = stopping
        self._summarizer = summarizer
        self._queued = queued
        #: Locked from reading a document's memory until writing it, as others write memories too.
        self._memories = memories or Locks()
        self._reader = ItemReader(resources)
        self.trouble: Tell = lambda *_: None
        #: How long an alert waits for other documents of its service.
        self.gather = timedelta()
        self._together = Together()
        self._lanes = Lanes(self._understand_source)
        self._settling = Lanes(self._settle_due)
        self._order = Order()
        #: Without it, each of two lanes could find that the other has told nothing yet.
        self._publishing = asyncio.Lock()

    async def understand_due(self, patience: float | None = None) -> None:
        """Understand the waiting items, each source in its own task.

        Waits for `patience` seconds, or until all is done. A bad document does not stop the rest,
        nor does a source. Raises the last error of any source.
        """
        sources = await asyncio.to_thread(self._store.items.sources_due, self._clock())
        errors = await self._lanes.run(sources, patience)
        errors += await self._settling.run([ALL], patience)
        await self.fan_out()
        for error in errors:
            log.error("lane.failed", why=str(error))
        if errors:
            raise errors[-1]

    async def close(self) -> None:
        """Cancel what is running; it is repeated after the next start."""
        await self._lanes.close()
        await self._settling.close()

    async def _understand_source(self, source: str) -> None:
        """Understand the waiting items of one source."""
        looked_at: set[str] = set()
        while not self._stopping():
            due = await asyncio.to_thread(self._store.items.due, self._clock(), BATCH, source)
            fresh = [waiting for waiting in due if waiting.item.uid not in looked_at]
            if not fresh:
                return
            self._begin_batch(source, fresh)
            for waiting in in_order(fresh):
                looked_at.add(waiting.item.uid)
                async with self._order.turn(self._service(waiting), waiting):
                    if not self._stopping():
                        with span("understand", source=source):
                            await self._understand_or_postpone(waiting)
            await self.fan_out()

    def _begin_batch(self, source: str, fresh: Sequence[DueItem]) -> None:
        services = {waiting.item.uid: self._service(waiting) for waiting in fresh}
        self._together.begin(source, fresh, services, self._clock() + self.gather)
        for waiting in fresh:
            self._order.expect(services[waiting.item.uid], waiting)

    def _service(self, waiting: DueItem) -> str:
        return next(iter(self._names.services_of(waiting.item)), "")

    def _due(self, source: str, change: Change, story: Story | None) -> datetime:
        """When to tell a change: with others of its service, if some are being understood."""
        now = self._clock()
        return now if story else self._together.told_at(source, change.services, now)

    async def fan_out(self) -> None:
        """Queue the rest of stories that are only partly in the outbox.

        A large audience, or a crash, left them so. Raises StoreError.
        """
        while await asyncio.to_thread(self._store.outbox.fan_out) is not None:
            self._queued()

    async def _understand_or_postpone(self, waiting: DueItem) -> None:
        try:
            async with self._memories.of(waiting.item.document or waiting.item.uid):
                await self._understand(waiting)
        except FetchError as error:
            await self._postpone(waiting, error.why, error.retry_after)
        except OverLimitError as error:
            await self._postpone(waiting, str(error), None)
        except Exception as error:
            log.exception("item.failed", item=waiting.item.uid, source=waiting.item.source)
            await self._fault(waiting, type(error).__name__)

    async def _understand(self, waiting: DueItem) -> None:
        reading = await self._reader.read(waiting.item, waiting.attempts)
        if isinstance(reading, Skip):
            await self._skip(waiting.item, reading)
            return
        await self._tell(reading, lambda read: self._decided(read, waiting.attempts))

    async def _tell(
        self, reading: Reading, decide: Callable[[Reading], Awaitable[Decision]]
    ) -> None:
        """Decide and store the decision, again if others told something it may be a part of."""
        while True:
            try:
                await self._write(reading, await decide(reading))
                return
            except OvertakenError:
                reading = await self._reader.with_told_since(reading)

    async def _decided(self, reading: Reading, attempts: int) -> Decision:
        """The decision on an item.

        If its texts are beyond our limits, it is finally decided without them.
        """
        try:
            return await self._worker.run(decide, reading, self._names, self._hold)
        except OverLimitError:
            if attempts + 1 < GIVE_UP:
                raise
            if reading.text is None:
                return Skip(Unread.BEYOND_LIMITS)
            unread = Reading(
                reading.item, reading.edition, memory=reading.memory, told=reading.told
            )
            return await self._worker.run(decide, unread, self._names, self._hold)

    async def _settle_due(self, _all: str) -> None:
        """Tell the held changes that are due, if they still stand.

        Otherwise the document's memory forgets them.
        """
        for held in await asyncio.to_thread(self._store.items.held_due, self._clock(), BATCH):
            try:
                async with self._memories.of(held.item.document or held.item.uid):
                    await self._settle(held)
            except Exception:
                # A change that cannot be settled now stays held, and stops neither the others nor
                # the fan-out.
                log.exception("change.unsettled", item=held.item.uid, source=held.item.source)

    async def _settle(self, held: HeldChange) -> None:
        item, change = held.item, held.change
        memory = await self._reader.memory(item)
        edition = await self._reader.edition(item)
        reading = await self._reader.with_told(
            Reading(item, edition, memory=memory), change.services, change.recorded
        )
        await self._tell(reading, lambda read: self._worker.run(settle, change, read))

    # -- writing

    async def _write(self, reading: Reading, decision: Decision) -> None:
        item = reading.item
        match decision:
            case Skip():
                await self._skip(item, decision)
            case Hold(change, memory, until):
                await asyncio.to_thread(self._store.items.hold, item, change, memory, until)
                log.info("change.held", item=item.uid, services=change.services, why=change.doubt)
            case Publish(change, story, memory):
                summarized = await self._summarized(change, story)
                async with self._publishing:
                    await self._publish(reading, summarized, story, memory)
            case _:
                assert_never(decision)

    async def _skip(self, item: Item, skip: Skip) -> None:
        if isinstance(skip.why, Noise):
            CHANGES.labels("noise").inc()
        # If the text was not fetched, the stored memory of its document is out of date.
        unfetched = skip.why is Unread.NOBODY_FOLLOWS
        await asyncio.to_thread(self._store.items.skip, item, skip.why, skip.memory, unfetched)

    async def _summarized(self, change: Change, story: Story | None) -> Change:
        """The change with a summary by a language model, if one is set and a story begins."""
        if self._summarizer is None or story is not None:
            return change
        if change.verdict is not Verdict.MATERIAL or change.record is not Record.CHANGE:
            return change
        return await self._summarizer.add(change, self._names.label(change.services[0]))

    async def _publish(
        self, reading: Reading, change: Change, story: Story | None, memory: Held | None
    ) -> None:
        item = reading.item
        publish = self._store.stories.publish
        joins = story is not None
        change = await asyncio.to_thread(
            caps.within, change, joins, item, self._store, self._clock()
        )
        audience = matcher.audience(change, story, self._names.for_others)
        queued = await asyncio.to_thread(
            publish,
            item,
            change,
            memory,
            story,
            audience,
            self._clock(),
            self._due(item.source, change, story),
            reading.mark,
        )
        self._queued()
        CHANGES.labels(change.verdict.value).inc()
        if change.verdict is Verdict.MATERIAL and not joins:
            STORIES.inc()
        mark(severity=change.verdict.value)
        log.info(
            "change.understood",
            item=item.uid,
            services=change.services,
            verdict=change.verdict.value,
            joins=story.id if story else None,
            queued=queued,
        )

    async def _fault(self, waiting: DueItem, why: str) -> None:
        """Retry an item after a bug of ours; in the end put it aside and tell the operator."""
        if waiting.attempts + 1 < faults.TRIES:
            await self._postpone(waiting, why, None)
            return
        uid = waiting.item.uid
        await asyncio.to_thread(self._store.items.put_aside, uid, why)
        log.error("item.put_aside", item=uid, source=waiting.item.source, why=why)
        await asyncio.to_thread(self.trouble, _ASIDE.format(uid, why), self._clock())

    async def _postpone(self, waiting: DueItem, why: str, asked: timedelta | None) -> None:
        item, attempts = waiting.item, waiting.attempts
        wait = max(back_off(BACK_OFF_FIRST, attempts + 1, BACK_OFF_CAP), asked or timedelta())
        log.warning(
            "item.postponed",
            item=item.uid,
            why=why,
            attempts=attempts + 1,
            wait=round(wait.total_seconds()),
        )
        await asyncio.to_thread(self._store.items.postpone, item.uid, self._clock() + wait, why)
