"""The targets of fuzzing, and the promises that must hold for any input."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from multidict import CIMultiDict

from bot import feeds
from bot.feeds import dating, headers, identity, inflate, syndication
from bot.feeds.fetch import Page
from bot.feeds.syndication import NotAFeedError
from bot.model import Item, Source, SourceKind

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
CHARSETS = ("", "utf-8", "iso-8859-1", "utf-16", "shift_jis", "utf-7", "rot13", "\0", "x" * 99)
#: The most bytes that are decompressed.
MOST_BYTES = 100_000
SOURCES = {kind: Source("s", kind, "https://e.org/", github="o/r") for kind in SourceKind}


class BrokenPromiseError(AssertionError):
    """A promise was broken."""


def reading(data: bytes) -> None:
    """Any bytes are a feed or refused with a message; the result is bounded and well typed."""
    charset = CHARSETS[data[0] % len(CHARSETS)] if data else ""
    page = Page("https://e.org/feed", data[1:], charset=charset)
    for source in SOURCES.values():
        try:
            found = feeds.read(source, page, NOW)
        except NotAFeedError as error:
            _promise(0 < len(str(error)) < 200, f"refused in odd words: {error}")
            continue
        for item in found.items:
            _item(item)


def _item(item: Item) -> None:
    _promise(len(item.uid) < 1_000, "an id without end")
    _promise(len(item.title) <= 500, "a title without end")
    if item.link:
        _promise(item.link.startswith(("http://", "https://")), item.link)
    _promise(item.when.tzinfo is not None, "a date without a zone")
    item.title.encode()
    item.text.encode()


def identities(data: bytes) -> None:
    """The same page always has the same ids, one for each entry."""
    page = Page("https://e.org/feed", data)
    try:
        entries = syndication.read(page, NOW).entries
    except NotAFeedError:
        return
    ids = identity.identify(entries)
    _promise(len(ids) == len(entries), "an entry without an id")
    _promise(ids == identity.identify(entries), "ids that change by themselves")
    _promise(all(0 < len(each) <= 600 for each in ids), "an id without end")


def packings(data: bytes) -> None:
    """Compressed data is decompressed up to a bound, or refused with a message."""
    for encoding in ("", "gzip", "deflate", "br", "zstd", "gzip, gzip", "x"):
        try:
            opened = inflate.opened(data, encoding, MOST_BYTES)
        except inflate.InflateError as error:
            _promise(0 < len(str(error)) < 200, f"refused in odd words: {error}")
        else:
            _promise(len(opened) <= MOST_BYTES, "more than may be")


def times(data: bytes) -> None:
    """No header or date gives a value out of bounds."""
    text = data.decode("utf-8", "replace")
    first, _, second = text.partition("\n")
    said = CIMultiDict(dict.fromkeys(("Cache-Control", "Age", "Date", "X-RateLimit-Reset"), first))
    said.update({"Expires": second, "Retry-After": text, "X-RateLimit-Remaining": "0"})
    fresh = headers.fresh_for(said, NOW)
    if fresh is not None:
        _promise(timedelta() <= fresh <= timedelta(days=1), f"fresh for {fresh}")
    wait = headers.retry_after(said, NOW)
    if wait is not None:
        _promise(timedelta() <= wait <= timedelta(days=7), f"waits {wait}")
    moment = dating.parse(text, NOW)
    if moment is not None:
        _promise(1990 <= moment.year <= 2029, f"dated {moment}")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "reading": reading,
    "identities": identities,
    "packings": packings,
    "times": times,
}


def _promise(holds: bool, what: str) -> None:
    if not holds:
        raise BrokenPromiseError(what)
