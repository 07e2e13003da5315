"""Feeds in, items out: ask the sources that are due, politely, and miss nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

import structlog

from bot import feeds
from bot.backoff import back_off, jittered
from bot.feeds import github
from bot.feeds.fetch import PER_HOST, Fetcher, FetchError, Page, Validators, host_of
from bot.feeds.syndication import NotAFeedError
from bot.model import Cursor, Item, Source, SourceKind
from bot.store import Store, StoreError
from bot.understand.names import Names

log = structlog.get_logger()

#: A full answer at least this often, because some servers say 304 for ever.
FULL_EVERY = timedelta(days=1)
BACK_OFF_CAP = timedelta(days=1)
#: Trackers record in bursts and not quite in order. What a service feed holds from before is old news.
OUT_OF_ORDER = timedelta(days=1)
#: How long a collection without a feed is read from GitHub before its feed is tried again.
FALLBACK_FOR = timedelta(days=7)
AT_ONCE = 50
TURN = 5.0
#: A source that says that it is gone for good is asked again after this time.
GONE_FOR = timedelta(days=30)
#: So many links of a feed are remembered with the ids under which they were first seen.
REMEMBERED = 200
BY_PEOPLE = (SourceKind.MEMOS, SourceKind.NEWS)


class Poller:
    """Asks what is due; called by a tick."""

    def __init__(
        self, store: Store, fetcher: Fetcher, sources: Iterable[Source], names: Names, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._fetcher, self._names, self._clock = store, fetcher, names, clock
        self._sources = {source.id: source for source in sources}
        self._asking: set[str] = set()
        self._workers: set[asyncio.Task[None]] = set()
        #: Sources that had nothing new since the last tick: they are noted together.
        self._unchanged: dict[str, datetime] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def poll_due(self, patience: float = TURN) -> None:
        """Ask every source that is due and not being asked; neither a bad one nor a slow one stops the others.

        Waits so many seconds for the answers; what comes later is taken up as well, beside the next calls.
        """
        due = await asyncio.to_thread(self._store.sources.due, self._sources, self._clock())
        lines: defaultdict[str, deque[tuple[Source, Cursor]]] = defaultdict(deque)
        for asked in due:
            if asked.id not in self._asking and asked.id not in self._unchanged:
                self._asking.add(asked.id)
                source = self._sources[asked.id]
                lines[host_of(source.url or github.FEEDS)].append((source, asked.cursor))
        # Each host has workers of its own, so that a slow one keeps only its own sources waiting.
        self._workers |= {
            asyncio.create_task(self._work(line)) for line in lines.values() for _ in range(min(PER_HOST, len(line)))
        }
        if self._workers:
            _, self._workers = await asyncio.wait(self._workers, timeout=patience)
        await self._note_unchanged()

    async def close(self) -> None:
        """Stop asking."""
        for task in self._workers:
            task.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    # -- asking a source

    async def _work(self, line: deque[tuple[Source, Cursor]]) -> None:
        while line:
            source, cursor = line.popleft()
            try:
                async with self._slots:
                    await self._poll_or_note(source, cursor)
            except StoreError as error:
                log.error("source.not_kept", source=source.id, why=str(error))
            except Exception:
                log.exception("source.broke", source=source.id)
            finally:
                self._asking.discard(source.id)

    async def _note_unchanged(self) -> None:
        if self._unchanged:
            noted, self._unchanged = self._unchanged, {}
            await asyncio.to_thread(self._store.sources.unchanged, noted, self._clock())

    async def _poll_or_note(self, source: Source, cursor: Cursor) -> None:
        """What breaks us is noted like what fails: else it would be asked again at every tick."""
        try:
            await self._poll(source, cursor)
        except StoreError:
            raise
        except Exception as error:
            log.exception("source.broke", source=source.id)
            await self._failed(source, cursor, FetchError(type(error).__name__), self._clock())

    async def _poll(self, source: Source, cursor: Cursor) -> None:
        now = self._clock()
        fallback = self._falls_back(cursor, now)
        try:
            page = await self._ask(source, cursor, fallback, now)
            found = await self._read(source, cursor, page, fallback, now)
        except FetchError as error:
            await self._failed(source, cursor, error, now)
            return
        except NotAFeedError as error:
            await self._failed(source, cursor, FetchError(str(error)), now)
            return
        if page.body is None and not cursor.failures:
            self._unchanged[source.id] = self._next(source, page, now)
            return
        if source.kind in BY_PEOPLE:
            found, cursor = self._without_known(source, cursor, found)
            cursor = self._moved(source, cursor, page)
        fresh = await asyncio.to_thread(
            self._store.items.keep, source.id, found, self._after(cursor, page, found, now), now, self._next(source, page, now)
        )
        if fresh:
            log.info("source.items", source=source.id, new=fresh, learned_only=not cursor.learned)

    async def _ask(self, source: Source, cursor: Cursor, fallback: bool, now: datetime) -> Page:
        full = cursor.full_at is None or now - cursor.full_at >= FULL_EVERY
        known = None if full else Validators(cursor.etag, cursor.last_modified)
        return await self._fetcher.get(cursor.notes.get("url") or feeds.url_of(source, fallback=fallback), known)

    def _without_known(self, source: Source, cursor: Cursor, found: list[Item]) -> tuple[list[Item], Cursor]:
        """Entries seen before that come back under other ids are no news: some feeds change all their ids."""
        before = dict(mark.split("=") for mark in cursor.notes.get("page", "").split())
        here = {_mark(item.uid) for item in found}

        def first_id(item: Item) -> str:
            """The id under which the entry's link was first seen, unless that entry is still here as well."""
            earlier = before.get(_mark(item.link), "")
            return earlier if item.link and earlier and earlier not in here else _mark(item.uid)

        known = {item.uid for item in found if first_id(item) != _mark(item.uid)}
        if len(known) > len(found) / 2:
            log.warning("source.other_ids", source=source.id, entries=len(known))
        if found:
            marks = {**{_mark(item.link): first_id(item) for item in found}, **before}
            page = " ".join(f"{link}={uid}" for link, uid in list(marks.items())[:REMEMBERED])
            cursor = replace(cursor, notes={**cursor.notes, "page": page})
        return [item for item in found if item.uid not in known], cursor

    def _moved(self, source: Source, cursor: Cursor, page: Page) -> Cursor:
        """A new address counts once the server has said twice in a row that it is for good."""
        notes = {**cursor.notes}
        if page.moved_to and page.moved_to == notes.pop("moving", ""):
            notes["url"] = page.moved_to
            log.warning("source.moved", source=source.id, to=page.moved_to)
        elif page.moved_to:
            notes["moving"] = page.moved_to
        return replace(cursor, notes=notes)

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
        for service_id in sorted(await asyncio.to_thread(self._store.subscriptions.watched)):
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
        falls_back = source.kind is SourceKind.COLLECTION and source.github and not self._falls_back(cursor, now)
        if error.status == 404 and falls_back:
            log.warning("source.fallback", source=source.id, to=source.github)
            cursor = Cursor(notes={**cursor.notes, "fallback": now.isoformat()}, learned=cursor.learned)
            await asyncio.to_thread(self._store.sources.failed, source.id, cursor, "no feed; read from GitHub instead", now)
            return
        if cursor.notes.get("url"):  # what it moved to does not answer: back to where the operator said
            cursor = replace(
                cursor, notes={name: value for name, value in cursor.notes.items() if name not in ("url", "moving")}
            )
        cursor = replace(cursor, failures=cursor.failures + 1)
        if error.status == 410:
            log.error("source.gone", source=source.id, why=error.why)
            await asyncio.to_thread(self._store.sources.failed, source.id, cursor, error.why, now + GONE_FOR)
            return
        wait = max(back_off(timedelta(seconds=source.every), cursor.failures, BACK_OFF_CAP), error.retry_after or timedelta())
        log.warning(
            "source.failed", source=source.id, why=error.why, failures=cursor.failures, wait=round(wait.total_seconds())
        )
        await asyncio.to_thread(self._store.sources.failed, source.id, cursor, error.why, now + wait)

    @staticmethod
    def _falls_back(cursor: Cursor, now: datetime) -> bool:
        since = cursor.notes.get("fallback", "")
        return bool(since) and now - datetime.fromisoformat(since) < FALLBACK_FOR

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


def _mark(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()
