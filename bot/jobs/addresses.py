"""Following collections that move, by checking the published list of collections once a day."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from bot.feeds import collections, secure
from bot.feeds.fetch import FetchError
from bot.jobs.resources import Resources
from bot.model import Source, SourceKind
from bot.store.collections import Whereabouts

log = structlog.get_logger()

#: How often the list is read.
EVERY = timedelta(days=1)
#: How many times in a row the list must name an address, so that slips are corrected by then.
IN_A_ROW = 2
#: The id of the list's own row among the collections; no source can have this name.
LIST = "list:collections"


class Addresses:
    """Reads collections at the addresses of the published list; called by a tick.

    An address is accepted only if the collection that we know answers there, with its own id.
    """

    def __init__(self, resources: Resources, published: str, allow_private: bool = False) -> None:
        self._store = resources.store
        self._fetcher = resources.fetcher
        self._clock = resources.clock
        collection = SourceKind.COLLECTION
        self._sources = [each for each in resources.sources if each.kind is collection]
        self._published = published
        self._allow_private = allow_private

    async def begin(self) -> None:
        """Resume reading at the last known addresses; without a list, at the operator's.

        Raises StoreError.
        """
        if not self._published:
            return
        known = await self._known()
        for source in self._sources:
            if moved := _address(source, known[source.id]):
                self._fetcher.ask_instead(source.url, moved)

    async def look_due(self) -> None:
        """Read the list if it is due, and follow collections that moved. Raises StoreError."""
        if not self._published:
            return
        now = self._clock()
        known = await self._known()
        last = known[LIST].looked_at
        if last and now - last < EVERY:
            return
        await asyncio.to_thread(self._store.collections.looked, LIST, now)
        try:
            page = await self._fetcher.get(self._published)
            listed = collections.addresses_in(page.body or b"", self._allow_private)
        except FetchError as error:
            log.warning("collections.unread", url=self._published, why=error.why)
            return
        for source in self._sources:
            await self._compare(source, known[source.id], listed)

    async def _known(self) -> Mapping[str, Whereabouts]:
        ids = [LIST, *(source.id for source in self._sources)]
        return await asyncio.to_thread(self._store.collections.of, ids)

    async def _compare(
        self, source: Source, where: Whereabouts, addresses: Mapping[str, str]
    ) -> None:
        """Decide whether to follow the list for one collection."""
        plain = _address(source, where) or source.url
        noted = (await asyncio.to_thread(self._store.sources.cursor, source.id)).notes
        current = secure.of(replace(source, url=plain), noted).url
        listed = addresses.get(source.id, "")
        if listed in ("", plain, current) or _is_less_safe(current, listed):
            await self._stay(source, where, plain, current)
            return
        times = 1
        if where.listed == listed:
            times += where.times
        await asyncio.to_thread(self._store.collections.listed, source.id, listed, times)
        if times < IN_A_ROW:
            return
        if await self._is_the_same(source, where, current, listed):
            await self._follow(source, listed)
        else:
            log.warning("collection.not_followed", source=source.id, to=listed)

    async def _stay(self, source: Source, where: Whereabouts, plain: str, current: str) -> None:
        """Handle a list without a new address; go back to the operator's if that works again."""
        if where.times:
            await asyncio.to_thread(self._store.collections.listed, source.id, "", 0)
        if plain == source.url:
            return
        if await self._is_home_again(source, where, current):
            await self._follow(source, source.url)

    async def _follow(self, source: Source, address: str) -> None:
        store = self._store.collections
        await asyncio.to_thread(store.moved, source.id, source.url, address)
        await asyncio.to_thread(store.listed, source.id, "", 0)
        self._fetcher.ask_instead(source.url, address)
        log.warning("collection.moved", source=source.id, to=address)

    async def _is_the_same(
        self, source: Source, where: Whereabouts, current: str, listed: str
    ) -> bool:
        """Whether the collection that we know answers at an address.

        It is identified by the id it has always stated, else by the one it states at the current
        address, else by the name of the source.
        """
        expected = where.identity
        if not expected:
            expected = await self._identity(current) or source.id
        return await self._identity(listed) == expected

    async def _is_home_again(self, source: Source, where: Whereabouts, current: str) -> bool:
        """Whether the followed address is dead and the operator's address answers again."""
        if await self._identity(current):
            return False
        return await self._identity(source.url) == (where.identity or source.id)

    async def _identity(self, address: str) -> str:
        """The id that a collection states at an address; "" if none answers."""
        try:
            said = await collections.metadata(self._fetcher, address, as_written=True)
        except FetchError:
            return ""
        return str(said["id"])


def _address(source: Source, where: Whereabouts) -> str:
    """The address at which a source is read instead of the operator's, or "".

    It is "" once the operator has changed the address.
    """
    if where.configured != source.url:
        return ""
    return where.address


def _is_less_safe(current: str, listed: str) -> bool:
    """Whether following would give up an encrypted connection."""
    return urlsplit(current).scheme == "https" and urlsplit(listed).scheme != "https"
