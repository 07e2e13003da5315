"""News feeds of regulators, NGOs, company blogs and newspapers."""

from __future__ import annotations

from datetime import datetime

from bot.feeds import identity
from bot.feeds.entry import Entry
from bot.model import Item, Record, Source

MAX_TEXT = 50_000


def items(source: Source, entries: list[Entry]) -> list[Item]:
    """The items of a page's entries as articles; the uid is the source's id and the entry's id."""
    ids = identity.identify(entries)
    return [_item(source, name, entry) for name, entry in zip(ids, entries, strict=True)]


def stamp_of(entry: Entry) -> datetime | None:
    """The date on which an entry was published or last changed; None if the feed has none."""
    if not entry.dated:
        return entry.changed
    return max(entry.when, entry.changed or entry.when)


def _item(source: Source, name: str, entry: Entry) -> Item:
    return Item(
        uid=f"{source.id}:{name}",
        source=source.id,
        record=Record.ARTICLE,
        when=entry.when,
        title=entry.title,
        link=entry.link,
        text=entry.text[:MAX_TEXT].replace("\n", "\n\n"),
        stamped=stamp_of(entry),
    )
