"""Reading feeds: for each kind of source, a module that turns feed entries into items."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from bot.feeds import github, memos, news, ota, syndication
from bot.feeds.entry import Entry
from bot.feeds.failures import GONE
from bot.feeds.fetch import FetchError, Page
from bot.feeds.record_dates import dated
from bot.feeds.syndication import NotAFeedError
from bot.model import Item, Source, SourceKind
from bot.runtime.bounded import OverLimitError
from bot.states import SourceState

_READERS: dict[SourceKind, Callable[[Source, list[Entry]], list[Item]]] = {
    SourceKind.COLLECTION: ota.items,
    SourceKind.MEMOS: memos.items,
    SourceKind.NEWS: news.items,
}


def url_of(
    source: Source,
    service: str = "",
    fallback: bool = False,
    branch: str = "",
    terms_type: str = "",
) -> str:
    """The URL of a source's feed, or of the feed of one service or document in it.

    `fallback` is the GitHub side of a collection without a feed; `branch` is a repository's.
    """
    match SourceKind.GITHUB if fallback else source.kind:
        case SourceKind.COLLECTION:
            return ota.feed_url(source, service, terms_type)
        case SourceKind.GITHUB:
            return github.feed_url(source, service, branch, terms_type)
        case _:
            return source.url


#: Why a source could not be read: the request, the page, or the limits on reading it.
Unreadable = FetchError | NotAFeedError | OverLimitError
UNREADABLE = (FetchError, NotAFeedError, OverLimitError)


@dataclass(frozen=True, slots=True)
class Found:
    """The items of a page in the feed's order, and a remark for people on what was left out."""

    items: list[Item]
    remark: str = ""


def read(
    source: Source,
    page: Page,
    now: datetime,
    fallback: bool = False,
    folders: Collection[str] = (),
) -> Found:
    """The items of a page. Raises NotAFeedError; slow for large feeds.

    `folders` are names of services in collections. Versions of a document are never dated after
    `now`, and no two versions have the same date.
    """
    kind = SourceKind.GITHUB if fallback else source.kind
    feed = syndication.read(page, now)
    if kind is SourceKind.GITHUB:
        items = github.items(source, feed.entries, folders)
    else:
        items = _READERS[kind](source, feed.entries)
    return Found(dated(source.id, items, now), feed.remark)


def state_of(error: Unreadable) -> SourceState:
    """The state of a source that could not be read."""
    if isinstance(error, NotAFeedError) and error.web_page:
        return SourceState.WEB_PAGE
    if isinstance(error, FetchError) and error.status == GONE:
        return SourceState.GONE
    return SourceState.FAILING
