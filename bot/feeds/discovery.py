"""Feed discovery: from the URL of a page to a feed that was read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from bot import feeds
from bot.feeds.choices import Choice, DiscoveryError, address, known
from bot.feeds.fetch import Fetcher, FetchError, Page
from bot.feeds.syndication import NotAFeedError
from bot.feeds.web_page import choices_of, is_web_page
from bot.model import Item, Source, SourceKind
from bot.runtime.bounded import HERE, OverLimitError, Worker

#: The most links of a page that are tried if it declares no feed.
MAX_GUESSES = 10
#: The paths that are tried if a page declares no feed.
GUESSES = ("feed", "rss.xml", "atom.xml", "feed.xml", "index.xml")
#: The polling interval of a source that was found so, in seconds.
EVERY_SECONDS = 3 * 3600

_LANGUAGE = re.compile(
    rb"<language>\s{0,9}([a-zA-Z]{2,3})\b|<feed\s[^<>]{0,500}xml:lang=.([a-zA-Z]{2,3})\b"
)


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed that was read: a source without an id, its items, newest first, and the choices."""

    source: Source
    items: Sequence[Item]
    choices: Sequence[Choice]
    taken: int = 1


async def discover(
    fetcher: Fetcher, typed: str, number: int, now: datetime, worker: Worker = HERE
) -> Discovered:
    """Find and read the feed of a URL that a person typed.

    `number` (from 1) chooses among several. Raises DiscoveryError.
    """
    trying = _Trying(fetcher, worker, now)
    url = address(typed)
    choices = known(url)
    if choices:
        return await _take(trying, choices, number)
    page = await _page(fetcher, url)
    if is_web_page(page):
        return await _of_web_page(trying, page, number)
    return await _take(trying, [Choice(url)], 1, page)


@dataclass(frozen=True, slots=True)
class _Trying:
    """The means to try a feed: a fetcher, a worker, and the time."""

    fetcher: Fetcher
    worker: Worker
    now: datetime


async def _of_web_page(trying: _Trying, page: Page, number: int) -> Discovered:
    named, likely = choices_of(page)
    if named:
        return await _take(trying, named, number)
    for url in dict.fromkeys([*likely[:MAX_GUESSES], *_guesses(page)]):
        try:
            return await _take(trying, [Choice(url)], 1)
        except DiscoveryError:
            continue
    why = "is a web page, and no feed was found on it; give the address of the feed itself"
    raise DiscoveryError(f"{page.url} {why}")


def _guesses(page: Page) -> list[str]:
    """URLs where an undeclared feed may be: below the page, and below its site."""
    here = page.url if page.url.endswith("/") else f"{page.url}/"
    bases = dict.fromkeys([here, urljoin(page.url, "/")])
    return [urljoin(base, guess) for base in bases for guess in GUESSES]


async def _take(
    trying: _Trying, choices: Sequence[Choice], number: int, page: Page | None = None
) -> Discovered:
    """Read the chosen feed. Raises DiscoveryError if it is not a feed."""
    if not 1 <= number <= len(choices):
        raise DiscoveryError(f"there is no feed {number}; it has {len(choices)}")
    chosen = choices[number - 1]
    source = Source("new", chosen.kind, chosen.url, EVERY_SECONDS, chosen.github)
    url = feeds.url_of(source)
    if page is None:
        page = await _page(trying.fetcher, url)
    try:
        found = await trying.worker.run(feeds.read, source, page, trying.now)
    except (NotAFeedError, OverLimitError) as error:
        raise DiscoveryError(f"{url} cannot be read as a feed: {error}") from error
    if not found.items:
        raise DiscoveryError(f"{url} is a feed without entries that Smallprint reads")
    newest = sorted(found.items, key=lambda item: item.when, reverse=True)
    return Discovered(_settled(source, page, chosen), newest, choices, number)


def _settled(source: Source, page: Page, chosen: Choice) -> Source:
    """The source with the language of its feed, and with the URL that it moved to."""
    url = source.url
    if page.moved_to and source.kind is SourceKind.NEWS:
        url = page.moved_to
    language = language_of(page) or chosen.language or "en"
    return replace(source, url=url, language=language)


def language_of(page: Page) -> str:
    """The language code that a feed declares, or ""."""
    found = _LANGUAGE.search((page.body or b"")[:20_000])
    if found is None:
        return ""
    code: bytes = found[1] or found[2]
    return code.decode().lower()


async def _page(fetcher: Fetcher, url: str) -> Page:
    try:
        return await fetcher.get(url)
    except FetchError as error:
        raise DiscoveryError(f"{url}: {error}") from error
