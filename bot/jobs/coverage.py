"""Twice a day: does each collection still read what it read? Followers hear where it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.catalogue.names import Names
from bot.feeds import collections
from bot.feeds.collections import Place, Seen
from bot.feeds.fetch import Fetcher, FetchError
from bot.model import Document, Source, SourceKind
from bot.reasons import Origin
from bot.store import Store, StoreError
from bot.store.collections import Whereabouts
from bot.store.coverage import Look
from bot.store.sources import SourceStatus
from bot.understand.coverage import Finding, Sight, silent_since

log = structlog.get_logger()

EVERY = timedelta(hours=12)
#: A source that has not answered for so long is out of reach; one that has within a day is not.
OUT_OF_REACH, IN_REACH = timedelta(days=3), timedelta(days=1)
#: Trackers run twice a day; one that has not for so long stands still.
STANDS_STILL = timedelta(days=7)
VERSIONS = (SourceKind.COLLECTION, SourceKind.GITHUB)


class Coverage:
    """Looks at the collections that are due; called by a tick."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        sources: Iterable[Source],
        names: Names,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._fetcher, self._names, self._clock = store, fetcher, names, clock
        # A source of one service or document says nothing of the rest of its collection.
        self._sources = [each for each in sources if each.kind in VERSIONS and not each.service]

    async def look_due(self) -> None:
        """Look at every collection that is due; one that breaks us does not stop the others."""
        now = self._clock()
        fares = {each.id: each for each in await asyncio.to_thread(self._store.sources.status)}
        if not is_online(fares.values(), now):
            return
        ids = [source.id for source in self._sources]
        known = await asyncio.to_thread(self._store.collections.of, ids)
        for source in self._sources:
            where, status = known[source.id], fares.get(source.id)
            due = where.looked_at is None or now - where.looked_at >= EVERY
            if due and status and status.ok_at:
                await self._look_or_note(source, where, status.ok_at, now)

    async def _look_or_note(
        self, source: Source, where: Whereabouts, ok_at: datetime, now: datetime
    ) -> None:
        try:
            await self._look(source, where, ok_at, now)
        except StoreError:
            raise
        except Exception:
            log.exception("coverage.broke", source=source.id)
            await asyncio.to_thread(self._store.collections.looked, source.id, now)

    async def _look(
        self, source: Source, where: Whereabouts, ok_at: datetime, now: datetime
    ) -> None:
        store, whole = self._store, None
        seen = await self._asked(source, now)
        if seen and where.identity and seen.identity != where.identity:
            log.warning("collection.another", source=source.id, expected=where.identity)
            seen, whole = None, Finding(Origin.UNREACHED, now)
        else:
            records = await asyncio.to_thread(store.coverage.records, source.id)
            whole = whole_finding(seen, ok_at, records, now)
        known = await asyncio.to_thread(store.coverage.known, source.id)
        fresh = now - ok_at <= IN_REACH
        look = judged(source.id, known, seen, whole, fresh, self._names.of_folder, now)
        queued = await asyncio.to_thread(store.coverage.note, look, self._names.of_folder, now)
        identity = "" if where.identity or seen is None else seen.identity
        await asyncio.to_thread(store.collections.looked, source.id, now, identity)
        if queued:
            log.info("coverage.told", source=source.id, alerts=queued)

    async def _asked(self, source: Source, now: datetime) -> Seen | None:
        """What a collection says; None where it does not answer, or has no API."""
        if source.kind is not SourceKind.COLLECTION:
            return None
        try:
            return await collections.ask(self._fetcher, source.url, now)
        except FetchError as error:
            log.info("coverage.unanswered", source=source.id, why=error.why)
            return None


def is_online(fares: Iterable[SourceStatus], now: datetime) -> bool:
    """Whether anything at all answered lately: else it is our own line that is down, not they."""
    return any(each.ok_at and now - each.ok_at <= IN_REACH for each in fares)


def whole_finding(
    seen: Seen | None, ok_at: datetime, records: Iterable[datetime], now: datetime
) -> Finding | None:
    """Why nothing of a collection is read, where that is so. `ok_at` is the last answer of its feed.

    A tracker that says when it ran is believed; else what it recorded has to speak for it.
    """
    if seen and seen.ended:
        return Finding(Origin.ENDED, seen.ended)
    if seen is None and now - ok_at > OUT_OF_REACH:
        return Finding(Origin.UNREACHED, ok_at)
    if seen and seen.run_at:
        still = now - seen.run_at > STANDS_STILL
        return Finding(Origin.SILENT, seen.run_at) if still else None
    since = silent_since(records, now) if now - ok_at <= IN_REACH else None
    return Finding(Origin.SILENT, since) if since else None


def judged(
    source_id: str,
    known: frozenset[Document],
    seen: Seen | None,
    whole: Finding | None,
    fresh: bool,
    service_of: Callable[[str], str],
    now: datetime,
) -> Look:
    """What a look says of every document. `fresh`: the feed answered lately."""
    listed = (
        frozenset(Document(source_id, *place) for place in seen.listed) if seen else frozenset()
    )
    if whole:
        return Look(source_id, dict.fromkeys(known | listed, whole))
    if seen is None:
        silence = Sight.ANSWERS if fresh else Sight.UNSURE
        return Look(source_id, dict.fromkeys(known, silence))
    there = {(service_of(each.service), each.terms_type) for each in listed}
    moved = {
        each for each in known - listed if (service_of(each.service), each.terms_type) in there
    }
    found = {each: _sight(each, seen) for each in listed}
    gone = dict.fromkeys(known - listed - moved, Finding(Origin.NOT_RECORDED, now))
    return Look(source_id, {**found, **gone, **dict.fromkeys(moved, Sight.READ)}, frozenset(moved))


def _sight(document: Document, seen: Seen) -> Finding | Sight:
    failed: Mapping[Place, datetime] = seen.failed
    since = failed.get(Place(document.service, document.terms_type))
    if since:
        return Finding(Origin.NOT_READ, since)
    return Sight.READ if seen.run_at else Sight.LISTED
