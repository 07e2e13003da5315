"""Feed entries, normalised from feedparser's."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from time import struct_time
from typing import Any
from urllib.parse import urlsplit

from bot.feeds import dating
from bot.feeds.addresses import joined
from bot.feeds.shell import Shell
from bot.feeds.words import text_of, title_of

#: The most characters of a title.
MAX_TITLE = 500
#: The most characters of a text that replace a missing title.
HEAD = 120
#: Characters of a text from which those are taken.
MAX_HEAD = 5_000
#: Link relations, the best first; unknown ones come last.
_RELATIONS = ("alternate", "", "canonical", "related", "via", "self", "enclosure", "replies")
_IANA = "http://www.iana.org/assignments/relation/"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of any feed; `html` is its longest text, not sanitised.

    `id` is the guid as written, or ""; `dated` says whether the date is the feed's own; `changed`
    is when the entry was last changed, if the feed says so.
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
        """The plain text of the entry, one line for each paragraph."""
        return text_of(self.html)


def entry_of(raw: Any, shell: Shell, base: str, now: datetime) -> Entry | None:
    """Convert feedparser's entry into ours; None if it is empty.

    `base` is the URL against which its links are resolved; `now` is the date of an undated entry.
    """
    html = max(_texts(raw), key=len, default="")
    words = _title(raw, shell)
    identity = str(raw.get("id") or "").strip()
    link = _link(raw, base)
    if not (identity or link or words or html):
        return None
    when, changed = _dates(raw, now)
    return Entry(
        id=identity,
        title=words[:MAX_TITLE] or _beginning(html),
        link=link,
        when=now if when is None else when,
        html=html,
        categories=_categories(raw),
        dated=when is not None,
        changed=changed,
    )


def _title(raw: Any, shell: Shell) -> str:
    """The plain text of an entry's title, or ""."""
    title = raw.get("title", "")
    is_html = raw.get("title_detail", {}).get("type") != "text/plain"
    # Atom declares whether it is HTML; in RSS it must be guessed.
    if shell.kind == "feed" and not is_html:
        return " ".join(title.split())
    return title_of(title, is_html)


def _categories(raw: Any) -> dict[str, str]:
    """The category terms of an entry, by scheme."""
    found = {}
    for tag in raw.get("tags", []):
        scheme = str(tag.get("scheme") or "")
        found[scheme] = str(tag.get("term") or "")
    return found


def _beginning(html: str) -> str:
    """The beginning of the text, in place of a missing title, as in feeds of short messages."""
    words = " ".join(text_of(html[:MAX_HEAD]).split())
    if len(words) <= HEAD:
        return words
    shortened = words[:HEAD]
    whole_words = shortened.rpartition(" ")[0]
    return f"{whole_words or shortened}…"


def _texts(raw: Any) -> list[str]:
    """The texts of an entry as HTML."""
    parts = [*raw.get("content", [])]
    if "summary" in raw:
        parts.append({"value": raw["summary"], "type": raw.get("summary_detail", {}).get("type")})
    return [_as_html(part) for part in parts]


def _as_html(part: Any) -> str:
    """One text of an entry as HTML; feedparser gives its type."""
    if part.get("type") == "text/plain":
        return escape(part["value"], quote=False)
    value: str = part.get("value", "")
    return value


def _link(raw: Any, base: str) -> str:
    """The absolute URL of the entry, or ""."""
    for address in _addresses(raw):
        if address:
            absolute = _joined(base, str(address))
            if absolute:
                return absolute
    return ""


def _addresses(raw: Any) -> Iterator[Any]:
    """The candidates for an entry's URL, the best first."""
    for link in sorted(raw.get("links", []), key=_rank):
        yield link.get("href", "")
    # feedparser's own `link` is the last of several, or the id if that is a URL.
    yield raw.get("link", "")
    yield raw.get("feedburner_origlink", "")
    identity = str(raw.get("id") or "")
    if identity.startswith(("http://", "https://")):
        yield identity


def _rank(link: Any) -> tuple[int, bool]:
    """The sort key of a link, the best first: by relation, then web pages before data."""
    relation = str(link.get("rel") or "").lower().removeprefix(_IANA)
    kind = str(link.get("type") or "text/html")
    place = len(_RELATIONS)
    if relation in _RELATIONS:
        place = _RELATIONS.index(relation)
    return place, kind not in ("text/html", "application/xhtml+xml")


def _joined(base: str, address: str) -> str:
    """An absolute http or https URL, or ""."""
    whole = joined(base, address)
    try:
        parts = urlsplit(whole)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.hostname:
        return whole
    return ""


def _dates(raw: Any, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When an entry was published, and when it was last changed, if the feed says so."""
    changed = _date(raw, "updated", now)
    published = _date(raw, "published", now)
    if published is None:
        published = changed
    if published is None:
        published = _date(raw, "created", now)
    return published, changed


def _date(raw: Any, name: str, now: datetime) -> datetime | None:
    """A date of an entry, parsed by `dating` or else by feedparser; None if there is none."""
    # Read as a plain dict: feedparser substitutes another date for a missing one, with a warning.
    said = str(dict.get(raw, name) or "")
    when = dating.parse(said, now) if said else None
    if when is None:
        when = moment_of(dict.get(raw, f"{name}_parsed"))
    if when is None or when.year < dating.FIRST_YEAR:  # 0001 and 1970 say: no date
        return None
    return when


def moment_of(stamp: struct_time | None) -> datetime | None:
    """Convert feedparser's time; None if it is out of range."""
    if stamp is None:
        return None
    try:
        return datetime.fromtimestamp(timegm(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None
