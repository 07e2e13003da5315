"""Where changes come from. A kind of source is a module that turns entries into items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.feeds import github, memos, news, ota, syndication
from bot.feeds.fetch import Page
from bot.feeds.syndication import Entry
from bot.model import Item, Source, SourceKind

log = structlog.get_logger()

#: Clocks and time zones are off by less than this. What is dated further ahead is dated wrongly.
AHEAD = timedelta(days=1)
#: Nothing on the web is older or will be newer; a day more or less can be counted from both.
OLDEST, NEWEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

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


@dataclass(frozen=True, slots=True)
class Found:
    """What a page gave: its items as the feed has them, and what was left out of it, in words for people."""

    items: list[Item]
    remark: str = ""


def read(source: Source, page: Page, now: datetime, fallback: bool = False) -> Found:
    """The items of a page. Raises NotAFeedError; slow for large feeds.

    No version of a document is dated more than a day after `now`: a document that was "understood" as
    it will be in years would be silent until then.
    """
    feed = syndication.read(page, now)
    found = _READERS[SourceKind.GITHUB if fallback else source.kind](source, feed.entries)
    ahead = [item.uid for item in found if item.when > now + AHEAD]
    if ahead:
        log.warning("source.dated_ahead", source=source.id, entries=len(ahead), first=ahead[0])
    return Found([replace(item, when=_plausible(item, now)) for item in found], feed.remark)


def _plausible(item: Item, now: datetime) -> datetime:
    """Today for a version that cannot have been dated rightly. What people write silences nothing."""
    if item.document and item.when > now + AHEAD:
        return now
    return min(max(item.when, OLDEST), NEWEST)
