"""Fetching the texts of a recorded change: after it and before it, and their page counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.feeds import branches, github, ota, syndication
from bot.feeds.branches import Wanted
from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.syndication import NotAFeedError
from bot.model import Document, Item, Record, Source, SourceKind
from bot.runtime.bounded import HERE, OverLimitError, Worker

log = structlog.get_logger()

#: From this many words in new lines on, they may be a page that the tracker has begun to read.
PAGE_WORDS = 30
#: The most versions of one second that are skipped.
OF_ONE_SECOND = 20
#: The statuses of a collection that lacks a version or the endpoint; 416 means that the moment is
#: still in the future.
_NO_SUCH_VERSION = (400, 404, 405, 416)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The text of a version, and whether it came from GitHub rather than from the collection."""

    text: str
    from_github: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """The numbers of source documents of a version and of the one before it; 0 if unknown."""

    after: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of an item.

    `before` is None if it was not needed, or if nothing was recorded before.
    """

    after: str
    before: str | None
    pages: Pages


async def read(
    fetcher: Fetcher, worker: Worker, source: Source, item: Item, known: str | None, now: datetime
) -> Texts:
    """Fetch the texts of an item.

    `known` is the document's text in memory; without it the previous version is fetched too.
    Raises FetchError, and ValueError for an item that records no document.
    """
    recorded = await text_after(fetcher, source, item, now, worker)
    if item.record is not Record.CHANGE:
        return Texts(recorded.text, None, Pages(item.pages))
    version = _version(fetcher, worker, source, item)
    before = None
    older = known
    if known is None:
        before = await version.text_before(recorded)
        older = before
    if item.pages or older is None or _new_words(older, recorded.text) < PAGE_WORDS:
        return Texts(recorded.text, before, Pages(item.pages))
    return Texts(recorded.text, before, await version.pages(now))


async def text_after(
    fetcher: Fetcher,
    source: Source,
    item: Item,
    now: datetime | None = None,
    worker: Worker = HERE,
) -> Recorded:
    """Fetch the text that the item recorded.

    If the collection cannot give it, its repository on GitHub is asked. Raises FetchError, and
    ValueError for an item that records no document.
    """
    version = _version(fetcher, worker, source, item)
    if source.kind is SourceKind.COLLECTION:
        try:
            exact = await version.exactly(now)
            return Recorded(exact.text, from_github=False)
        except FetchError:
            if not source.github:
                raise
    url = github.raw_url(source, version.document, version.id)
    return Recorded(await version.raw(url), from_github=True)


def _version(fetcher: Fetcher, worker: Worker, source: Source, item: Item) -> _Version:
    if item.document is None:
        raise ValueError("only records of a document have texts")
    return _Version(fetcher, worker, source, item, item.document)


@dataclass(frozen=True, slots=True)
class _Version:
    """An item's version, with what is needed to fetch and parse it."""

    fetcher: Fetcher
    worker: Worker
    source: Source
    item: Item
    document: Document

    @property
    def id(self) -> str:
        """The version's id in the collection and the repository."""
        return self.item.uid.removeprefix("commit:")

    @property
    def stamp(self) -> datetime:
        """The date by which the tracker identifies the version, even if it is in the future."""
        return self.item.stamped or self.item.when

    async def exactly(self, now: datetime | None) -> ota.Version:
        """Fetch exactly this version. Raises FetchError.

        By its date first, which every collection understands; by its id if that gave another
        version; and as the newest, if our clock was behind the tracker's when the item was read.
        """
        found = None
        missing = FetchError("the collection gave another version")
        try:
            found = await self._of_second()
        except FetchError as error:
            if error.status not in _NO_SUCH_VERSION:
                raise
            missing = error
        if found is not None and self._is_surely(found):
            return found
        exact = await self._by_id(self.id)
        if exact is not None:
            return exact
        if found is not None and found.may_be(self.stamp):
            return found
        newest = await self._newest(now)
        if newest is None:
            raise missing
        return newest

    async def _of_second(self) -> ota.Version:
        """The newest version of the second of its date, which may not be over yet."""
        try:
            return await self._at(ota.version_url(self.source.url, self.document, self.stamp))
        except FetchError as error:
            if error.status != 416:
                raise
        begun = ota.version_url(self.source.url, self.document, self.stamp, begun=True)
        return await self._at(begun)

    def _is_surely(self, found: ota.Version) -> bool:
        """Whether it is surely this version, by its id, or by its date if it has no engine's id."""
        if found.id == self.id:
            return True
        return not ota.has_engine_id(found.id) and found.may_be(self.stamp)

    async def _newest(self, now: datetime | None) -> ota.Version | None:
        """This version, if it is now the newest of its document; otherwise None."""
        if now is None or now <= self.item.when:
            return None
        url = ota.version_url(self.source.url, self.document, now, begun=True)
        newest = await self._at(url)
        return newest if newest.id == self.id else None

    async def _by_id(self, version: str) -> ota.Version | None:
        """A version by its id; None if the collection lacks it, or the endpoint."""
        if not ota.has_engine_id(version):
            return None
        try:
            found = await self._at(ota.version_by_id_url(self.source.url, version))
        except FetchError as error:
            if error.status in _NO_SUCH_VERSION:
                return None
            raise
        return found if found.id == version else None

    async def text_before(self, after: Recorded) -> str | None:
        """The text that the item replaced, from the same place as the text after it.

        None if there was none. Raises FetchError.
        """
        try:
            if not after.from_github:
                return await self._version_before()
            diff = await self.raw(github.diff_url(self.source, self.id))
            return github.undo(after.text, diff)
        except FetchError as error:
            if error.status == 404:
                return None
            raise
        except ValueError as error:
            raise FetchError(str(error)) from error

    async def _version_before(self) -> str | None:
        """The text of the previous version, by its id or else by the date a moment before."""
        try:
            exact = await self._by_id(self.id)
            if exact is not None and exact.before is not None:
                return await self._before(exact)
        except FetchError as error:  # the date is as good, unless two share it
            log.info("version.not_by_id", source=self.source.id, item=self.item.uid, why=error.why)
        url = ota.version_url(self.source.url, self.document, ota.before(self.stamp))
        stood = await self._at(url)
        if stood.id == self.id:
            raise FetchError("the collection gave the same version twice")
        return stood.text

    async def _before(self, version: ota.Version) -> str | None:
        """The text before a version, None for the first. Raises FetchError.

        Changes of its own second are skipped: they count as one with it.
        """
        second = version.fetched
        earlier = version
        for _ in range(OF_ONE_SECOND):
            if not earlier.before:
                return None if earlier is version else earlier.text
            found = await self._by_id(earlier.before)
            if found is None:
                raise FetchError("the collection does not have the version that it names")
            if found.upgrade or second is None or not found.may_be(second):
                return found.text
            earlier = found
        return earlier.text

    async def pages(self, now: datetime) -> Pages:
        """The numbers of pages, which only the repository's commits give.

        Without them a page that the tracker has just begun to read looks like new terms. If they
        are missing, nothing is held up.
        """
        if not self.source.github:
            return Pages()
        narrow = replace(
            self.source, service=self.document.service, terms_type=self.document.terms_type
        )
        try:
            page, _ = await branches.get(self.fetcher, narrow, Wanted(fallback=True))
            feed = await self.worker.run(syndication.read, page, now)
        except (FetchError, NotAFeedError, OverLimitError):
            return Pages()
        return self._pages_in(github.items(narrow, feed.entries))

    def _pages_in(self, commits: list[Item]) -> Pages:
        """The pages of the version and of the one before it; commits come newest first."""
        after = [commit.pages for commit in commits if commit.uid == self.item.uid]
        before = [commit.pages for commit in commits if commit.when < self.item.when]
        return Pages(after[0] if after else 0, before[0] if before else 0)

    async def _at(self, url: str) -> ota.Version:
        page = await self.fetcher.get(url)
        try:
            return await self.worker.run(ota.version_of, page.body or b"")
        except (ValueError, OverLimitError) as error:
            raise FetchError("the collection's answer holds no text") from error

    async def raw(self, url: str) -> str:
        """A page as text. Raises FetchError."""
        page = await self.fetcher.get(url)
        return (page.body or b"").decode("utf-8", "replace")


def _new_words(before: str, after: str) -> int:
    """The number of words in lines that only the later text has."""
    old = set(before.splitlines())
    return sum(len(line.split()) for line in after.splitlines() if line not in old)
