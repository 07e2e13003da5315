"""By what an entry of a feed is known again: sums of its address, its title and its words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from bot.model import Item
from bot.understand import dates

#: Feeds are not older: what is dated earlier, or in a time to come like this, has no date.
OLDEST, NEWEST = datetime(1995, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
#: Dates are masked in so many characters of a text; in the rest they count as words.
MASKED = 20_000

#: Names of parameters that say which page is meant, whatever their value looks like.
_NAMES_A_PAGE = re.compile(
    r"p|id|\w*_id|(?!s{1,2}id|uid)\w*[a-z]id|no|nr|num|number|year|month|day|version|"
    r"pages?|article|artikel|post|story|news|item|doc|document|title|slug|path|file|section|topic|thread"
)
#: Names of parameters that say who asks, from where and when.
_SAYS_WHO_ASKS = re.compile(
    r"utm_?\w*|(?:at|mtm|pk|piwik|matomo|hsa|oly|vero|ns|wt|itm|stm)_\w+|\w*clid|_ga|_gl|_hs\w+|"
    r"mc_[ce]id|mkt_tok|igshi?d?|ref|ref_?src|referr?er|source|src|from|via|cmp|cmpid|campaign\w*|"
    r"xtor|xtref|rss|feed|partner|share\w*|s_id|session\w*|\w*sess(?:ion)?_?id|phpsessid|cfid|"
    r"cftoken|zenid|oscsid|\w*token|auth|sig|signature|hash|nonce|rand|random|cache\w*|cb|_|ts|time|"
    r"timestamp|expires|visitor\w*|(?:user|client|device|request|email|mailing|recipient)_?id|"
    r"track\w*|trk\w*|amp|mobile|output|format|view|print"
)
#: A value that nobody writes by hand: a sum, a random word or a clock.
_RANDOM = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{10,}|"
    r"(?=[a-z]*\d)(?=\d*[a-z])(?:[0-9a-z]{10,}|[0-9a-f]{6,})|"
    r"(?-i:(?=.*[a-z])(?=.*[A-Z])(?=.*\d))[\w+/-]{16,}={0,2}",
    re.I,
)
#: Names that some sites use for a story, others for a session: a story has a number.
_STORY_OR_SESSION = re.compile(r"s{1,2}id|uid|s")
_SESSION_IN_PATH = re.compile(r";\w*session\w*=[^/;]*|/\(\w?\([\w-]+\)\)|;[^/]*sid=[^/;]*", re.I)
_INDEX = re.compile(r"/(?:index|default|home)\.\w{2,5}$|/(?:amp|feed)$|\.amp$")
_OTHER_EDITION = re.compile(r"^(?:(?:www\d?|m|mobile|amp|wap|touch)\.)+(?=[^.]+\.)")
_TIME = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[ap]\.?m\b)?|(?<=\d)T(?=\d)")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """What an entry is known by. None where it has none of that: no link but the site's, no words.

    `link` is of the path and of what in the query names a page; `stamped` is the feed's own date.
    """

    site: str | None = None
    link: str | None = None
    title: str | None = None
    text: str | None = None
    stamped: datetime | None = None


def marks_of(item: Item) -> Marks:
    """The marks of what people wrote; takes time with the length of its text."""
    site, page = _address(item.link)
    plausible = item.stamped is not None and OLDEST <= item.stamped <= NEWEST
    return Marks(
        site=_mark(site),
        link=_mark(page),
        title=_mark(_words(item.title)),
        text=_mark(_words(_TIME.sub(" ", _undated(item.text)))),
        stamped=item.stamped if plausible else None,
    )


def _address(link: str) -> tuple[str, str]:
    """Site and page of an address, the same however it is written; "" for the page of a site's own address."""
    try:
        parts = urlsplit(link.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", link
    return _OTHER_EDITION.sub("", host), _page(parts)


def _page(parts: SplitResult) -> str:
    path = unicodedata.normalize("NFC", unquote(parts.path)).casefold()
    path = _SESSION_IN_PATH.sub("", re.sub(r"/{2,}", "/", path)).rstrip("/")
    path = _INDEX.sub("", path).rstrip("/")
    asked = sorted((name.casefold(), value) for name, value in _query(parts.query))
    kept = [f"{name}={value}" for name, value in asked if _names_a_page(name, value)]
    # The pages of a program that runs in the browser stand behind the number sign.
    within = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return "?".join(part for part in (path, "&".join(kept), within) if part)


def _query(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return []


def _names_a_page(name: str, value: str) -> bool:
    if _STORY_OR_SESSION.fullmatch(name):
        return value.isdecimal() and len(value) < 10
    if _SAYS_WHO_ASKS.fullmatch(name):
        return False
    return bool(_NAMES_A_PAGE.fullmatch(name)) or not _RANDOM.fullmatch(value)


def _undated(text: str) -> str:
    """A text in which what only ticks is the same, so far as it is looked for."""
    lines = [dates.mask(line) for line in text[:MASKED].splitlines()]
    return "\n".join(lines) + text[MASKED:]


def _words(text: str) -> str:
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _mark(words: str) -> str | None:
    return blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest() if words else None
