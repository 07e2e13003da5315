"""The texts of a recorded change: as it is, as it was just before, and of how many pages each was made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.feeds import github, ota, syndication
from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.syndication import NotAFeedError
from bot.model import Item, Record, Source, SourceKind
from bot.runtime.bounded import OverLimitError, Worker

#: So many words in new lines may be a page that the tracker has begun to read.
PAGE = 30


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


async def read(fetcher: Fetcher, worker: Worker, source: Source, item: Item, known: str | None, now: datetime) -> Texts:
    """The texts of an item. `known` is the document's text as it was learnt; without it the one before is read too.

    Raises FetchError.
    """
    recorded = await text_after(fetcher, source, item)
    if item.record is not Record.CHANGE:
        return Texts(recorded.text, None, Pages(item.pages))
    before = await _text_before(fetcher, source, item, recorded) if known is None else None
    older = before if known is None else known
    if item.pages or older is None or _new_words(older, recorded.text) < PAGE:
        return Texts(recorded.text, before, Pages(item.pages))
    return Texts(recorded.text, before, await _pages(fetcher, worker, source, item, now))


async def text_after(fetcher: Fetcher, source: Source, item: Item) -> Recorded:
    """The text that the item recorded. A collection that cannot give it is replaced by its repository.

    Raises FetchError.
    """
    assert item.document, "only records of a document have texts"
    if source.kind is SourceKind.COLLECTION:
        try:
            return Recorded(await _version(fetcher, ota.version_url(source.url, item.document, item.when)), False)
        except FetchError:
            if not source.github:
                raise
    return Recorded(await _raw(fetcher, github.raw_url(source, item.document, _commit(item))), True)


async def _text_before(fetcher: Fetcher, source: Source, item: Item, after: Recorded) -> str | None:
    """The text that the item replaced, from where the one after it came; None where there was none."""
    assert item.document, "only records of a document have texts"
    try:
        if not after.from_github:
            earlier = ota.version_url(source.url, item.document, ota.before(item.when))
            return await _version(fetcher, earlier)
        diff = await _raw(fetcher, github.diff_url(source, _commit(item)))
        return github.undo(after.text, diff)
    except FetchError as error:
        if error.status == 404:
            return None
        raise
    except ValueError as error:
        raise FetchError(str(error)) from error


async def _pages(fetcher: Fetcher, worker: Worker, source: Source, item: Item, now: datetime) -> Pages:
    """What only the repository's commits tell: without it a page that the tracker has just begun to read looks
    like new terms. A hint that is missing holds up nothing."""
    assert item.document, "only records of a document have pages"
    if not source.github:
        return Pages()
    narrow = replace(source, service=item.document.service, terms_type=item.document.terms_type)
    try:
        page = await fetcher.get(github.feed_url(narrow, ""))
        feed = await worker.run(syndication.read, page, now)
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


async def _version(fetcher: Fetcher, url: str) -> str:
    page = await fetcher.get(url)
    try:
        return ota.text_of(page.body or b"")
    except ValueError as error:
        raise FetchError("the collection's answer holds no text") from error


async def _raw(fetcher: Fetcher, url: str) -> str:
    return ((await fetcher.get(url)).body or b"").decode("utf-8", "replace")


def _commit(item: Item) -> str:
    return item.uid.removeprefix("commit:")
