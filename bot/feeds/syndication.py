"""Parsing Atom and RSS: whatever is readable is read, and what exceeds limits is left out."""

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

#: The most entries that are read; of a longer feed, the newest.
MAX_ENTRIES = 2_000
#: A feed with more entries is refused.
MAX_SEEN = 200_000
_DATE = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:pubdate|published|issued|updated|modified|date|created)[^<>]{0,200}>"
    r"([^<>]{6,80})<",
    re.I,
)
_WEB_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|script|title|div)\b", re.I)

# feedparser's own cleaning is switched off, as ours is faster and stricter.
_QUIET: dict[str, bool] = {"sanitize_html": False, "resolve_relative_uris": False}


class NotAFeedError(Exception):
    """The bytes are not a feed that we read; the message says why, for people."""

    def __init__(self, why: str, web_page: bool = False) -> None:
        super().__init__(why)
        self.web_page = web_page


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed in its order, and a remark for people on what was left out."""

    entries: list[Entry]
    remark: str = ""


def entries(body: bytes, now: datetime) -> list[Entry]:
    """The entries of a feed of unknown URL. Raises NotAFeedError."""
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
    """Split a feed into its outer element and the markup of each entry. Raises NotAFeedError."""
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
    """The feed's outer element, and the repaired text inside it.

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
    """The newest entries, up to the limit, in their order. Undated ones count as old."""
    if len(found) <= MAX_ENTRIES:
        return found
    dates = {place: _when_of(piece, now) for place, piece in enumerate(found)}
    places = sorted(dates, key=lambda place: (-dates[place], place))[:MAX_ENTRIES]
    return [found[place] for place in sorted(places)]


def _when_of(piece: str, now: datetime) -> float:
    """The first date in the markup of an entry, in seconds since 1970; 0 if there is none."""
    said = _DATE.search(piece, 0, 20_000)
    if said is None:
        return 0.0
    when = moment_of(feedparser.datetimes._parse_date(said[1].strip()))
    if when is None:
        when = dating.parse(said[1], now)
    return 0.0 if when is None else when.timestamp()


def _remark(found: int, chosen: int, read: int) -> str:
    """A remark for people on what was left out, from the numbers of entries."""
    said = []
    if chosen < found:
        said.append(f"of its {found} entries the newest {chosen} are read")
    if read < chosen:
        said.append(f"{chosen - read} of its entries cannot be read")
    return "; ".join(said)


def _parsed(shell: Shell, clean: list[str]) -> list[Any]:
    """feedparser's entries. An entry on which it fails is left out."""
    try:
        return _fed(shell, clean)
    except Exception:  # noqa: BLE001 - it raises many kinds, and each has been seen in a real feed
        return [raw for entry in clean for raw in _fed_alone(shell, entry)]


def _fed_alone(shell: Shell, entry: str) -> list[Any]:
    try:
        return _fed(shell, [entry])
    except Exception:  # noqa: BLE001 - as above: one entry that cannot be read costs no other
        return []


#: The markup around the entries for feedparser, by the kind of feed; RSS is the default.
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
    # feedparser searches the whole first line for an encoding, in quadratic time.
    whole = "".join(['<?xml version="1.0" encoding="utf-8"?>\n', opening, *clean, closing])
    # BytesIO, because feedparser opens a file if the bytes look like a path.
    return list(feedparser.parse(io.BytesIO(whole.encode()), **_QUIET).entries)
