"""Open Terms Archive's memos, in which people explain a change.

A pubDate is the day of the change, not of the memo.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bot.feeds import identity, news
from bot.feeds.entry import Entry
from bot.model import Item, Record, Source
from bot.understand import dates

_COMMIT = re.compile(r"/commit/([0-9a-f]{40})")


def items(source: Source, entries: list[Entry]) -> list[Item]:
    """The items of a page's entries as memos; the uid contains the entry's id."""
    ids = identity.identify(entries)
    return [_item(source, name, entry) for name, entry in zip(ids, entries, strict=True)]


def _item(source: Source, name: str, entry: Entry) -> Item:
    """Convert an entry into a memo.

    Its first paragraph is `Service, Service ▪ Terms types ▪ date - date`; the rest explains.
    """
    lines = entry.text.splitlines() or [""]
    services, terms_types, when = _head(lines[0])
    commits = [f"commit:{sha}" for sha in _COMMIT.findall(entry.html)]
    return Item(
        uid=f"memo:{name}",
        source=source.id,
        record=Record.MEMO,
        when=_first_day(when) or entry.when,
        title=entry.title,
        link=entry.link,
        text="\n\n".join(lines[1:] if services else lines),
        services=_split(services),
        terms_types=_split(terms_types),
        commits=tuple(dict.fromkeys(commits)),
        stamped=news.stamp_of(entry),
    )


def _head(line: str) -> tuple[str, str, str]:
    """The services, terms types and dates of the first paragraph; "" if its form is another."""
    head = [part.strip() for part in line.split("▪")]
    if len(head) != 3:
        return "", "", ""
    services, terms_types, when = head
    return services, terms_types, when


def _first_day(text: str) -> datetime | None:
    """The earliest day that a text names, at midnight UTC, or None."""
    days = [day for _, _, day in dates.find(text)]
    if not days:
        return None
    first = min(days)
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


def _split(names: str) -> tuple[str, ...]:
    stripped = (name.strip() for name in names.split(","))
    return tuple(name for name in stripped if name)
