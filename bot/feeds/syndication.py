"""Atom and RSS bytes into entries: what can be read is read, what is out of bounds is left out."""

from __future__ import annotations

import io
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from time import struct_time
from typing import Any
from urllib.parse import urlsplit

import feedparser

from bot.feeds import dating, repair
from bot.feeds.charset import decode
from bot.feeds.fetch import Page
from bot.feeds.sieve import AbsurdError, Shell, Sieve, based, is_closed, joined, pieces, shell_of
from bot.feeds.words import text_of, title_of

#: Of a longer feed the newest entries are read; one that is longer still is none.
MAX_ENTRIES, MAX_SEEN = 2_000, 200_000
#: Characters of a title that are kept.
MAX_TITLE = 500
#: Characters of a text that stand for a title, and in which they are looked for.
HEAD, MAX_HEAD = 120, 5_000
_DATE = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:pubdate|published|issued|updated|modified|date|created)[^<>]{0,200}>([^<>]{6,80})<",
    re.I,
)
_WEB_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|script|title|div)\b", re.I)

# feedparser looks for these by itself; our own cleaning is faster and stricter.
_QUIET: dict[str, bool] = {"sanitize_html": False, "resolve_relative_uris": False}


class NotAFeedError(Exception):
    """The bytes are not a feed we are willing to read; the message says why, for people."""

    def __init__(self, why: str, web_page: bool = False) -> None:
        super().__init__(why)
        self.web_page = web_page


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of any feed; `html` is its longest text, uncleaned.

    `id` is the guid as it stands, "" where there is none; `dated` says whether the feed gave the
    date, `changed` when the entry was last changed, if the feed says so.
    """

    id: str
    title: str
    link: str
    when: datetime
    html: str
    categories: dict[str, str]
    dated: bool = True
    changed: datetime | None = None

    @property
    def text(self) -> str:
        return text_of(self.html)


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a page as the feed has them, and what was left out, in words for people."""

    entries: list[Entry]
    remark: str = ""


def entries(body: bytes, now: datetime) -> list[Entry]:
    """The entries of a feed that came from nowhere. Raises NotAFeedError."""
    return read(Page("", body), now).entries


def read(page: Page, now: datetime) -> Feed:
    """Parse a feed. `now` dates entries without a date. Raises NotAFeedError; slow for large feeds."""
    body = page.body or b""
    if not body.strip():
        raise NotAFeedError("it is empty")
    try:
        shell, rest = _opened(repair.flattened(decode(body, page.charset)))
        found = list(pieces(shell, rest))
    except repair.EntitiesError as error:
        raise NotAFeedError(str(error)) from error
    except AbsurdError as error:
        raise NotAFeedError("its structure is absurd") from error
    if len(found) > MAX_SEEN:
        raise NotAFeedError("its structure is absurd")
    if not found and rest and not is_closed(shell, rest):
        raise NotAFeedError("it is cut off before its first entry")
    sieve = Sieve(shell, page.url)
    chosen = _newest(found, now)
    clean = [entry for piece in chosen if (entry := sieve.entry(piece)) is not None]
    base = based(page.url, shell.base)
    told = [_entry(raw, shell, base, now) for raw in _parsed(shell, clean)]
    read = [entry for entry in told if entry is not None]
    if found and not read:
        raise NotAFeedError("none of its entries can be read")
    return Feed(read, _remark(len(found), len(chosen), len(read)))


def _opened(text: str) -> tuple[Shell, str]:
    """The feed's own element, and all that stands in it, mended. Raises what says why there is none."""
    found = shell_of(text)
    page = _WEB_PAGE.search(text, 0, 20_000)
    if page and (found is None or page.start() < len(found[1])):
        raise NotAFeedError(
            "it is a web page, not a feed; look for the address of its feed", web_page=True
        )
    if found is None:
        raise NotAFeedError("it is not Atom or RSS")
    shell, head, rest = found
    return shell, repair.mended(rest, repair.entities_of(head))


def _newest(found: list[str], now: datetime) -> list[str]:
    """As many entries as are read, in their order. Those without a date are taken for old."""
    if len(found) <= MAX_ENTRIES:
        return found
    dates = {place: _when_of(piece, now) for place, piece in enumerate(found)}
    places = sorted(dates, key=lambda place: (-dates[place], place))[:MAX_ENTRIES]
    return [found[place] for place in sorted(places)]


def _when_of(piece: str, now: datetime) -> float:
    """The first date in the markup of an entry, in seconds since 1970; 0 where there is none."""
    said = _DATE.search(piece, 0, 20_000)
    if not said:
        return 0.0
    stamp = feedparser.datetimes._parse_date(said[1].strip())
    when = _moment(stamp) or dating.parse(said[1], now)
    return when.timestamp() if when else 0.0


def _remark(found: int, chosen: int, read: int) -> str:
    said = []
    if chosen < found:
        said.append(f"of its {found} entries the newest {chosen} are read")
    if read < chosen:
        said.append(f"{chosen - read} of its entries cannot be read")
    return "; ".join(said)


