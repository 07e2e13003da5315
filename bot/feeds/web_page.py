"""The feeds that a web page names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import urljoin, urlsplit

from bot.feeds.choices import Choice, DiscoveryError, address
from bot.feeds.fetch import Page

#: A page says in its head what feeds it has.
MAX_PAGE_BYTES = 300_000
#: Tags of a page that are looked at.
MAX_TAGS = 2_000
#: Feeds of a page that are offered.
MAX_CHOICES = 20
_TAG = re.compile(r"<(?:link|a|base|html)\s[^<>]{1,2000}>", re.I)
_FEED_TYPE = re.compile(r"(?:application|text)/(?:(?:rss|atom|rdf)\+)?xml\b", re.I)
_FEED_LINK = re.compile(r"\b(?:rss|atom|feed)\b", re.I)


@dataclass
class _Read:
    """What the tags of a page say."""

    base: str = ""
    language: str = ""
    named: list[Choice] = field(default_factory=list)
    likely: list[str] = field(default_factory=list)


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
