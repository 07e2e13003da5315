"""The identity of a feed entry: hashes of its address, title and text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from bot.model import Item
from bot.understand import dates

#: The range of plausible dates; any other date of an entry counts as missing.
OLDEST = datetime(1995, 1, 1, tzinfo=UTC)
NEWEST = datetime(9000, 1, 1, tzinfo=UTC)
#: The characters of a text in which dates are masked; in the rest they count as words.
MASKED_CHARACTERS = 20_000
#: Clocks and time zones differ by less than this. A date further ahead is wrong.
AHEAD = timedelta(days=1)
#: An entry dated this long before its source's newest, and never seen, is no news.
OLD = timedelta(days=365)
#: A text of this many characters is hardly written twice in one second.
TELLING_CHARACTERS = 60
#: The prefix of a uid made for an entry whose guid is only a position on the page.
PLACE = "place:"

#: Query parameters that identify the page, whatever their value looks like.
_NAMES_A_PAGE = re.compile(
    r"p|id|\w*_id|(?!s{1,2}id|uid)\w*[a-z]id|no|nr|num|number|year|month|day|version|"
    r"pages?|article|artikel|post|story|news|item|doc|document|title|slug|path|file|section|topic"
    r"|thread"
)
#: Query parameters that say who asks, from where and when.
_SAYS_WHO_ASKS = re.compile(
    r"utm_?\w*|(?:at|mtm|pk|piwik|matomo|hsa|oly|vero|ns|wt|itm|stm)_\w+|\w*clid|_ga|_gl|_hs\w+|"
    r"mc_[ce]id|mkt_tok|igshi?d?|ref|ref_?src|referr?er|source|src|from|via|cmp|cmpid|campaign\w*|"
    r"xtor|xtref|rss|feed|partner|share\w*|s_id|session\w*|\w*sess(?:ion)?_?id|phpsessid|cfid|"
    r"cftoken|zenid|oscsid|\w*token|auth|sig|signature|hash|nonce|rand|random|cache\w*|cb|_|ts|time"
    r"|"
    r"timestamp|expires|visitor\w*|(?:user|client|device|request|email|mailing|recipient)_?id|"
    r"track\w*|trk\w*|amp|mobile|output|format|view|print"
)
#: A value that nobody writes by hand: a hash, a random word or a timestamp.
_RANDOM = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{10,}|"
    r"(?=[a-z]*\d)(?=\d*[a-z])(?:[0-9a-z]{10,}|[0-9a-f]{6,})|"
    r"(?-i:(?=.*[a-z])(?=.*[A-Z])(?=.*\d))[\w+/-]{16,}={0,2}",
    re.I,
)
#: Parameters that are a story on some sites and a session on others: a story has a number.
_STORY_OR_SESSION = re.compile(r"s{1,2}id|uid|s")
_SESSION_IN_PATH = re.compile(
    r";\w{0,20}session\w{0,20}=[^/;]*|/\(\w?\([\w-]{1,99}\)\)|;[^/;]{0,40}sid=[^/;]*", re.I
)
_INDEX = re.compile(r"/(?:index|default|home)\.\w{2,5}$|/(?:amp|feed)$|\.amp$")
_OTHER_EDITION = re.compile(r"^(?:(?:www\d?|m|mobile|amp|wap|touch)\.)+(?=[^.]+\.)")
_TIME = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[ap]\.?m\b)?|(?<=\d)T(?=\d)")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """The hashes of an entry's link, title and text, and its date.

    A field is None if the entry lacks it: a link that is only the site's, or no words. `link`
    covers the path and the query parameters that identify a page; `stamped` is the feed's own date.
    """

    site: str | None = None
    link: str | None = None
    title: str | None = None
    text: str | None = None
    stamped: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A kept entry with its marks.

    `updates` is how many newer texts of it were told in a row, `updated_at` when the last of them
    came, told or not.
    """

    uid: str
    recorded: datetime
    marks: Marks
    updates: int = 0
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry of a feed with its marks."""

    item: Item
    marks: Marks

    def is_old(self, newest: datetime) -> bool:
        """Whether the entry is no news because of its date alone.

        `newest` is the newest date of its source, not today: a recorded feed is read years later,
        and its last entry was news when it came.
        """
        if self.marks.stamped is None:
            return False
        return self.marks.stamped < newest - OLD


def marks_of(item: Item) -> Marks:
    """The marks of a memo or an article; takes time proportional to its text."""
    site, page = _address(item.link)
    return Marks(
        site=_mark(site),
        link=_mark(page),
        title=_mark(_words(item.title)),
        text=_mark(_words(_TIME.sub(" ", _undated(item.text)))),
        stamped=_plausible(item.stamped),
    )


def seen_in(items: Iterable[Item]) -> list[Seen]:
    """The distinct entries of a feed with their marks.

    Takes time proportional to their texts, which strangers write. Records of trackers have no
    marks: the checksum of their version identifies them.
    """
    once = {item.uid: item for item in reversed(list(items))}
    found = reversed(once.values())
    return [_seen(item) for item in found]


def _seen(item: Item) -> Seen:
    if item.document:
        return Seen(item, Marks())
    return Seen(item, marks_of(item))


def newest_of(dates: Iterable[datetime | None], now: datetime) -> datetime:
    """The latest plausible date, at most `now`; dates further ahead are wrong and ignored."""
    plausible = [date for date in dates if date and date <= now + AHEAD]
    return min(now, max(plausible, default=now))


def faces(marks: Marks) -> list[Hashable]:
    """Keys that two sightings of an entry share if nothing but its uid has changed."""
    if not marks.title:
        return []
    name = (marks.link, marks.title)
    found: list[Hashable] = []
    if marks.stamped:
        found.append((*name, marks.stamped))
    if marks.text:
        found.append((*name, marks.text))
    return found or [name]


def said(marks: Marks) -> Hashable:
    """The key of what an entry says, and when."""
    return (marks.text, marks.stamped)


def is_telling(seen: Seen) -> bool:
    """Whether text and date alone identify the entry, whatever else has changed."""
    if len(seen.item.text) < TELLING_CHARACTERS:
        return False
    if seen.marks.stamped is None:
        return False
    return not is_placed(seen.item.uid)


def is_placed(uid: str) -> bool:
    """Whether a uid was made from an entry's marks because its guid is only a position."""
    return uid.partition(":")[2].startswith(PLACE)


