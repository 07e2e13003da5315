"""Open Terms Archive's memos: people explain a change. pubDate is the day of the change, not of the memo."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bot.feeds.syndication import Entry
from bot.model import Item, Record, Source
from bot.understand import dates

_COMMIT = re.compile(r"/commit/([0-9a-f]{40})")


def items(source: Source, entries: list[Entry]) -> list[Item]:
    return [_item(source, entry) for entry in entries]


def _item(source: Source, entry: Entry) -> Item:
    """The first paragraph is `Service, Service ▪ Terms types ▪ date - date`; the rest explains."""
    lines = entry.text.splitlines() or [""]
    head = [part.strip() for part in lines[0].split("▪")]
    services, terms_types, when = head if len(head) == 3 else ("", "", "")
    days = sorted(day for _, _, day in dates.find(when))
    return Item(
        uid=f"memo:{entry.id or entry.link or entry.title}", source=source.id, record=Record.MEMO, title=entry.title, link=entry.link,
        when=datetime(days[0].year, days[0].month, days[0].day, tzinfo=UTC) if days else entry.when,
        text="\n\n".join(lines[1:] if services else lines),
        services=_split(services), terms_types=_split(terms_types),
        commits=tuple(dict.fromkeys(f"commit:{sha}" for sha in _COMMIT.findall(entry.html))),
    )  # fmt: skip


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())
