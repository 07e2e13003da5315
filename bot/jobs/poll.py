"""The poller: asks the sources that are due, within limits for each host, and stores new items."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from bot import feeds
from bot.feeds import UNREADABLE, Found, Unreadable, branches, github, secure, terms_types, timing
from bot.feeds.fetch import PER_HOST, FetchError, Page, Validators
from bot.feeds.hosts import host_of
from bot.feeds.record_dates import newest_of_a_moment
from bot.jobs import cursors
from bot.jobs.gaps import Gaps
from bot.jobs.resources import Resources
from bot.model import Cursor, Source, SourceKind
from bot.runtime.metrics import ITEMS, POLLS
from bot.runtime.traces import mark, span
from bot.store import StoreError
from bot.store.sources import DueSource
from bot.understand.marks import seen_in

log = structlog.get_logger()

#: The most sources that are polled at once.
AT_ONCE = 50
#: How long a tick waits for answers.
TURN_SECONDS = 5.0
#: The due sources of one host, each with its cursor.
Line = deque[tuple[Source, Cursor]]


class Poller:
    """Polls the sources that are due; called by a tick."""

    def __init__(self, resources: Resources) -> None:
        self._store = resources.store
        self._fetcher = resources.fetcher
        self._clock = resources.clock
        self._worker = resources.worker
        self._sources = {source.id: source for source in resources.sources}
        self._gaps = Gaps(resources)
        self._unknown = terms_types.Unknown()
        services = resources.names.services
        self._folders = frozenset(folder for service in services for folder in service.folders)
        self._asking: set[str] = set()
        self._workers: set[asyncio.Task[None]] = set()
        #: Sources that had nothing new since the last tick, which are stored together.
        self._unchanged: dict[str, datetime] = {}
        #: Those of them that are read at another address than the operator's.
        self._moved_away: set[str] = set()
        #: Turns of hosts; each turn polls one source of its line. A host never has more than
        #: PER_HOST of them, so that a slow host delays only its own sources.
        self._turns: deque[Line] = deque()

    async def poll_due(self, patience: float = TURN_SECONDS) -> None:
        """Poll every source that is due and not being polled.

        Neither a bad source nor a slow one stops the others. Waits `patience` seconds for the
        answers; later ones are handled as well, during the next calls. Raises StoreError.
        """
        due = await asyncio.to_thread(self._store.sources.due, self._sources, self._clock())
        for line in self._lines(due):
            self._turns.extend([line] * min(PER_HOST, len(line)))
        busy = sum(not task.done() for task in self._workers)
        for _ in range(min(AT_ONCE - busy, len(self._turns))):
            self._workers.add(asyncio.create_task(self._work()))
        if self._workers:
            _, self._workers = await asyncio.wait(self._workers, timeout=patience)
        await self._note_unchanged()

    def _lines(self, due: Sequence[DueSource]) -> list[Line]:
        """The due sources by host, without those being polled; they are marked as being polled."""
        lines: defaultdict[str, Line] = defaultdict(deque)
        for asked in due:
            if asked.id in self._asking or asked.id in self._unchanged:
                continue
            self._asking.add(asked.id)
            source = self._sources[asked.id]
            lines[host_of(source.url or github.FEEDS)].append((source, asked.cursor))
        return list(lines.values())

    async def close(self) -> None:
        """Cancel all polling."""
        for task in self._workers:
            task.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    # -- asking a source

    async def _work(self) -> None:
        """Poll one source after another, the hosts in turn, until none is left."""
        while self._turns:
            line = self._turns.popleft()
            if not line:
                continue
            source, cursor = line.popleft()
            try:
                with span("poll", source=source.id):
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
        if not self._unchanged:
            return
        noted, moved = self._unchanged, frozenset(self._moved_away)
        self._unchanged = {}
        self._moved_away = set()
        await asyncio.to_thread(self._store.sources.unchanged, noted, self._clock(), moved)

    async def _poll_or_note(self, source: Source, cursor: Cursor) -> None:
        """Poll a source; store a bug of ours as a failure, so that not every tick repeats it."""
        try:
            await self._poll(source, cursor)
        except StoreError:
            raise
        except UNREADABLE as error:
            await self._failed(source, cursor, error, self._clock())
        except Exception as error:
            log.exception("source.broke", source=source.id)
            broke = FetchError(type(error).__name__)
            await self._failed(source, cursor, broke, self._clock(), "error")

    async def _poll(self, source: Source, cursor: Cursor) -> None:
        now, before = self._clock(), cursor.notes
        fallback = cursors.falls_back(cursor, now)
        if secure.is_open(source, cursor.notes, now):
            note = await secure.note(self._fetcher, source, now)
            cursor = cursors.noted(cursor, secure.NOTE, note)
        source = secure.of(source, cursor.notes)
        try:
            page, branch = await self._ask(source, cursor, fallback, now)
            cursor = cursors.noted(cursor, branches.NOTE, branch)
            found = await self._read(source, cursor, page, fallback, now)
        except UNREADABLE as error:
            await self._failed(source, cursor, error, now)
            return
        self._unknown.report(found.items)
        learnt = cursor.notes != before or self._gaps.are_open(cursor)
        if page.body is not None or cursor.failures or learnt:
            await self._take(source, cursor, page, found, fallback, learnt)
            return
        POLLS.labels("unchanged").inc()
        self._unchanged[source.id] = timing.after_answer(source, page, now)
        mark(result="unchanged")
        if cursors.elsewhere(source, cursor):
            self._moved_away.add(source.id)

    async def _take(
        self, source: Source, cursor: Cursor, page: Page, found: Found, fallback: bool, learnt: bool
    ) -> None:
        """Store the items of a page, and those that were missed before it."""
        now = self._clock()
        if not source.kind.records_versions:
            cursor = cursors.moved(source, cursor, page)
        missed = await self._gaps.fill(source, cursor, found.items, fallback, now)
        self._unknown.report(missed.items)
        known = cursors.after_page(replace(cursor, notes=missed.notes), page, found.items, now)
        remark = None
        if learnt or not cursors.is_same(page, cursor):
            remark = "; ".join(filter(None, (found.remark, missed.remark)))
        items = newest_of_a_moment(found.items + missed.items)
        due = timing.after_answer(source, page, now)
        keep = partial(self._store.items.keep, source.id, items)
        if not source.kind.records_versions:
            seen = await self._worker.run(seen_in, items)
            keep = partial(self._store.items.keep_seen, source.id, seen)
        fresh = await asyncio.to_thread(keep, known, now, due, remark)
        POLLS.labels("new" if fresh else "unchanged").inc()
        ITEMS.inc(fresh)
        mark(result="new" if fresh else "unchanged")
        if fresh:
            log.info("source.items", source=source.id, new=fresh, learned_only=not cursor.learned)

    async def _ask(
        self, source: Source, cursor: Cursor, fallback: bool, now: datetime
    ) -> tuple[Page, str]:
        """The page, and the branch of the repository that it is from."""
        known = None
        if cursor.full_at is not None and now - cursor.full_at < timing.FULL_EVERY:
            known = Validators(cursor.etag, cursor.last_modified)
        if moved := cursors.elsewhere(source, cursor):
            return await self._fetcher.get(moved, known, now=now), ""
        if source.kind is not SourceKind.GITHUB and not fallback:
            return await self._fetcher.get(feeds.url_of(source), known, now=now), ""
        wanted = branches.Wanted(fallback=fallback)
        tried = branches.after(cursor.notes.get(branches.NOTE, ""))
        return await branches.get(self._fetcher, source, wanted, tried, known, now)

    async def _read(
        self, source: Source, cursor: Cursor, page: Page, fallback: bool, now: datetime
    ) -> Found:
        if cursors.is_same(page, cursor):
            return Found([])
        return await self._worker.run(feeds.read, source, page, now, fallback, self._folders)

    async def _failed(
        self,
        source: Source,
        cursor: Cursor,
        failure: Unreadable,
        now: datetime,
        result: str = "failed",
    ) -> None:
        POLLS.labels(result).inc()
        mark(result=result)
        error = failure
        if not isinstance(error, FetchError):
            error = FetchError(str(failure))
        if error.status == 404 and cursors.can_fall_back(source, cursor, now):
            await self._fall_back(source, cursor, now)
            return
        if cursors.elsewhere(source, cursor):
            # The address that it moved to does not answer: return to the operator's.
            failure = error = FetchError(error.why, retry_after=error.retry_after)
        cursor = replace(cursors.without_moves(cursor), failures=cursor.failures + 1)
        due = timing.after_failure(source, cursor.failures, error, now)
        log.warning(
            "source.failed",
            source=source.id,
            why=error.why,
            failures=cursor.failures,
            wait=round((due - now).total_seconds()),
        )
        state = feeds.state_of(failure)
        await asyncio.to_thread(
            self._store.sources.failed, source.id, cursor, error.why, due, state
        )

    async def _fall_back(self, source: Source, cursor: Cursor, now: datetime) -> None:
        """Read a collection that has no feed from GitHub for some time."""
        log.warning("source.fallback", source=source.id, to=source.github)
        notes = {**cursor.notes, "fallback": now.isoformat()}
        cursor = Cursor(notes=notes, learned=cursor.learned)
        why = "no feed; read from GitHub instead"
        await asyncio.to_thread(self._store.sources.failed, source.id, cursor, why, now)