def is_correction(seen: Seen, known: Known, alone: bool) -> bool:
    """Whether the ids allow that an entry is a kept one with another title and link.

    Ids that differ in one number may count entries. `alone` says that no other entry has the text.
    """
    ids = (seen.item.uid, known.uid)
    counted = len({re.sub(r"\d+", "0", uid) for uid in ids}) == 1
    if alone:
        return not counted
    # A text that all entries share tells less, and less still if the date is only a day.
    if seen.marks.stamped is None:
        return False
    if seen.marks.stamped.time() == time():
        return False
    return len({"".join(re.findall(r"\d", uid)) for uid in ids}) == 1


def named_by_marks(seen: Seen) -> Seen:
    """The entry under a uid made from its marks, which stays when the guids shift."""
    marks = seen.marks
    item = seen.item
    stamped = ""
    if marks.stamped:
        stamped = marks.stamped.astimezone(UTC).isoformat()
    words = repr((item.source, marks.link, marks.title, marks.text, stamped))
    name = PLACE + blake2b(words.encode(), digest_size=16).hexdigest()
    return replace(seen, item=replace(item, uid=f"{item.uid.partition(':')[0]}:{name}"))


def _plausible(stamped: datetime | None) -> datetime | None:
    """A feed's date if it is plausible, else None."""
    if stamped is None:
        return None
    if not OLDEST <= stamped <= NEWEST:
        return None
    return stamped


def _address(link: str) -> tuple[str, str]:
    """The site and page of a link, normalised; a site's own page is ""."""
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
    # The pages of a single-page application are in the fragment.
    within = ""
    if parts.fragment.startswith(("!", "/")):
        within = parts.fragment
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
    if _NAMES_A_PAGE.fullmatch(name):
        return True
    return not _RANDOM.fullmatch(value)


def _undated(text: str) -> str:
    """A text with changing dates and counters masked, as far as it is examined."""
    lines = [dates.mask(line) for line in text[:MASKED_CHARACTERS].splitlines()]
    return "\n".join(lines) + text[MASKED_CHARACTERS:]


def _words(text: str) -> str:
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _mark(words: str) -> str | None:
    if not words:
        return None
    return blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest()
