"""The past of documents that somebody has just begun to follow: what they held before is no news."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot import feeds
from bot.backoff import back_off
from bot.catalogue.names import Names
from bot.feeds import branches, secure, texts
from bot.feeds.editions import Editions
from bot.feeds.fetch import Fetcher, FetchError
from bot.model import Cursor, Document, Item, Source, SourceKind
from bot.runtime.bounded import HERE, Worker
from bot.store import Store
from bot.store.sources import BACKFILL
from bot.understand import learn

log = structlog.get_logger()

#: So many versions of a document are read, the newest, with a pause in between: nobody waits for them.
VERSIONS = 100
PAUSE = 0.2
#: A collection that had nothing of a service is asked again after this time; what was read is read once.
AGAIN, NEVER = timedelta(days=30), timedelta(days=36_500)
FIRST, CAP = timedelta(minutes=10), timedelta(days=1)


class Rememberer:
    """Reads the past of one service in one collection at a time; called by a tick."""

    def __init__(
        self, store: Store, fetcher: Fetcher, sources: Iterable[Source], names: Names, clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False, pause: float = PAUSE, memories: asyncio.Lock | None = None,
        worker: Worker = HERE,
    ) -> None:  # fmt: skip
        self._store, self._fetcher, self._names, self._clock = store, fetcher, names, clock
        self._stopping, self._pause, self._memories = stopping, pause, memories or asyncio.Lock()
        self._sources = [
            source
            for source in sources
            if source.kind in (SourceKind.COLLECTION, SourceKind.GITHUB)
        ]
        self._worker = worker
        self._editions = Editions(fetcher)

    async def remember_due(self) -> None:
        """The next service of a collection whose past we do not know."""
        watched = await asyncio.to_thread(self._store.subscriptions.watched)
        folders = sorted(
            {f for service in map(self._names.get, watched) if service for f in service.folders}
        )
        wanted = {
            f"{BACKFILL}{source.id}:{folder}": (source, folder)
            for folder in folders
            for source in self._sources
        }
        due = await asyncio.to_thread(self._store.sources.due, list(wanted), self._clock())
        for asked in due:
            source, folder = wanted[asked.id]
            # What was not yet polled is left alone: it is a change to tell, not the past.
            if until := await asyncio.to_thread(self._store.items.read_until, source.id):
                known = await asyncio.to_thread(self._store.sources.cursor, source.id)
                source = secure.of(source, known.notes)
                await self._one(asked.id, asked.cursor, source, folder, until)
                return

    async def _one(
        self, key: str, cursor: Cursor, source: Source, folder: str, until: datetime
    ) -> None:
        try:
            read = await self._read(source, folder, until)
        except feeds.UNREADABLE as error:
            missing = isinstance(error, FetchError) and error.status == 404
            cursor = replace(cursor, failures=cursor.failures + 1)
            wait = AGAIN if missing else back_off(FIRST, cursor.failures, CAP)
            await asyncio.to_thread(
                self._store.sources.failed, key, cursor, str(error), self._clock() + wait
            )
            return
        if not self._stopping():
            await asyncio.to_thread(
                self._store.items.keep, key, [], cursor, self._clock(), self._clock() + NEVER
            )
            log.info("memory.read", source=source.id, service=folder, versions=read)

    async def _read(self, source: Source, folder: str, until: datetime) -> int:
        page, _ = await branches.get(self._fetcher, source, folder)
        narrow = replace(source, service=folder)
        found = (await self._worker.run(feeds.read, narrow, page, self._clock())).items
        documents: defaultdict[Document, list[Item]] = defaultdict(list)
        for item in sorted(found, key=lambda item: item.when):
            if item.document and item.when <= until:
                documents[item.document].append(item)
        for document, items in documents.items():
            await self._remember(source, document, items[-VERSIONS:])
        return len(found)

    async def _remember(self, source: Source, document: Document, items: list[Item]) -> None:
        """Live the versions through in their order, then add them to what was learnt meanwhile."""
        edition, past = await self._editions.of(source), None
        for item in items:
            if self._stopping():
                return
            recorded = await texts.text_after(
                self._fetcher, source, item, self._clock(), self._worker
            )
            past = await self._worker.run(learn, item, recorded.text, past, edition.language)
            await asyncio.sleep(self._pause)
        if past:
            async with self._memories:
                await asyncio.to_thread(self._store.documents.add_past, past, edition.language)
