"""The texts of a recorded change: as it is, as it was just before, and of how many pages each was made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.feeds import branches, github, ota, syndication
from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.syndication import NotAFeedError
from bot.model import Document, Item, Record, Source, SourceKind
from bot.runtime.bounded import HERE, OverLimitError, Worker

log = structlog.get_logger()

#: So many words in new lines may be a page that the tracker has begun to read.
PAGE = 30
#: So many versions of one second are passed over at most.
OF_ONE_SECOND = 20
#: What a collection answers that does not have a version, or does not know the question; and, 416,
#: that the moment has not come yet.
_NO_SUCH_VERSION = (400, 404, 405, 416)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks for an answer, and who reads it."""

    fetcher: Fetcher
    worker: Worker


@dataclass(frozen=True, slots=True)
class Recorded:
    """A version, and whether it came from GitHub rather than from the collection."""

    text: str
    from_github: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """Of how many source documents a version and the one before it were made; 0 where that is unknown."""

    after: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Texts:
    """What an item recorded. `before` is None where nobody asked for it, or where nothing was recorded before."""

    after: str
    before: str | None
    pages: Pages


async def read(
    fetcher: Fetcher, worker: Worker, source: Source, item: Item, known: str | None, now: datetime
) -> Texts:
    """The texts of an item. `known` is the document's text as it was learnt; without it the one before is read too.

    Raises FetchError.
    """
    desk = Desk(fetcher, worker)
    recorded = await text_after(fetcher, source, item, now, worker)
    if item.record is not Record.CHANGE:
        return Texts(recorded.text, None, Pages(item.pages))
    before = await _text_before(desk, source, item, recorded) if known is None else None
    older = before if known is None else known
    if item.pages or older is None or _new_words(older, recorded.text) < PAGE:
        return Texts(recorded.text, before, Pages(item.pages))
    return Texts(recorded.text, before, await _pages(desk, source, item, now))


async def text_after(
    fetcher: Fetcher,
    source: Source,
    item: Item,
    now: datetime | None = None,
    worker: Worker = HERE,
) -> Recorded:
    """The text that the item recorded. A collection that cannot give it is replaced by its repository.

    Raises FetchError.
    """
    assert item.document, "only records of a document have texts"
    desk = Desk(fetcher, worker)
    if source.kind is SourceKind.COLLECTION:
        try:
            return Recorded((await _exactly(desk, source, item, item.document, now)).text, False)
        except FetchError:
            if not source.github:
                raise
    return Recorded(await _raw(desk, github.raw_url(source, item.document, _version(item))), True)


async def _exactly(
    desk: Desk, source: Source, item: Item, document: Document, now: datetime | None
) -> ota.Version:
    """The version that the item is of, and no other of that moment. Raises FetchError.

    By its date first, which every collection understands; by its id where that gave another one;
    and as the newest, where our clock was behind the tracker's when the item was read.
    """
    found, missing = None, FetchError("the collection gave another version")
    try:
        found = await _of_second(desk, source, document, _stamp(item))
    except FetchError as error:
        if error.status not in _NO_SUCH_VERSION:
            raise
        missing = error
    told = found is not None and ota.has_engine_id(found.id)
    if found and (found.id == _version(item) or (not told and found.may_be(_stamp(item)))):
        return found
    if exact := await _by_id(desk, source, _version(item)):
        return exact
    if found and found.may_be(_stamp(item)):
        return found
    if now and now > item.when:
        newest = await _at(desk, ota.version_url(source.url, document, now, begun=True))
        if newest.id == _version(item):
            return newest
    raise missing


async def _of_second(desk: Desk, source: Source, document: Document, when: datetime) -> ota.Version:
    """The newest version of the second of a moment, which may not be over yet."""
    try:
        return await _at(desk, ota.version_url(source.url, document, when))
    except FetchError as error:
        if error.status != 416:
            raise
    return await _at(desk, ota.version_url(source.url, document, when, begun=True))


