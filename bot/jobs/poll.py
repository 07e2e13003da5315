"""Feeds in, items out: ask the sources that are due, politely, and miss nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot import feeds
from bot.catalogue.names import Names
from bot.feeds import UNREADABLE, Found, Unreadable, branches, github, secure, terms_types, timing
from bot.feeds.fetch import PER_HOST, Fetcher, FetchError, Page, Validators, host_of
from bot.feeds.record_dates import newest_of_a_moment
from bot.jobs.gaps import Gaps
from bot.model import Cursor, Item, Source, SourceKind
from bot.runtime.bounded import HERE, Worker
from bot.store import Store, StoreError
from bot.understand.marks import seen_in

log = structlog.get_logger()

#: How long a collection without a feed is read from GitHub before its feed is tried again.
FALLBACK_FOR = timedelta(days=7)
AT_ONCE = 50
TURN = 5.0
#: Sources of one host that are due, and what is remembered of each.
Line = deque[tuple[Source, Cursor]]
BY_PEOPLE = (SourceKind.MEMOS, SourceKind.NEWS)
#: What is noted of a move: where it says that it goes, where it is read since, and instead of what.
MOVES = ("moving", "url", "moved_from")


class Poller:
    """Asks what is due; called by a tick."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        sources: Iterable[Source],
        names: Names,
        clock: Callable[[], datetime],
        worker: Worker = HERE,
    ) -> None:
        self._store, self._fetcher, self._clock = store, fetcher, clock
        self._sources = {source.id: source for source in sources}
        self._worker = worker
        self._gaps, self._unknown = Gaps(store, fetcher, names, self._worker), terms_types.Unknown()
        self._folders = frozenset(
            folder for service in names.services for folder in service.folders
        )
        self._asking: set[str] = set()
        self._workers: set[asyncio.Task[None]] = set()
        #: Sources that had nothing new since the last tick: they are noted together.
        self._unchanged: dict[str, datetime] = {}
        #: Those of them that are read at another address than the operator's.
        self._moved_away: set[str] = set()
        #: Turns of hosts: with each one source of its line may be asked. A host never has more
        #: than PER_HOST of them, so that a slow one keeps only its own sources waiting.
        self._turns: deque[Line] = deque()

    async def poll_due(self, patience: float = TURN) -> None:
        """Ask every source that is due and not being asked; neither a bad one nor a slow one stops the others.

        Waits so many seconds for the answers; what comes later is taken up as well, beside the next calls.
        """
        due = await asyncio.to_thread(self._store.sources.due, self._sources, self._clock())
        lines: defaultdict[str, Line] = defaultdict(deque)
        for asked in due:
            if asked.id not in self._asking and asked.id not in self._unchanged:
                self._asking.add(asked.id)
                source = self._sources[asked.id]
                lines[host_of(source.url or github.FEEDS)].append((source, asked.cursor))
        for line in lines.values():
            self._turns.extend([line] * min(PER_HOST, len(line)))
        free = AT_ONCE - sum(not task.done() for task in self._workers)
        self._workers |= {
            asyncio.create_task(self._work()) for _ in range(min(free, len(self._turns)))
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

    async def _work(self) -> None:
        """Ask one source after another, the hosts in turn, until none is left to be asked."""
        while self._turns:
            line = self._turns.popleft()
            if not line:
                continue
            source, cursor = line.popleft()
            try:
                await self._poll_or_note(source, cursor)
            except StoreError as error:
                log.error("source.not_kept", source=source.id, why=str(error))
            except Exception:
                log.exception("source.broke", source=source.id)
            finally:
                self._asking.discard(source.id)
            if line:
                self._turns.append(line)

    async def _note_unchanged(self) -> None:
        if self._unchanged:
            noted, self._unchanged = self._unchanged, {}
            moved, self._moved_away = frozenset(self._moved_away), set()
            await asyncio.to_thread(self._store.sources.unchanged, noted, self._clock(), moved)

    async def _poll_or_note(self, source: Source, cursor: Cursor) -> None:
        """What breaks us is noted like what fails: else it would be asked again at every tick."""
        try:
            await self._poll(source, cursor)
        except StoreError:
            raise
        except UNREADABLE as error:
            await self._failed(source, cursor, error, self._clock())
        except Exception as error:
            log.exception("source.broke", source=source.id)
            await self._failed(source, cursor, FetchError(type(error).__name__), self._clock())

    async def _poll(self, source: Source, cursor: Cursor) -> None:
        now, before = self._clock(), cursor.notes
        fallback = self._falls_back(cursor, now)
        if secure.is_open(source, cursor.notes, now):
            cursor = _noted(cursor, secure.NOTE, await secure.note(self._fetcher, source, now))
        source = secure.of(source, cursor.notes)
        try:
            page, branch = await self._ask(source, cursor, fallback, now)
            cursor = _noted(cursor, branches.NOTE, branch)
            found = await self._read(source, cursor, page, fallback, now)
        except UNREADABLE as error:
            await self._failed(source, cursor, error, now)
            return
        self._unknown.report(found.items)
        learnt = cursor.notes != before or self._gaps.are_open(cursor)
        if page.body is not None or cursor.failures or learnt:
            await self._take(source, cursor, page, found, fallback, learnt)
            return
        self._unchanged[source.id] = timing.after_answer(source, page, now)
        if _elsewhere(source, cursor):
            self._moved_away.add(source.id)

    async def _take(
        self, source: Source, cursor: Cursor, page: Page, found: Found, fallback: bool, learnt: bool
    ) -> None:
        """Keep what a page gave, and what was missed before it."""
        now = self._clock()
        if source.kind in BY_PEOPLE:
            cursor = self._moved(source, cursor, page)
        missed = await self._gaps.fill(source, cursor, found.items, fallback, now)
        self._unknown.report(missed.items)
        known = self._after(replace(cursor, notes=missed.notes), page, found.items, now)
        said = "; ".join(filter(None, (found.remark, missed.remark)))
        remark = said if learnt or not _is_same(page, cursor) else None
        items = newest_of_a_moment(found.items + missed.items)
        due = timing.after_answer(source, page, now)
        seen = await self._worker.run(seen_in, items) if source.kind in BY_PEOPLE else None
        fresh = await asyncio.to_thread(
            self._store.items.keep, source.id, items, known, now, due, remark, seen
        )
        if fresh:
            log.info("source.items", source=source.id, new=fresh, learned_only=not cursor.learned)

    async def _ask(
        self, source: Source, cursor: Cursor, fallback: bool, now: datetime
    ) -> tuple[Page, str]:
        """The answer, and the branch of the repository that it is of."""
        full = cursor.full_at is None or now - cursor.full_at >= timing.FULL_EVERY
        known = None if full else Validators(cursor.etag, cursor.last_modified)
        if moved := _elsewhere(source, cursor):
            return await self._fetcher.get(moved, known, now=now), ""
        if source.kind is not SourceKind.GITHUB and not fallback:
            return await self._fetcher.get(feeds.url_of(source), known, now=now), ""
        branch = cursor.notes.get(branches.NOTE, "")
        return await branches.get(
            self._fetcher, source, fallback=fallback, known=branch, validators=known, now=now
        )

    def _moved(self, source: Source, cursor: Cursor, page: Page) -> Cursor:
        """A new address counts once the server has said twice in a row that it is for good."""
        kept = {name: cursor.notes[name] for name in MOVES if name in cursor.notes}
        notes = {name: value for name, value in cursor.notes.items() if name not in MOVES}
        if url := _elsewhere(source, cursor):
            notes |= {"url": url, "moved_from": source.url}
        if page.moved_to and page.moved_to == kept.get("moving"):
            notes |= {"url": page.moved_to, "moved_from": source.url}
            log.warning("source.moved", source=source.id, to=page.moved_to)
        elif page.moved_to:
            notes["moving"] = page.moved_to
        return replace(cursor, notes=notes)

    async def _read(
        self, source: Source, cursor: Cursor, page: Page, fallback: bool, now: datetime
    ) -> Found:
        if _is_same(page, cursor):
            return Found([])
        return await self._worker.run(feeds.read, source, page, now, fallback, self._folders)

    async def _failed(
        self, source: Source, cursor: Cursor, failure: Unreadable, now: datetime
    ) -> None:
        error = failure if isinstance(failure, FetchError) else FetchError(str(failure))
        falls_back = (
            source.kind is SourceKind.COLLECTION
            and source.github
            and not self._falls_back(cursor, now)
        )
        if error.status == 404 and falls_back:
            log.warning("source.fallback", source=source.id, to=source.github)
            cursor = Cursor(
                notes={**cursor.notes, "fallback": now.isoformat()}, learned=cursor.learned
            )
            await asyncio.to_thread(
                self._store.sources.failed,
                source.id,
                cursor,
                "no feed; read from GitHub instead",
                now,
            )
            return
        if _elsewhere(
            source, cursor
        ):  # what it moved to does not answer: back to where the operator said
            failure = error = FetchError(error.why, retry_after=error.retry_after)
        notes = {name: value for name, value in cursor.notes.items() if name not in MOVES}
        cursor = replace(cursor, notes=notes, failures=cursor.failures + 1)
        due = timing.after_failure(source, cursor.failures, error, now)
        log.warning(
            "source.failed",
            source=source.id,
            why=error.why,
            failures=cursor.failures,
            wait=round((due - now).total_seconds()),
        )
        await asyncio.to_thread(
            self._store.sources.failed, source.id, cursor, error.why, due, feeds.state_of(failure)
        )

    @staticmethod
    def _falls_back(cursor: Cursor, now: datetime) -> bool:
        since = cursor.notes.get("fallback", "")
        return bool(since) and now - datetime.fromisoformat(since) < FALLBACK_FOR

    def _after(self, cursor: Cursor, page: Page, found: list[Item], now: datetime) -> Cursor:
        if page.body is None:
            return replace(cursor, failures=0)
        return replace(
            cursor, etag=page.validators.etag, last_modified=page.validators.last_modified, body_hash=page.body_hash,
            last_uid=_last_seen(found, now) or cursor.last_uid, full_at=now, failures=0,
            notes={**cursor.notes, **({"newest": max(item.when for item in found).isoformat()} if found else {})},
        )  # fmt: skip


def _last_seen(found: list[Item], now: datetime) -> str:
    """The entry by which the next page is joined to this one. What is dated ahead stays on top, whatever is
    recorded beneath it, so it joins nothing."""
    in_time = (item.uid for item in found if item.when < now)
    return next(in_time, found[0].uid if found else "")


def _noted(cursor: Cursor, name: str, what: str) -> Cursor:
    return replace(cursor, notes={**cursor.notes, name: what}) if what else cursor


def _elsewhere(source: Source, cursor: Cursor) -> str:
    """Where a source is read that moved, or ""; once the operator names another address, that counts."""
    since = cursor.notes.get("moved_from", source.url)
    return cursor.notes.get("url", "") if since == source.url else ""


def _is_same(page: Page, cursor: Cursor) -> bool:
    """Whether a page is as it was when it was last read."""
    return page.body is None or page.body_hash == cursor.body_hash