def _parsed(shell: Shell, clean: list[str]) -> list[Any]:
    """What feedparser makes of the entries. One that it cannot bear is left out."""
    try:
        return _fed(shell, clean)
    except Exception:  # noqa: BLE001 - it raises many kinds, and each has been seen in a real feed
        return [raw for entry in clean for raw in _fed_alone(shell, entry)]


def _fed_alone(shell: Shell, entry: str) -> list[Any]:
    try:
        return _fed(shell, [entry])
    except Exception:  # noqa: BLE001
        return []


#: What feedparser sees around the entries, by the kind of feed; what is neither is RSS.
_AROUND = {
    "feed": ('<feed xmlns="http://www.w3.org/2005/Atom">', "</feed>"),
    "rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">',
        "</rdf:RDF>",
    ),
}
_RSS = ('<rss version="2.0"><channel>', "</channel></rss>")


def _fed(shell: Shell, clean: list[str]) -> list[Any]:
    opening, closing = _AROUND.get(shell.kind, _RSS)
    # feedparser looks for an encoding in the whole first line, and takes its square.
    whole = "".join(['<?xml version="1.0" encoding="utf-8"?>\n', opening, *clean, closing])
    # BytesIO, because feedparser takes bytes that look like a path for a file to open.
    return list(feedparser.parse(io.BytesIO(whole.encode()), **_QUIET).entries)


def _entry(raw: Any, shell: Shell, base: str, now: datetime) -> Entry | None:
    html = max(_texts(raw), key=len, default="")
    title = raw.get("title", "")
    is_html = raw.get("title_detail", {}).get("type") != "text/plain"
    literal = shell.kind == "feed" and not is_html  # Atom says which it is; in RSS one has to guess
    words = " ".join(title.split()) if literal else title_of(title, is_html)
    identity, link = str(raw.get("id") or "").strip(), _link(raw, base)
    if not (identity or link or words or html):
        return None
    when, changed = _dates(raw, now)
    categories = {
        str(tag.get("scheme") or ""): str(tag.get("term") or "") for tag in raw.get("tags", [])
    }
    head = words[:MAX_TITLE] or _beginning(html)
    dated = when is not None
    return Entry(identity, head, link, when or now, html, categories, dated, changed)


def _beginning(html: str) -> str:
    """What stands for a title where there is none, as in feeds of short messages."""
    words = " ".join(text_of(html[:MAX_HEAD]).split())
    return words if len(words) <= HEAD else f"{words[:HEAD].rpartition(' ')[0] or words[:HEAD]}…"


def _texts(raw: Any) -> list[str]:
    """The texts of an entry as HTML."""
    parts = [*raw.get("content", [])]
    if "summary" in raw:
        parts.append({"value": raw["summary"], "type": raw.get("summary_detail", {}).get("type")})
    return [
        escape(part["value"], quote=False)
        if part.get("type") == "text/plain"
        else part.get("value", "")
        for part in parts
    ]


#: How good an address is that a link of this relation gives; the others come last.
_RELATIONS = ("alternate", "", "canonical", "related", "via", "self", "enclosure", "replies")
_IANA = "http://www.iana.org/assignments/relation/"


def _link(raw: Any, base: str) -> str:
    """Where the entry leads, absolute, or ""."""
    links = sorted(raw.get("links", []), key=_rank)
    # feedparser's own `link` is the last of several, or the id where that is an address.
    said = [*(link.get("href", "") for link in links), raw.get("link", "")]
    said.append(raw.get("feedburner_origlink", ""))
    identity = str(raw.get("id") or "")
    said += [identity] if identity.startswith(("http://", "https://")) else []
    absolute = (_joined(base, str(address)) for address in said if address)
    return next((address for address in absolute if address), "")


def _rank(link: Any) -> tuple[int, bool]:
    """The best first: by relation, then pages for people before data."""
    relation = str(link.get("rel") or "").lower().removeprefix(_IANA)
    kind = str(link.get("type") or "text/html")
    place = _RELATIONS.index(relation) if relation in _RELATIONS else len(_RELATIONS)
    return place, kind not in ("text/html", "application/xhtml+xml")


def _joined(base: str, address: str) -> str:
    """An address that leads somewhere on the web, or ""."""
    whole = joined(base, address)
    try:
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if parts.scheme in ("http", "https") and parts.hostname else ""


def _dates(raw: Any, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When an entry was published, and when it was last changed, as far as the feed says."""
    # As a plain dict, because feedparser answers with the one date where the other is missing, and warns of it.
    changed = _date(raw, "updated", now)
    return _date(raw, "published", now) or changed or _date(raw, "created", now), changed


def _date(raw: Any, name: str, now: datetime) -> datetime | None:
    """A date of an entry: what people understand of it, else what feedparser does."""
    said = str(dict.get(raw, name) or "")
    when = (dating.parse(said, now) if said else None) or _moment(dict.get(raw, f"{name}_parsed"))
    return when if when and when.year >= dating.FIRST_YEAR else None  # 0001 and 1970 say: no date


def _moment(stamp: struct_time | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(stamp), UTC) if stamp else None
    except (ValueError, OverflowError, OSError):
        return None
