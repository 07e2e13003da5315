"""The two texts of a recorded change: as it is, and as it was just before."""

from __future__ import annotations

from dataclasses import dataclass

from bot.feeds import github, ota
from bot.feeds.fetch import Fetcher, FetchError
from bot.model import Item, Source, SourceKind


@dataclass(frozen=True, slots=True)
class Recorded:
    """The text that an item recorded, and whether it came from GitHub rather than from the collection."""

    text: str
    from_github: bool


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


async def text_before(fetcher: Fetcher, source: Source, item: Item, after: Recorded) -> str:
    """The text that the item replaced, from where the one after it came.

    Raises FetchError; a 404 says that there was none.
    """
    assert item.document, "only records of a document have texts"
    if not after.from_github:
        return await _version(fetcher, ota.version_url(source.url, item.document, ota.before(item.when)))
    diff = await _raw(fetcher, github.diff_url(source, _commit(item)))
    try:
        return github.undo(after.text, diff)
    except ValueError as error:
        raise FetchError(str(error)) from error


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
