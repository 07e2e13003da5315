"""Atom and RSS bytes into entries, after refusing what would hurt the parser."""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any
from xml.parsers import expat

import feedparser
import nh3

MAX_DEPTH, MAX_ATTRIBUTES, MAX_ENTRIES = 100, 50, 2_000
#: Several times what the largest real feed has; each that is read costs feedparser some thirty microseconds, and
#: each at all, read or not, costs us three.
MAX_READ, MAX_ELEMENTS = 100_000, 300_000
MAX_PREFIXES = 200
#: Every address in a feed is joined to its base.
MAX_BASE = 2_000
#: Of one kind an entry has no more fields (bytes each) that are names, dates and addresses.
MAX_FIELDS, MAX_FIELD = 100, 10_000

#: A character for private use.
_AMPERSAND = "\ue000"
#: So many characters of an entry's text are read once its inline pictures are left out.
MAX_HTML = 1_000_000
_PICTURE = re.compile(r"data:[\w/+.-]{1,50};base64,[\w/+=]*+")

#: A tag with more attributes than any has; even expat is slow with it, and nothing else runs meanwhile.
_ENDLESS_TAG = re.compile(rb"""<[^\s<>!?/=]++(?:\s++[^\s=<>"']++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')){%d}""" % (MAX_ATTRIBUTES + 1))

#: An element without an end tag of its own.
_EMPTY = re.compile(rb"""<(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+(?<=/)>""")

#: What is read of an entry: short fields, and texts that may be long. All else is kept from feedparser.
_ENTRIES = frozenset({"entry", "item"})
SHORT = frozenset("id guid title link published issued pubdate updated modified date category subject".split())
TEXTS = frozenset("content encoded fullitem summary description abstract body group".split())
#: What feedparser has rules for, and we no use; some of them take the square of what they hold. They can stand
#: deeper in an entry as well, where other elements are only words.
UNREAD = frozenset(
    """author block box browserfriendly channel chapter chapters cloud contributor copyright created creator credit
    email enclosure entry expirationdate explicit exterior feed generator geom georssgeom height homepage image info
    item keywords language lastbuilddate license line linearring linestring managingeditor name newlocation owner
    player point polygon pos poslist publisher rating restriction rights rss source subtitle tagline tags textinput
    thumbnail uri url valid webmaster where width""".split()
)

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
    body = _readable(_in_its_charset(body))
    # BytesIO, because feedparser takes bytes that look like a path for a file to open.
    parsed = feedparser.parse(io.BytesIO(body), **_QUIET)
    if not parsed.get("version"):
        raise NotAFeedError("it is not Atom or RSS" if parsed.get("bozo") else "it has no entries")
    return [entry for raw in parsed.entries[:MAX_ENTRIES] if (entry := _entry(raw, now)) is not None]


def text_of(html: str) -> str:
    """The words of a piece of HTML, one paragraph a line."""
    spaced = re.sub(r"(?i)<(?:br|/p|/div|/li|/h[1-6]|/tr)\s*/?>", "\n", html)
    # The cleaner takes the square of the number of ampersands, so it does not see them.
    hidden = spaced.replace("&", _AMPERSAND)
    cleaned = nh3.clean(hidden, tags=set(), clean_content_tags={"script", "style"})
    return "\n".join(line for raw in unescape(cleaned.replace(_AMPERSAND, "&")).splitlines() if (line := raw.strip()))


def _in_its_charset(body: bytes) -> bytes:
    """Bytes that say or imply UTF-8 and are not are Windows-1252, as browsers take them; UTF-16 becomes UTF-8."""
    if wide := _WIDE.get(body[:2]):
        try:
            return re.sub(r"^\ufeff?<\?xml[^<>]{0,200}\?>", "", body.decode(wide)).encode()
        except UnicodeDecodeError:
            return body
    declared = re.search(rb"""encoding=["']([\w-]+)""", body[:200])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace").encode()
    return body


#: How UTF-16 begins: with its mark, or with the first character of a declaration.
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}


