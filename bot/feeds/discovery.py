"""From the address of a page to the feed that it has, tried out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import urldefrag, urljoin, urlsplit

from bot import feeds
from bot.feeds.fetch import Fetcher, FetchError, Page, host_of
from bot.feeds.syndication import NotAFeedError
from bot.model import Item, Source, SourceKind
from bot.runtime.bounded import HERE, OverLimitError, Worker

#: A page says in its head what feeds it has.
MAX_PAGE_BYTES = 300_000
#: Tags of a page that are looked at.
MAX_TAGS = 2_000
#: Feeds of a page that are offered.
MAX_CHOICES = 20
#: Links of a page that are tried, where it names no feed.
MAX_GUESSES = 10
#: What is tried where a page names no feed.
GUESSES = ("feed", "rss.xml", "atom.xml", "feed.xml", "index.xml")
#: How often a source is asked that is found so.
EVERY_SECONDS = 3 * 3600

_TAG = re.compile(r"<(?:link|a|base|html)\s[^<>]{1,2000}>", re.I)
_FEED_TYPE = re.compile(r"(?:application|text)/(?:(?:rss|atom|rdf)\+)?xml\b", re.I)
_FEED_LINK = re.compile(r"\b(?:rss|atom|feed)\b", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_HOST_AND_PORT = re.compile(r"[\w.-]+:\d")
_NO_URL = re.compile(r"[\s\x00-\x1f\x7f\"\\<>]")
_LANGUAGE = re.compile(
    rb"<language>\s{0,9}([a-zA-Z]{2,3})\b|<feed\s[^<>]{0,500}xml:lang=.([a-zA-Z]{2,3})\b"
)
_COLLECTION = re.compile(r"/collection-api/v\d{1,2}/?$")


class DiscoveryError(Exception):
    """There is no feed to take; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A feed that a page names. `github` is owner/repository of a versions repository."""

    url: str
    title: str = ""
    language: str = ""
    kind: SourceKind = SourceKind.NEWS
    github: str = ""


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed that was read: as a source without an id, its items newest first, and the choices."""

    source: Source
    items: Sequence[Item]
    choices: Sequence[Choice]
    taken: int = 1


@dataclass
class _Read:
    """What the tags of a page say."""

    base: str = ""
    language: str = ""
    named: list[Choice] = field(default_factory=list)
    likely: list[str] = field(default_factory=list)


async def discover(
    fetcher: Fetcher, typed: str, number: int, now: datetime, worker: Worker = HERE
) -> Discovered:
    """Find and read the feed of an address that a person typed.

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


def address(typed: str) -> str:
    """The address that a person means, without a fragment. Raises DiscoveryError."""
    url = urldefrag(typed.strip()).url
    if not _has_scheme(url):
        url = f"https://{url}"
    if not _is_usable(url):
        raise DiscoveryError(f"{typed.strip()!r} is not an http or https address")
    return url


def _has_scheme(url: str) -> bool:
    """Whether it begins with a scheme, rather than with a host and its port."""
    if _HOST_AND_PORT.match(url):
        return False
    return _SCHEME.match(url) is not None


def _is_usable(url: str) -> bool:
    try:
        port = urlsplit(url).port
        host = host_of(url)
    except ValueError:
        return False
    return port != 0 and bool(host) and not _NO_URL.search(url)


def known(url: str) -> list[Choice]:
    """The feeds of an address whose kind can be told by its form: GitHub, Open Terms Archive."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host == "github.com" and not parts.path.endswith(".atom"):
        return _of_repository(parts.path)
    if _COLLECTION.search(parts.path):
        return [Choice(url.rstrip("/") + "/", kind=SourceKind.COLLECTION)]
    if host == "opentermsarchive.org" and parts.path.endswith("/memos/index.xml"):
        return [Choice(url, kind=SourceKind.MEMOS)]
    return []


