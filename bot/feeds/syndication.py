"""Atom and RSS bytes into entries: what can be read is read, what is out of bounds is left out."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import feedparser

from bot.feeds import dating, repair
from bot.feeds.addresses import based
from bot.feeds.charset import decode
from bot.feeds.entry import Entry, entry_of, moment_of
from bot.feeds.fetch import Page
from bot.feeds.shell import AbsurdError, Shell, is_closed, pieces, shell_of
from bot.feeds.sieve import Sieve

#: Of a longer feed the newest entries are read.
MAX_ENTRIES = 2_000
#: A feed with more entries than this is none.
MAX_SEEN = 200_000
_DATE = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:pubdate|published|issued|updated|modified|date|created)[^<>]{0,200}>"
    r"([^<>]{6,80})<",
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
class Feed:
    """The entries of a page as the feed has them, and what was left out, in words for people."""

    entries: list[Entry]
    remark: str = ""


def entries(body: bytes, now: datetime) -> list[Entry]:
    """The entries of a feed whose address is unknown. Raises NotAFeedError."""
    return read(Page("", body), now).entries


def read(page: Page, now: datetime) -> Feed:
    """Parse a feed; slow for large ones. `now` dates entries without a date.

    Raises NotAFeedError.
    """
    shell, found = _taken_apart(page)
    chosen = _newest(found, now)
    sieve = Sieve(shell, page.url)
    clean = [entry for entry in map(sieve.entry, chosen) if entry is not None]
    base = based(page.url, shell.base)
    told = [entry_of(raw, shell, base, now) for raw in _parsed(shell, clean)]
    read = [entry for entry in told if entry is not None]
    if found and not read:
        raise NotAFeedError("none of its entries can be read")
    return Feed(read, _remark(len(found), len(chosen), len(read)))


def _taken_apart(page: Page) -> tuple[Shell, list[str]]:
    """The outer element of a feed, and the markup of each entry. Raises NotAFeedError."""
    body = page.body or b""
    if not body.strip():
        raise NotAFeedError("it is empty")
    try:
        shell, rest = _opened(repair.flattened(decode(body, page.charset)))
        return shell, _pieces(shell, rest)
    except repair.EntitiesError as error:
        raise NotAFeedError(str(error)) from error
    except AbsurdError as error:
        raise NotAFeedError("its structure is absurd") from error


def _pieces(shell: Shell, rest: str) -> list[str]:
    """The markup of each entry. Raises NotAFeedError or AbsurdError."""
    found = list(pieces(shell, rest))
    if len(found) > MAX_SEEN:
        raise AbsurdError
    if not found and rest and not is_closed(shell, rest):
        raise NotAFeedError("it is cut off before its first entry")
    return found


def _opened(text: str) -> tuple[Shell, str]:
    """The feed's outer element, and all that stands in it, mended.

    Raises NotAFeedError, EntitiesError or AbsurdError, which say why there is none.
    """
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
    if said is None:
        return 0.0
    when = moment_of(feedparser.datetimes._parse_date(said[1].strip()))
    if when is None:
        when = dating.parse(said[1], now)
    return 0.0 if when is None else when.timestamp()


def _remark(found: int, chosen: int, read: int) -> str:
    """What was left out of a feed, in words for people, from the numbers of its entries."""
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
    except Exception:  # noqa: BLE001 - as above: one entry that cannot be read costs no other
        return []


#: What feedparser sees around the entries, by the kind of feed; what is neither is RSS.
_AROUND = {
    "feed": ('<feed xmlns="http://www.w3.org/2005/Atom">', "</feed>"),
    "rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/">',
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