def _readable(body: bytes) -> bytes:
    """What feedparser may see of a feed. Raises NotAFeedError where nothing of it is to be trusted.

    A DOCTYPE (entities), absurd depth and floods of attributes are refused. feedparser takes the
    square of many things (1.1 MB of attributes, or 20 KB of an author, take it from seconds to
    minutes), so fields that nobody reads are cut out, and what is read is bounded.
    """
    if not body.strip():
        raise NotAFeedError("it is empty")
    if re.match(rb"\s*(?:<!doctype\s+html|<html)", body[:2000], re.I):
        raise NotAFeedError("it is a web page, not a feed; look for the address of its feed")
    if re.search(rb"<!doctype|<!entity", body[:100_000], re.I):
        raise NotAFeedError("it declares entities, which no feed needs")
    if _ENDLESS_TAG.search(body):
        raise NotAFeedError("its structure is absurd")
    sieve = _Sieve(body)
    try:
        sieve.parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotAFeedError(f"it is not well-formed XML (line {error.lineno})") from error
    except (LookupError, ValueError) as error:
        raise NotAFeedError("its character set is unknown") from error
    return sieve.rest()


class _Sieve:
    """Finds what need not be read, and stops a parser at structure no feed has."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.StartDoctypeDeclHandler = self._doctype
        #: Of each open element the place where it begins, and how many entries there were before it.
        self._open: list[tuple[int, int]] = []
        self._entries = self._elements = self._read = 0
        self._prefixes: set[str] = set()
        #: How deep the entry is that we are in, and the element that is being cut out; 0 outside of one.
        self._entry = self._cutting = 0
        self._fields: Counter[str] = Counter()
        self._cut: list[tuple[int, int]] = []

    def rest(self) -> bytes:
        """The body without what was cut out."""
        kept, end = [], 0
        for start, stop in self._cut:
            kept.append(self._body[end:start])
            end = stop
        return b"".join([*kept, self._body[end:]])

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append((self.parser.CurrentByteIndex, self._entries))
        field = name.rpartition(":")[2].lower()
        self._elements += 1
        self._entries += field in _ENTRIES
        self._refuse_floods(attributes)
        if self._cutting:
            return
        if not self._entry and field in _ENTRIES:
            self._entry = len(self._open)
            self._fields.clear()
        elif self._entry and self._unread(field):
            self._cutting = len(self._open)
        self._read += not self._cutting

    def _refuse_floods(self, attributes: dict[str, str]) -> None:
        absurd = (
            len(self._open) > MAX_DEPTH
            or len(attributes) > MAX_ATTRIBUTES
            or self._entries > MAX_ENTRIES
            or self._elements > MAX_ELEMENTS
            or self._read > MAX_READ
        )
        if attributes:
            self._prefixes.update(name for name in attributes if name.startswith("xmlns:"))
            base = max(len(attributes.get("xml:base", "")), len(attributes.get("base", "")))
            absurd = absurd or base > MAX_BASE or len(self._prefixes) > MAX_PREFIXES
        if absurd:
            raise NotAFeedError("its structure is absurd")

    def _unread(self, field: str) -> bool:
        if field in UNREAD:
            return True
        if len(self._open) == self._entry + 1 and field not in SHORT | TEXTS:
            return True
        self._fields[field] += field in SHORT
        return self._fields[field] > MAX_FIELDS

    def _end(self, name: str) -> None:
        start, entries = self._open[-1]
        depth = len(self._open)
        if self._cutting:
            unread = self._cutting == depth
        elif self._entry == depth:
            unread = False
            self._entry = 0
        elif self._entry:
            short = name.rpartition(":")[2].lower() in SHORT - {"title"}  # half a title is better than none
            unread = short and self.parser.CurrentByteIndex - start > MAX_FIELD
        else:
            unread = depth > 1 and entries == self._entries  # it is of the feed itself, and holds no entry
        if unread:
            self._cut_from(start)
        self._open.pop()

    def _cut_from(self, start: int) -> None:
        end = self.parser.CurrentByteIndex
        if not _EMPTY.fullmatch(self._body, start, end):
            end = self._body.index(b">", end) + 1  # expat says where the end tag begins
        while self._cut and self._cut[-1][0] >= start:
            self._cut.pop()
        self._cut.append((start, end))
        self._cutting = 0

    def _doctype(self, *_: Any) -> None:
        raise NotAFeedError("it declares entities, which no feed needs")


def _entry(raw: Any, now: datetime) -> Entry | None:
    contents = [part.get("value", "") for part in raw.get("content", [])]
    html = max([*contents, raw.get("summary", "")], key=len)
    html = _PICTURE.sub("", html)[:MAX_HTML]
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
    title = " ".join(text_of(str(raw.get("title", ""))[:MAX_FIELD]).split())
    return Entry(identity[:500], title[:500], link, when, html, categories)
