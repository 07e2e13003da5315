"""Entries that a page no longer held when it was asked for: they are looked for in the feeds of services."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from bot import feeds
from bot.feeds.fetch import Fetcher, FetchError
from bot.model import Cursor, Item, Source, SourceKind
from bot.runtime.bounded import Worker
from bot.store import Store
from bot.understand.names import Names

log = structlog.get_logger()

#: Trackers record in bursts and not quite in order. What a service feed holds from before is old news.
OUT_OF_ORDER = timedelta(days=1)


class Gaps:
    """Finds gaps between two pages of a source of versions, and fills them."""

    def __init__(self, store: Store, fetcher: Fetcher, names: Names, worker: Worker) -> None:
        self._store, self._fetcher, self._names, self._worker = store, fetcher, names, worker

    async def fill(self, source: Source, cursor: Cursor, found: list[Item], fallback: bool, now: datetime) -> list[Item]:
        """What was missed between the last look and this page; nothing where they overlap. Raises FetchError."""
        versions = source.kind in (SourceKind.COLLECTION, SourceKind.GITHUB)
        overlap = cursor.last_uid in {item.uid for item in found}
        if not versions or not found or overlap or "newest" not in cursor.notes:
            return []
        log.warning("source.gap", source=source.id, entries=len(found))
        since = datetime.fromisoformat(cursor.notes["newest"]) - OUT_OF_ORDER
        return [item for item in await self._services(source, fallback, now) if item.when >= since]

    async def _services(self, source: Source, fallback: bool, now: datetime) -> list[Item]:
        """What the feeds of all services hold that somebody follows."""
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
                found += (await self._worker.run(feeds.read, source, page, now, fallback)).items
        return found