def _of_repository(address: str) -> list[Choice]:
    path = [part for part in address.split("/") if part]
    if len(path) < 2:
        return []
    repository = f"{path[0]}/{path[1].removesuffix('.git')}"
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        return []
    if repository.endswith("-versions"):
        return [Choice("", repository, kind=SourceKind.GITHUB, github=repository)]
    home = f"https://github.com/{repository}"
    commits = Choice(f"{home}/commits.atom", "commits")
    releases = Choice(f"{home}/releases.atom", "releases")
    if path[2:3] == ["releases"]:
        return [releases, commits]
    return [commits, releases]


def is_web_page(page: Page) -> bool:
    """Whether an answer is HTML, by what it says and by how it begins."""
    begins = (page.body or b"")[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_html = b"<html" in begins
    if begins.startswith((b"<rss", b"<feed", b"<rdf", b"<?xml")) and not is_html:
        return False
    return is_html or "html" in page.content_type or b"<!doctype html" in begins


def choices_of(page: Page) -> tuple[list[Choice], list[str]]:
    """The feeds that a web page names in its head, and the links in it that look like one."""
    read = _read((page.body or b"")[:MAX_PAGE_BYTES].decode("utf-8", "replace"), page.url)
    named: dict[str, Choice] = {}
    for choice in read.named:
        named.setdefault(choice.url, choice)
    return list(named.values())[:MAX_CHOICES], list(dict.fromkeys(read.likely))


def _read(html: str, url: str) -> _Read:
    # What stands in comments is not there. One tag at a time, because the parser takes the
    # square of some pages.
    first, *rest = html.split("<!--")
    uncommented = first + "".join(part.partition("-->")[2] for part in rest)
    read = _Read(base=url)
    for match in islice(_TAG.finditer(uncommented), MAX_TAGS):
        _Tag(read).feed(match[0])
    return read


class _Tag(HTMLParser):
    """One start tag, noted in what is read of the page."""

    def __init__(self, read: _Read) -> None:
        super().__init__()
        self._read = read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says of the page or of a feed."""
        has = {name: (value or "").strip() for name, value in attrs}
        if tag == "html":
            self._read.language = _two_letters(has.get("lang", ""))
            return
        url = _joined(self._read.base, has.get("href", ""))
        if not url:
            return
        if tag == "base":
            self._read.base = url
        elif tag == "a":
            self._link(url)
        else:
            self._feed(url, has)

    def _link(self, url: str) -> None:
        if _FEED_LINK.search(urlsplit(url).path):
            self._read.likely.append(url)

    def _feed(self, url: str, has: dict[str, str]) -> None:
        if "alternate" not in has.get("rel", "").lower().split():
            return
        if _FEED_TYPE.match(has.get("type", "")):
            language = _two_letters(has.get("hreflang", "")) or self._read.language
            self._read.named.append(Choice(url, has.get("title", "")[:100], language))


def _joined(base: str, href: str) -> str:
    """The whole address, or "" where it is none that we ask."""
    if not href:
        return ""
    try:
        return address(urljoin(base, href))
    except (ValueError, DiscoveryError):
        return ""


def _two_letters(language: str) -> str:
    found = re.match(r"[a-z]{2,3}(?![a-z])", language.lower())
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class _Trying:
    """What a feed is tried with: who asks for it, who reads it, and when."""

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
    """Where a feed may be that the page does not name: below it, and below its site."""
    here = page.url if page.url.endswith("/") else f"{page.url}/"
    bases = dict.fromkeys([here, urljoin(page.url, "/")])
    return [urljoin(base, guess) for base in bases for guess in GUESSES]


async def _take(
    trying: _Trying, choices: Sequence[Choice], number: int, page: Page | None = None
) -> Discovered:
    """Read the feed that is chosen. Raises DiscoveryError where it is none."""
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
    """The source in the language of its feed, and under the address to which it has moved."""
    url = source.url
    if page.moved_to and source.kind is SourceKind.NEWS:
        url = page.moved_to
    language = language_of(page) or chosen.language or "en"
    return replace(source, url=url, language=language)


def language_of(page: Page) -> str:
    """The language that a feed says it is in, as its code, or ""."""
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
