"""Where changes come from. A kind of source is a module that turns entries into items."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.feeds import github, memos, news, ota
from bot.feeds.syndication import Entry, entries
from bot.model import Item, Source, SourceKind

_READERS: dict[SourceKind, Callable[[Source, list[Entry]], list[Item]]] = {
    SourceKind.COLLECTION: ota.items,
    SourceKind.GITHUB: github.items,
    SourceKind.MEMOS: memos.items,
    SourceKind.NEWS: news.items,
}


def url_of(source: Source, service: str = "", fallback: bool = False) -> str:
    """Where a source's feed is; `fallback` is the GitHub side of a collection without a feed."""
    match SourceKind.GITHUB if fallback else source.kind:
        case SourceKind.COLLECTION:
            return ota.feed_url(source, service)
        case SourceKind.GITHUB:
            return github.feed_url(source, service)
        case _:
            return source.url


def read(source: Source, body: bytes, now: datetime, fallback: bool = False) -> list[Item]:
    """The items of a feed's bytes. Raises NotAFeedError; slow for large feeds."""
    return _READERS[SourceKind.GITHUB if fallback else source.kind](source, entries(body, now))
