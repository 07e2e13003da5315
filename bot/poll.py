"""Feed in, outbox out: ask the sources that are due, understand what is new, queue what concerns somebody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot import feeds, matcher
from bot.backoff import back_off, jittered
from bot.feeds import texts
from bot.feeds.fetch import Fetcher, FetchError, Page, Validators
from bot.feeds.ota import edition_of
from bot.feeds.syndication import NotAFeedError
from bot.model import Change, Cursor, Held, Item, Record, Source, SourceKind, Verdict
from bot.store import Store
from bot.understand import Edition, learn, understand_change, understand_text, understand_unread
from bot.understand.names import Names
from bot.understand.stories import story_of

log = structlog.get_logger()

#: A full answer at least this often, because some servers say 304 for ever.
FULL_EVERY = timedelta(days=1)
BACK_OFF_CAP = timedelta(days=1)
#: Trackers record in bursts and not quite in order. What a service feed holds from before is old news.
OUT_OF_ORDER = timedelta(days=1)
#: How long a collection without a feed is read from GitHub before its feed is tried again.
FALLBACK_FOR = timedelta(days=7)
#: After this many failures (about a day and a half) a change is told without its text.
GIVE_UP = 8
AT_ONCE = 8
BATCH = 50


class Poller:
    """The two halves of polling; each is called by a tick and does what is due."""

    def __init__(
        self, store: Store, fetcher: Fetcher, sources: Iterable[Source], names: Names, clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        self._stopping = stopping
        self._store, self._fetcher, self._names, self._clock = store, fetcher, names, clock
        self._sources = {source.id: source for source in sources}
        self._editions: dict[str, Edition] = {}

    async def poll_due(self) -> None:
        """Ask every source that is due, a few at a time; one bad source does not stop the others."""
        due = await asyncio.to_thread(self._store.sources_due, list(self._sources), self._clock())
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(source: Source, cursor: Cursor) -> None:
            async with slots:
                await self._poll(source, cursor)

        await asyncio.gather(*(one(self._sources[source_id], cursor) for source_id, cursor in due))

    async def understand_due(self) -> None:
        """Understand the items that wait, oldest first. One bad document does not stop the rest."""
        due = await asyncio.to_thread(self._store.items_due, self._clock(), BATCH)
        for item, attempts in due:
            if self._stopping():
                return
            try:
                await self._understand(item, attempts)
            except FetchError as error:
                await self._postpone(item, attempts, error.why, error.retry_after)
            except Exception as error:
                log.exception("item.failed", item=item.uid, source=item.source)
                await self._postpone(item, attempts, type(error).__name__, None)

    # -- asking a source

    async def _poll(self, source: Source, cursor: Cursor) -> None:
        now = self._clock()
        fallback = self._falls_back(source, cursor, now)
        try:
            page = await self._ask(source, cursor, fallback, now)
            found = await self._read(source, cursor, page, fallback, now)
        except FetchError as error:
            await self._failed(source, cursor, error, now)
            return
        except NotAFeedError as error:
            await self._failed(source, cursor, FetchError(str(error)), now)
            return
        fresh = await asyncio.to_thread(
            self._store.keep, source.id, found, self._after(cursor, page, found, now), now, self._next(source, page, now)
        )
        if fresh:
            log.info("source.items", source=source.id, new=fresh, learned_only=not cursor.learned)

    async def _ask(self, source: Source, cursor: Cursor, fallback: bool, now: datetime) -> Page:
        full = cursor.full_at is None or now - cursor.full_at >= FULL_EVERY
        known = None if full else Validators(cursor.etag, cursor.last_modified)
        return await self._fetcher.get(feeds.url_of(source, fallback=fallback), known)

    async def _read(self, source: Source, cursor: Cursor, page: Page, fallback: bool, now: datetime) -> list[Item]:
        if page.body is None or page.body_hash == cursor.body_hash:
            return []
        found = await asyncio.to_thread(feeds.read, source, page.body, now, fallback)
        versions = source.kind in (SourceKind.COLLECTION, SourceKind.GITHUB)
        if versions and found and "newest" in cursor.notes and cursor.last_uid not in {item.uid for item in found}:
            log.warning("source.gap", source=source.id, entries=len(found))
            since = datetime.fromisoformat(cursor.notes["newest"]) - OUT_OF_ORDER
            found += [item for item in await self._fill(source, fallback, now) if item.when >= since]
        return found

    async def _fill(self, source: Source, fallback: bool, now: datetime) -> list[Item]:
        """The page no longer holds what we saw last, so entries were missed: read the service feeds."""
        found: list[Item] = []
        for service_id in sorted(await asyncio.to_thread(self._store.watched)):
            service = self._names.get(service_id)
            for folder in service.folders if service else ():
                try:
                    page = await self._fetcher.get(feeds.url_of(source, folder, fallback))
                except FetchError as error:
                    if error.status == 404:
                        continue
                    raise
                found += await asyncio.to_thread(feeds.read, source, page.body or b"", now, fallback)
        return found

    async def _failed(self, source: Source, cursor: Cursor, error: FetchError, now: datetime) -> None:
        if error.status == 404 and source.kind is SourceKind.COLLECTION and source.github and "fallback" not in cursor.notes:
            log.warning("source.fallback", source=source.id, to=source.github)
            cursor = Cursor(notes={**cursor.notes, "fallback": now.isoformat()}, learned=cursor.learned)
            await asyncio.to_thread(self._store.source_failed, source.id, cursor, "no feed; read from GitHub instead", now)
            return
        cursor = replace(cursor, failures=cursor.failures + 1)
        wait = max(back_off(timedelta(seconds=source.every), cursor.failures, BACK_OFF_CAP), error.retry_after or timedelta())
        log.warning(
            "source.failed", source=source.id, why=error.why, failures=cursor.failures, wait=round(wait.total_seconds())
        )
        await asyncio.to_thread(self._store.source_failed, source.id, cursor, error.why, now + wait)

    def _falls_back(self, source: Source, cursor: Cursor, now: datetime) -> bool:
        since = cursor.notes.get("fallback")
        if since and now - datetime.fromisoformat(since) < FALLBACK_FOR:
            return True
        cursor.notes.pop("fallback", None)
        return False

    def _after(self, cursor: Cursor, page: Page, found: list[Item], now: datetime) -> Cursor:
        if page.body is None:
            return replace(cursor, failures=0)
        return replace(
            cursor, etag=page.validators.etag, last_modified=page.validators.last_modified, body_hash=page.body_hash,
            last_uid=found[0].uid if found else cursor.last_uid, full_at=now, failures=0,
            notes={**cursor.notes, **({"newest": max(item.when for item in found).isoformat()} if found else {})},
        )  # fmt: skip

    def _next(self, source: Source, page: Page, now: datetime) -> datetime:
        every = max(timedelta(seconds=source.every), page.fresh_for or timedelta())
        return now + jittered(every)

    # -- understanding an item

    async def _understand(self, item: Item, attempts: int) -> None:
        if item.document is None:
            change = await asyncio.to_thread(understand_text, item, self._names)
            await self._publish(item, change, None)
            return
        service = self._names.of_folder(item.document.service)
        if service not in await asyncio.to_thread(self._store.watched):
            await asyncio.to_thread(self._store.skip, item, "nobody here follows the service", None, True)
            return
        held = await asyncio.to_thread(self._store.held, item.document)
        if held and held.recorded >= item.when:
            await asyncio.to_thread(self._store.skip, item, "a later version was understood already")
        elif item.record is Record.CHANGE:
            await self._understand_change(item, held, attempts)
        else:
            why = "now tracked" if item.record is Record.FIRST else "the tracker changed, not the terms"
            recorded = await texts.text_after(self._fetcher, self._sources[item.source], item)
            learnt = await self._learn(item, recorded.text, held)
            await asyncio.to_thread(self._store.skip, item, why, learnt)

    async def _understand_change(self, item: Item, held: Held | None, attempts: int) -> None:
        try:
            recorded = await texts.text_after(self._fetcher, self._sources[item.source], item)
            if held is None:
                held = await self._learn_before(item, recorded)
            if held is None:
                learnt = await self._learn(item, recorded.text)
                await asyncio.to_thread(self._store.skip, item, "no earlier text to compare with: learnt", learnt)
                return
        except FetchError:
            if attempts + 1 < GIVE_UP:
                raise
            await self._publish(item, understand_unread(item, self._names), None)
            return
        edition = await self._edition(self._sources[item.source])
        change = await asyncio.to_thread(understand_change, item, held, recorded.text, edition, self._names)
        await self._publish(item, change, await self._learn(item, recorded.text, held))

    async def _learn_before(self, item: Item, after: texts.Recorded) -> Held | None:
        """The document as it was before an item, or None where the collection holds nothing before it."""
        try:
            earlier = await texts.text_before(self._fetcher, self._sources[item.source], item, after)
        except FetchError as error:
            if error.status == 404:
                return None
            raise
        return await self._learn(item, earlier)

    async def _learn(self, item: Item, text: str, held: Held | None = None) -> Held:
        edition = await self._edition(self._sources[item.source])
        return await asyncio.to_thread(learn, item, text, held, edition.language)

    async def _publish(self, item: Item, change: Change, held: Held | None) -> None:
        story = None
        if change.verdict is Verdict.MATERIAL:
            told = await asyncio.to_thread(self._store.stories_about, change.services, change.recorded)
            story = story_of(change, told)
        audience, now = matcher.audience(change), self._clock()
        queued = await asyncio.to_thread(self._store.publish, item, change, held, story, audience, now)
        log.info(
            "change.understood", item=item.uid, services=change.services, verdict=change.verdict.value,
            joins=story.id if story else None, queued=queued,
        )  # fmt: skip

    async def _postpone(self, item: Item, attempts: int, why: str, asked: timedelta | None) -> None:
        wait = max(back_off(timedelta(minutes=5), attempts + 1, BACK_OFF_CAP), asked or timedelta())
        log.warning("item.postponed", item=item.uid, why=why, attempts=attempts + 1, wait=round(wait.total_seconds()))
        await asyncio.to_thread(self._store.postpone, item.uid, self._clock() + wait, why)

    async def _edition(self, source: Source) -> Edition:
        """What the operator says of a collection, else what the collection says of itself."""
        if source.jurisdiction or source.kind is not SourceKind.COLLECTION:
            return Edition(source.jurisdiction, source.language)
        if source.id not in self._editions:
            try:
                body = (await self._fetcher.get(f"{source.url}metadata")).body or b""
            except FetchError:
                return Edition(language=source.language)  # a hint that is missing holds up nothing
            jurisdiction, language = edition_of(body)
            self._editions[source.id] = Edition(jurisdiction, language)
        return self._editions[source.id]
