"""Open Terms Archive's memos: people explain a change. pubDate is the day of the change, not of the memo."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bot.feeds import identity, news
from bot.feeds.syndication import Entry
from bot.model import Item, Record, Source
from bot.understand import dates

_COMMIT = re.compile(r"/commit/([0-9a-f]{40})")


def items(source: Source, entries: list[Entry]) -> list[Item]:
    """Every entry as a memo; its uid is the entry's name."""
    ids = identity.identify(entries)
    return [_item(source, name, entry) for name, entry in zip(ids, entries, strict=True)]


def _item(source: Source, name: str, entry: Entry) -> Item:
    """The first paragraph is `Service, Service ▪ Terms types ▪ date - date`; the rest explains."""
    lines = entry.text.splitlines() or [""]
    head = [part.strip() for part in lines[0].split("▪")]
    services, terms_types, when = head if len(head) == 3 else ("", "", "")
    days = sorted(day for _, _, day in dates.find(when))
    return Item(
        uid=f"memo:{name}", source=source.id, record=Record.MEMO, title=entry.title, link=entry.link,
        when=datetime(days[0].year, days[0].month, days[0].day, tzinfo=UTC) if days else entry.when,
        text="\n\n".join(lines[1:] if services else lines),
        services=_split(services), terms_types=_split(terms_types),
        commits=tuple(dict.fromkeys(f"commit:{sha}" for sha in _COMMIT.findall(entry.html))),
        stamped=news.stamp_of(entry),
    )  # fmt: skip


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())
