"""Backfill: reading the past of newly followed documents, so that it is not taken for news."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot import feeds
from bot.feeds import branches, secure, texts
from bot.feeds.editions import Editions
from bot.feeds.fetch import FetchError
from bot.jobs import readers
from bot.jobs.lanes import Locks
from bot.jobs.resources import Resources
from bot.model import Cursor, Document, Item, Source
from bot.runtime.backoff import back_off
from bot.store.sources import BACKFILL
from bot.understand import learn

log = structlog.get_logger()

#: The most versions of a document that are read, the newest.
VERSIONS = 100
#: The pause between two versions: there is no hurry.
PAUSE_SECONDS = 0.2
#: When a collection that had nothing of a service is asked again.
AGAIN = timedelta(days=30)
#: The wait after a success: the past is read only once.
NEVER = timedelta(days=36_500)
#: The wait after a first failure, which doubles with each that follows.
FIRST = timedelta(minutes=10)
#: The longest wait after a failure.
CAP = timedelta(days=1)


class Rememberer:
    """Reads the past of one service in one collection at a time; called by a tick.

    `pause` is in seconds; `memories` are the locks for writing the memories of documents.
    """

    def __init__(
        self,
        resources: Resources,
        stopping: Callable[[], bool] = lambda: False,
        pause: float = PAUSE_SECONDS,
        memories: Locks | None = None,
    ) -> None:
        self._resources = resources
        self._store = resources.store
        self._fetcher = resources.fetcher
        self._names = resources.names
        self._clock = resources.clock
        self._worker = resources.worker
        self._sources = [source for source in resources.sources if source.kind.records_versions]
        self._stopping = stopping
        self._pause = pause
        self._memories = memories or Locks()
        self._editions = Editions(resources.fetcher)

    async def remember_due(self) -> None:
        """Read the past of the next service in a collection for which we do not have it."""
        watched = await asyncio.to_thread(self._store.subscriptions.watched, self._clock())
        wanted: dict[str, tuple[Source, str]] = {}
        for folder in self._folders(watched):
            for source in self._sources:
                wanted[f"{BACKFILL}{source.id}:{folder}"] = (source, folder)
        due = await asyncio.to_thread(self._store.sources.due, list(wanted), self._clock())
        for asked in due:
            source, folder = wanted[asked.id]
            until = await asyncio.to_thread(self._store.items.read_until, source.id)
            # Versions that were not polled yet are left alone: they are changes to tell, not the
            # past.
            if until is None:
                continue
            known = await asyncio.to_thread(self._store.sources.cursor, source.id)
            source = secure.of(source, known.notes)
            await self._one(asked.id, asked.cursor, source, folder, until)
            return
        await readers.find_missing(self._resources, self._memories)

    def _folders(self, watched: Iterable[str]) -> list[str]:
        """The names in collections of the services that somebody follows."""
        folders: set[str] = set()
        for service in filter(None, map(self._names.get, watched)):
            folders.update(service.folders)
        return sorted(folders)

    async def _one(
        self, key: str, cursor: Cursor, source: Source, folder: str, until: datetime
    ) -> None:
        try:
            read = await self._read(source, folder, until)
        except feeds.UNREADABLE as error:
            cursor = replace(cursor, failures=cursor.failures + 1)
            wait = back_off(FIRST, cursor.failures, CAP)
            if isinstance(error, FetchError) and error.status == 404:
                wait = AGAIN
            failed = self._store.sources.failed
            await asyncio.to_thread(failed, key, cursor, str(error), self._clock() + wait)
            return
        if self._stopping():
            return
        now = self._clock()
        await asyncio.to_thread(self._store.items.keep, key, [], cursor, now, now + NEVER)
        log.info("memory.read", source=source.id, service=folder, versions=read)

    async def _read(self, source: Source, folder: str, until: datetime) -> int:
        page, _ = await branches.get(self._fetcher, source, branches.Wanted(folder))
        narrow = replace(source, service=folder)
        found = (await self._worker.run(feeds.read, narrow, page, self._clock())).items
        documents: defaultdict[Document, list[Item]] = defaultdict(list)
        for item in sorted(found, key=lambda item: item.when):
            if item.document and item.when <= until:
                documents[item.document].append(item)
        for items in documents.values():
            await self._remember(source, items[-VERSIONS:])
        return len(found)

    async def _remember(self, source: Source, items: list[Item]) -> None:
        """Learn the versions in order, then merge them with what was learnt meanwhile."""
        edition = await self._editions.of(source)
        past = None
        for item in items:
            if self._stopping():
                return
            now = self._clock()
            recorded = await texts.text_after(self._fetcher, source, item, now, self._worker)
            past = await self._worker.run(learn, item, recorded.text, past, edition.language)
            await asyncio.sleep(self._pause)
        if past is None:
            return
        whose = await readers.find(past.document, past.text, self._resources)
        past = replace(past, readers=whose)
        async with self._memories.of(past.document):
            await asyncio.to_thread(self._store.documents.add_past, past, edition.language)
