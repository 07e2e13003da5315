"""Finding the feeds that a web page declares or links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import urljoin, urlsplit

from bot.feeds.choices import Choice, DiscoveryError, address
from bot.feeds.fetch import Page

#: The most bytes of a page that are read, as feeds are declared in its head.
MAX_PAGE_BYTES = 300_000
#: The most tags of a page that are examined.
MAX_TAGS = 2_000
#: The most feeds of a page that are offered.
MAX_CHOICES = 20
_TAG = re.compile(r"<(?:link|a|base|html)\s[^<>]{1,2000}>", re.I)
_FEED_TYPE = re.compile(r"(?:application|text)/(?:(?:rss|atom|rdf)\+)?xml\b", re.I)
_FEED_LINK = re.compile(r"\b(?:rss|atom|feed)\b", re.I)


@dataclass
class _Read:
    """The results of reading a page's tags."""

    base: str = ""
    language: str = ""
    named: list[Choice] = field(default_factory=list)
    likely: list[str] = field(default_factory=list)


def is_web_page(page: Page) -> bool:
    """Whether an answer is HTML, by its content type and its beginning."""
    begins = (page.body or b"")[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_html = b"<html" in begins
    if begins.startswith((b"<rss", b"<feed", b"<rdf", b"<?xml")) and not is_html:
        return False
    return is_html or "html" in page.content_type or b"<!doctype html" in begins


def choices_of(page: Page) -> tuple[list[Choice], list[str]]:
    """The feeds that a web page declares in its head, and links that look like feeds."""
    read = _read((page.body or b"")[:MAX_PAGE_BYTES].decode("utf-8", "replace"), page.url)
    named: dict[str, Choice] = {}
    for choice in read.named:
        named.setdefault(choice.url, choice)
    return list(named.values())[:MAX_CHOICES], list(dict.fromkeys(read.likely))


def _read(html: str, url: str) -> _Read:
    # Comments are removed. Tags are parsed one at a time, because the parser takes quadratic time
    # for some pages.
    first, *rest = html.split("<!--")
    uncommented = first + "".join(part.partition("-->")[2] for part in rest)
    read = _Read(base=url)
    for match in islice(_TAG.finditer(uncommented), MAX_TAGS):
        _Tag(read).feed(match[0])
    return read


class _Tag(HTMLParser):
    """A parser of one start tag, which adds what it finds to the results."""

    def __init__(self, read: _Read) -> None:
        super().__init__()
        self._read = read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add what a tag says of the page or of a feed."""
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
    """The absolute URL, or "" if it cannot be requested."""
    if not href:
        return ""
    try:
        return address(urljoin(base, href))
    except (ValueError, DiscoveryError):
        return ""


def _two_letters(language: str) -> str:
    found = re.match(r"[a-z]{2,3}(?![a-z])", language.lower())
    return found[0] if found else ""
