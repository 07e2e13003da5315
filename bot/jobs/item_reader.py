"""Reading all that is needed to decide on an item."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from bot.feeds import secure, texts
from bot.feeds.editions import Editions
from bot.feeds.fetch import FetchError
from bot.jobs import known
from bot.jobs.resources import Resources
from bot.model import Item, Record, Source
from bot.understand import Edition
from bot.understand.decide import Reading, Skip
from bot.understand.memory import Held
from bot.verdicts import Unread

#: After this many failures (about a day and a half) a change is told without its text.
GIVE_UP = 8


class ItemReader:
    """Reads what an item needs: its texts, its document's memory, and what was told before."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._store = resources.store
        self._fetcher = resources.fetcher
        self._names = resources.names
        self._clock = resources.clock
        self._worker = resources.worker
        self._sources = {source.id: source for source in resources.sources}
        self._editions = Editions(resources.fetcher)

    async def read(self, item: Item, attempts: int) -> Reading | Skip:
        """Everything that the decision needs; or the decision itself, if it needs nothing."""
        services = self._names.services_of(item)
        if item.document is None:
            return await self.with_told(Reading(item), services, item.when)
        if item.source not in self._sources:
            return Skip(Unread.SOURCE_OFF)
        watched = self._store.subscriptions.watched
        if services[0] not in await asyncio.to_thread(watched, self._clock()):
            return Skip(Unread.NOBODY_FOLLOWS)
        memory = await self.memory(item)
        if memory and memory.recorded >= item.when:
            return Skip(Unread.LATER_VERSION_KNOWN)
        found = await self._texts(item, memory, attempts)
        reading = Reading(item, await self.edition(item), memory=memory)
        if found is not None:
            reading = replace(
                reading,
                item=replace(item, pages=found.pages.after),
                text=found.after,
                before=found.before,
                pages_before=found.pages.before,
            )
        return await self.with_told(reading, services, item.when)

    async def _texts(self, item: Item, memory: Held | None, attempts: int) -> texts.Texts | None:
        """The texts of an item; None if they cannot be fetched and it is now told without."""
        known = memory.text if memory else None
        source = await self._secure(self._sources[item.source])
        try:
            return await texts.read(self._fetcher, self._worker, source, item, known, self._clock())
        except FetchError:
            if item.record is not Record.CHANGE or attempts + 1 < GIVE_UP:
                raise
            return None

    async def memory(self, item: Item) -> Held | None:
        """The memory of an item's document, or None."""
        if item.document is None:
            return None
        return await asyncio.to_thread(self._store.documents.get, item.document)

    async def with_told(
        self, reading: Reading, services: tuple[str, ...], when: datetime
    ) -> Reading:
        """A reading with the stories that it could join: those of its services, near its date."""
        mark = await asyncio.to_thread(self._store.stories.mark, services, when)
        told = await asyncio.to_thread(self._store.stories.near, services, when)
        return replace(reading, told=told, mark=mark)

    async def with_told_since(self, reading: Reading) -> Reading:
        """The same, with the stories that others have told since."""
        if reading.mark is None:
            return reading
        return await self.with_told(reading, reading.mark.services, reading.mark.when)

    async def edition(self, item: Item) -> Edition:
        """The edition that an item's source sees."""
        source = self._sources.get(item.source)
        if source is None:  # an operator has taken it out since
            return Edition()
        edition = await self._editions.of(await self._secure(source))
        if item.document is None:
            return edition
        return await known.edition_of(item.document, edition, self._resources)

    async def _secure(self, source: Source) -> Source:
        """The source under https, if the poller found that it answers there."""
        cursor = await asyncio.to_thread(self._store.sources.cursor, source.id)
        return secure.of(source, cursor.notes)
