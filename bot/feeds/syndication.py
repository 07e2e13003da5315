"""Atom and RSS bytes into entries, after refusing what would hurt the parser."""

from __future__ import annotations

import io
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any
from xml.parsers import expat

import feedparser
import nh3

MAX_DEPTH, MAX_ATTRIBUTES, MAX_ENTRIES = 100, 50, 2_000

#: A tag this long holds more attributes than any feed has; even expat is slow with it, and nothing else runs meanwhile.
_ENDLESS_TAG = re.compile(rb"<(?![!?])[^<>]{20000}")

# feedparser looks for these by itself; our own cleaning is faster and stricter.
_QUIET: dict[str, bool] = {"sanitize_html": False, "resolve_relative_uris": False}


class NotAFeedError(Exception):
    """The bytes are not a feed we are willing to read; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of any feed; `html` is its longest text, uncleaned."""

    id: str
    title: str
    link: str
    when: datetime
    html: str
    categories: dict[str, str]

    @property
    def text(self) -> str:
        return text_of(self.html)


def entries(body: bytes, now: datetime) -> list[Entry]:
    """Parse a feed, newest first as the feed has it. `now` dates entries without a date.

    Raises NotAFeedError. Slow for large feeds: call it in a thread.
    """
    body = _in_its_charset(body)
    _refuse_hostile(body)
    # BytesIO, because feedparser takes bytes that look like a path for a file to open.
    parsed = feedparser.parse(io.BytesIO(body), **_QUIET)
    if not parsed.get("version"):
        raise NotAFeedError("it is not Atom or RSS" if parsed.get("bozo") else "it has no entries")
    return [entry for raw in parsed.entries[:MAX_ENTRIES] if (entry := _entry(raw, now)) is not None]


def text_of(html: str) -> str:
    """The words of a piece of HTML, one paragraph a line."""
    spaced = re.sub(r"(?i)<(?:br|/p|/div|/li|/h[1-6]|/tr)\s*/?>", "\n", html)
    cleaned = nh3.clean(spaced, tags=set(), clean_content_tags={"script", "style"})
    return "\n".join(line for raw in unescape(cleaned).splitlines() if (line := raw.strip()))


def _in_its_charset(body: bytes) -> bytes:
    """Bytes that say or imply UTF-8 and are not are Windows-1252, as browsers take them."""
    declared = re.search(rb"""encoding=["']([\w-]+)""", body[:200])
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or (declared and declared[1].lower() not in (b"utf-8", b"utf8")):
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace").encode()
    return body


def _refuse_hostile(body: bytes) -> None:
    """Refuse a DOCTYPE (entities), absurd depth and attribute floods before feedparser sees them.

    feedparser is quadratic in attributes: 1.1 MB of them takes over a minute.
    """
    if not body.strip():
        raise NotAFeedError("it is empty")
    if re.match(rb"\s*(?:<!doctype\s+html|<html)", body[:2000], re.I):
        raise NotAFeedError("it is a web page, not a feed; look for the address of its feed")
    if re.search(rb"<!doctype|<!entity", body[:100_000], re.I):
        raise NotAFeedError("it declares entities, which no feed needs")
    if _ENDLESS_TAG.search(body):
        raise NotAFeedError("its structure is absurd")
    parser = expat.ParserCreate()
    bounds = _Bounds()
    parser.StartElementHandler, parser.EndElementHandler = bounds.start, bounds.end
    parser.StartDoctypeDeclHandler = bounds.doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotAFeedError(f"it is not well-formed XML (line {error.lineno})") from error
    except (LookupError, ValueError) as error:
        raise NotAFeedError("its character set is unknown") from error


class _Bounds:
    """Handlers that stop a parser at structure no feed has."""

    depth = entries = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.entries += name.rpartition(":")[2] in ("entry", "item")
        if self.depth > MAX_DEPTH or len(attributes) > MAX_ATTRIBUTES or self.entries > MAX_ENTRIES:
            raise NotAFeedError("its structure is absurd")

    def end(self, _: str) -> None:
        self.depth -= 1

    def doctype(self, *_: Any) -> None:
        raise NotAFeedError("it declares entities, which no feed needs")


def _entry(raw: Any, now: datetime) -> Entry | None:
    contents = [part.get("value", "") for part in raw.get("content", [])]
    html = max([*contents, raw.get("summary", "")], key=len)
    # feedparser's own `link` is the id where an entry links only JSON, as a collection's entries do.
    candidates = [raw.get("link", ""), *(found.get("href", "") for found in raw.get("links", []))]
    link = next((str(url) for url in candidates if str(url).startswith(("http://", "https://"))), "")
    identity = str(raw.get("id") or link or raw.get("title", ""))
    if not identity:
        return None
    # As a plain dict, because feedparser answers with the one date where the other is missing, and warns of it.
    stamp = dict.get(raw, "published_parsed") or dict.get(raw, "updated_parsed")
    when = now
    if stamp:
        try:
            when = datetime.fromtimestamp(timegm(stamp), UTC)
        except (ValueError, OverflowError, OSError):
            when = now
    categories = {str(tag.get("scheme") or ""): str(tag.get("term") or "") for tag in raw.get("tags", [])}
    title = " ".join(text_of(str(raw.get("title", ""))).split())
    return Entry(identity[:500], title[:500], link, when, html, categories)
