"""Checks, twice a day, whether collections still read their documents, and tells followers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from bot.feeds import collections
from bot.feeds.collections import Place, Seen
from bot.feeds.fetch import FetchError
from bot.jobs.resources import Resources
from bot.model import Document, Source, SourceKind
from bot.store import StoreError
from bot.store.collections import Whereabouts
from bot.store.coverage import Look
from bot.store.sources import SourceStatus
from bot.understand.coverage import Finding, Sight, silent_since
from bot.verdicts import Origin

log = structlog.get_logger()

#: How often a collection is checked.
EVERY = timedelta(hours=12)
#: A source that has not answered for this long is unreachable.
OUT_OF_REACH = timedelta(days=3)
#: A source that has answered within this time is reachable.
IN_REACH = timedelta(days=1)
#: Trackers run twice a day; one that has not run for this long has stopped.
STANDS_STILL = timedelta(days=7)


class Coverage:
    """Checks the collections that are due; called by a tick."""

    def __init__(self, resources: Resources) -> None:
        self._store = resources.store
        self._fetcher = resources.fetcher
        self._names = resources.names
        self._clock = resources.clock
        # A source of one service or document says nothing of the rest of its collection.
        whole = [source for source in resources.sources if not source.service]
        self._sources = {source.id: source for source in whole if source.kind.records_versions}

    async def look_due(self) -> None:
        """Check every collection that is due; an unexpected error in one does not stop the others.

        Raises StoreError.
        """
        now = self._clock()
        fares = await asyncio.to_thread(self._store.sources.status)
        if not is_online(fares, now):
            return
        answered = {each.id: each.ok_at for each in fares}
        known = await asyncio.to_thread(self._store.collections.of, self._sources)
        for source_id, source in self._sources.items():
            where, ok_at = known[source_id], answered.get(source_id)
            if ok_at is None:
                continue
            if where.looked_at is None or now - where.looked_at >= EVERY:
                await self._look_or_note(source, where, ok_at, now)

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
        store, service_of = self._store, self._names.of_folder
        seen = await self._asked(source, now)
        if _is_another(seen, where):
            log.warning("collection.another", source=source.id, expected=where.identity)
            seen = None
            whole: Finding | None = Finding(Origin.UNREACHED, now)
        else:
            records = await asyncio.to_thread(store.coverage.records, source.id)
            whole = whole_finding(seen, ok_at, records, now)
        known = await asyncio.to_thread(store.coverage.known, source.id)
        if whole:
            look = nothing_read(source.id, known, seen, whole)
        elif seen:
            look = judged(source.id, known, seen, service_of, now)
        else:
            silence = Sight.ANSWERS if now - ok_at <= IN_REACH else Sight.UNSURE
            look = Look(source.id, dict.fromkeys(known, silence))
        queued = await asyncio.to_thread(store.coverage.note, look, service_of, now)
        identity = ""
        if seen and not where.identity:
            identity = seen.identity
        await asyncio.to_thread(store.collections.looked, source.id, now, identity)
        if queued:
            log.info("coverage.told", source=source.id, alerts=queued)

    async def _asked(self, source: Source, now: datetime) -> Seen | None:
        """A collection's statement; None if it does not answer, or has no API."""
        if source.kind is not SourceKind.COLLECTION:
            return None
        try:
            return await collections.ask(self._fetcher, source.url, now)
        except FetchError as error:
            log.info("coverage.unanswered", source=source.id, why=error.why)
            return None


def is_online(fares: Iterable[SourceStatus], now: datetime) -> bool:
    """Whether any source answered lately; otherwise our own connection is down, not theirs."""
    return any(each.ok_at and now - each.ok_at <= IN_REACH for each in fares)


def _is_another(seen: Seen | None, where: Whereabouts) -> bool:
    """Whether another collection answers at a collection's address."""
    if seen is None or not where.identity:
        return False
    return seen.identity != where.identity


def whole_finding(
    seen: Seen | None, ok_at: datetime, records: Iterable[datetime], now: datetime
) -> Finding | None:
    """Why nothing of a collection is read, or None; `ok_at` is its feed's last answer.

    If the tracker says when it last ran, that decides; otherwise its records do.
    """
    if seen is None:
        if now - ok_at > OUT_OF_REACH:
            return Finding(Origin.UNREACHED, ok_at)
    elif seen.ended:
        return Finding(Origin.ENDED, seen.ended)
    elif seen.run_at:
        if now - seen.run_at > STANDS_STILL:
            return Finding(Origin.SILENT, seen.run_at)
        return None
    if now - ok_at > IN_REACH:
        return None
    since = silent_since(records, now)
    if since is None:
        return None
    return Finding(Origin.SILENT, since)


def nothing_read(
    source_id: str, known: frozenset[Document], seen: Seen | None, whole: Finding
) -> Look:
    """The result of a check when nothing is read: the same finding for every document."""
    documents = set(known)
    if seen:
        documents |= _listed(source_id, seen)
    return Look(source_id, dict.fromkeys(documents, whole))


def judged(
    source_id: str,
    known: frozenset[Document],
    seen: Seen,
    service_of: Callable[[str], str],
    now: datetime,
) -> Look:
    """The result of a check of a collection that answers: a finding for every document."""
    listed = _listed(source_id, seen)
    found: dict[Document, Finding | Sight] = {}
    there = set()
    for document in listed:
        found[document] = _sight(document, seen)
        there.add((service_of(document.service), document.terms_type))
    moved = set()
    for document in known - listed:
        found[document] = Finding(Origin.NOT_RECORDED, now)
        if (service_of(document.service), document.terms_type) in there:
            found[document] = Sight.READ
            moved.add(document)
    return Look(source_id, found, frozenset(moved))


def _listed(source_id: str, seen: Seen) -> frozenset[Document]:
    return frozenset(Document(source_id, *place) for place in seen.listed)


def _sight(document: Document, seen: Seen) -> Finding | Sight:
    """A collection's statement about a document that it lists."""
    since = seen.failed.get(Place(document.service, document.terms_type))
    if since:
        return Finding(Origin.NOT_READ, since)
    if seen.run_at:
        return Sight.READ
    return Sight.LISTED
