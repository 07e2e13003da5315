"""Collections move: once a day the published list says where they are now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from bot.feeds import collections, secure
from bot.feeds.fetch import Fetcher, FetchError
from bot.model import Source, SourceKind
from bot.store import Store
from bot.store.collections import Whereabouts

log = structlog.get_logger()

EVERY = timedelta(days=1)
#: An address counts once the list has named it so many times in a row: a slip is mended by then.
IN_A_ROW = 2
#: The list has a row among the collections; no source can have its name.
LIST = "list:collections"


class Addresses:
    """Follows collections to where the list says that they are; called by a tick.

    An address is believed only if the collection that we know answers there, by its own id.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        sources: Iterable[Source],
        published: str,
        clock: Callable[[], datetime],
        allow_private: bool = False,
    ) -> None:
        self._store, self._fetcher, self._clock = store, fetcher, clock
        self._sources = [each for each in sources if each.kind is SourceKind.COLLECTION]
        self._published, self._allow_private = published, allow_private

    async def begin(self) -> None:
        """Go on where the collections were read last; without a list, where the operator says."""
        known = await self._known() if self._published else {}
        for source in self._sources:
            if moved := _address(source, known.get(source.id)):
                self._fetcher.ask_instead(source.url, moved)

    async def look_due(self) -> None:
        """Read the list if it is due, and follow whom it says has moved."""
        now = self._clock()
        known = await self._known()
        last = known[LIST].looked_at
        if not self._published or (last and now - last < EVERY):
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
        plain = _address(source, where) or source.url
        noted = (await asyncio.to_thread(self._store.sources.cursor, source.id)).notes
        current = secure.of(replace(source, url=plain), noted).url
        listed = addresses.get(source.id, "")
        if listed in ("", plain, current) or _is_less_safe(current, listed):
            if where.times:
                await asyncio.to_thread(self._store.collections.listed, source.id, "", 0)
            if plain != source.url and await self._is_home_again(source, where, current):
                await self._follow(source, source.url)
            return
        times = where.times + 1 if where.listed == listed else 1
        await asyncio.to_thread(self._store.collections.listed, source.id, listed, times)
        if times < IN_A_ROW:
            return
        if await self._is_the_same(source, where, current, listed):
            await self._follow(source, listed)
        else:
            log.warning("collection.not_followed", source=source.id, to=listed)

    async def _follow(self, source: Source, address: str) -> None:
        store = self._store.collections
        await asyncio.to_thread(store.moved, source.id, source.url, address)
        await asyncio.to_thread(store.listed, source.id, "", 0)
        self._fetcher.ask_instead(source.url, address)
        log.warning("collection.moved", source=source.id, to=address)

    async def _is_the_same(
        self, source: Source, where: Whereabouts, current: str, listed: str
    ) -> bool:
        """Whether the collection that we know answers at an address: by what it always called
        itself, else by what it says at the current address, else by the name of the source."""
        expected = where.identity or await self._identity(current) or source.id
        return await self._identity(listed) == expected

    async def _is_home_again(self, source: Source, where: Whereabouts, current: str) -> bool:
        """Whether the address that was followed is dead, and the operator's answers once more."""
        if await self._identity(current):
            return False
        return await self._identity(source.url) == (where.identity or source.id)

    async def _identity(self, address: str) -> str:
        """The id that a collection states at an address; "" where none answers."""
        try:
            said = await collections.metadata(self._fetcher, address, as_written=True)
        except FetchError:
            return ""
        return str(said["id"])


def _address(source: Source, where: Whereabouts | None) -> str:
    """Where a source is read in place of the operator's address, unless that was changed since."""
    return where.address if where and where.configured == source.url else ""


def _is_less_safe(current: str, listed: str) -> bool:
    """Whether following would give up an encrypted connection."""
    return urlsplit(current).scheme == "https" and urlsplit(listed).scheme != "https"
