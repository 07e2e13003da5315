"""Any other feed: regulators, NGOs, company blogs, newspapers."""

from __future__ import annotations

from bot.feeds.syndication import Entry
from bot.model import Item, Record, Source

MAX_TEXT = 50_000


def items(source: Source, entries: list[Entry]) -> list[Item]:
    return [
        Item(f"{source.id}:{entry.id or entry.link or entry.title}", source.id, Record.ARTICLE, entry.when, entry.title, entry.link,
             text=entry.text[:MAX_TEXT].replace("\n", "\n\n"))
        for entry in entries
    ]  # fmt: skip