def _stamp(item: Item) -> datetime:
    """The moment by which the tracker knows a version, even one ahead of our time."""
    return item.stamped or item.when


async def _by_id(desk: Desk, source: Source, version: str) -> ota.Version | None:
    """A version by its id; None where the collection does not have it or does not offer this."""
    if not ota.has_engine_id(version):
        return None
    try:
        found = await _at(desk, ota.version_by_id_url(source.url, version))
    except FetchError as error:
        if error.status in _NO_SUCH_VERSION:
            return None
        raise
    return found if found.id == version else None


async def _text_before(desk: Desk, source: Source, item: Item, after: Recorded) -> str | None:
    """The text that the item replaced, from where the one after it came; None where there was none."""
    assert item.document, "only records of a document have texts"
    try:
        if not after.from_github:
            return await _version_before(desk, source, item, item.document)
        diff = await _raw(desk, github.diff_url(source, _version(item)))
        return github.undo(after.text, diff)
    except FetchError as error:
        if error.status == 404:
            return None
        raise
    except ValueError as error:
        raise FetchError(str(error)) from error


async def _version_before(desk: Desk, source: Source, item: Item, document: Document) -> str | None:
    """The text before, as the versions themselves name it; else the one that stood a second before."""
    try:
        exact = await _by_id(desk, source, _version(item))
        if exact and exact.before is not None:
            return await _before(desk, source, exact)
    except FetchError as error:  # the date tells as much, but where two are of one moment
        log.info("version.not_by_id", source=source.id, item=item.uid, why=error.why)
    stood = await _at(desk, ota.version_url(source.url, document, ota.before(_stamp(item))))
    if stood.id == _version(item):
        raise FetchError("the collection gave the same version twice")
    return stood.text


async def _before(desk: Desk, source: Source, version: ota.Version) -> str | None:
    """The text before a version, None at the first. Changes of its own second are passed over: they
    count as one with it. Raises FetchError."""
    second, earlier = version.fetched, version
    for _ in range(OF_ONE_SECOND):
        if not earlier.before:
            return None if earlier is version else earlier.text
        found = await _by_id(desk, source, earlier.before)
        if found is None:
            raise FetchError("the collection does not have the version that it names")
        if found.upgrade or second is None or not found.may_be(second):
            return found.text
        earlier = found
    return earlier.text


async def _pages(desk: Desk, source: Source, item: Item, now: datetime) -> Pages:
    """What only the repository's commits tell: without it a page that the tracker has just begun to read looks
    like new terms. A hint that is missing holds up nothing."""
    assert item.document, "only records of a document have pages"
    if not source.github:
        return Pages()
    narrow = replace(source, service=item.document.service, terms_type=item.document.terms_type)
    try:
        page, _ = await branches.get(desk.fetcher, narrow, fallback=True)
        feed = await desk.worker.run(syndication.read, page, now)
    except (FetchError, NotAFeedError, OverLimitError):
        return Pages()
    commits = github.items(narrow, feed.entries)
    after = next((commit.pages for commit in commits if commit.uid == item.uid), 0)
    before = next((commit.pages for commit in commits if commit.when < item.when), 0)
    return Pages(after, before)


def _new_words(before: str, after: str) -> int:
    """The words in lines that only the later text has."""
    old = set(before.splitlines())
    return sum(len(line.split()) for line in after.splitlines() if line not in old)


async def _at(desk: Desk, url: str) -> ota.Version:
    page = await desk.fetcher.get(url)
    try:
        return await desk.worker.run(ota.version_of, page.body or b"")
    except (ValueError, OverLimitError) as error:
        raise FetchError("the collection's answer holds no text") from error


async def _raw(desk: Desk, url: str) -> str:
    return ((await desk.fetcher.get(url)).body or b"").decode("utf-8", "replace")


def _version(item: Item) -> str:
    return item.uid.removeprefix("commit:")
