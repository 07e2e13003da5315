"""The small world of every dialogue: one story about LinkedIn, a clock, and a person."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.model import Address, Change, Cursor, Item
from bot.store import Store, tables
from handlers import Context
from lab.eval import story

NOW = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)
CHANGE = story.change()
ITEM = story.item()
RECORDED = CHANGE.recorded
SETTING = CHANGE.links[0].url


def tell(store: Store, change: Change = CHANGE, item: Item = ITEM, now: datetime = NOW) -> int:
    """Publish a change as the poller does; returns how many alerts it queued."""
    store.sources.due([item.source], now)
    store.items.keep(item.source, [item], Cursor(learned=True), now, now)
    return store.stories.publish(item, change, None, None, matcher.audience(change), now)


def paused(store: Store, address: Address) -> str | None:
    """Why a chat is paused; None where it is not, or is unknown."""
    known = store.preferences.get(address)
    return known.paused if known else None


def verdicts(store: Store) -> dict[str, int]:
    """How many changes were kept, by verdict."""
    change = tables.change.c
    query = select(change.verdict, func.count()).group_by(change.verdict)
    with store.database.read() as connection:
        return {str(verdict): count for verdict, count in connection.execute(query)}


def context(store: Store, known: Catalogue, names: Names) -> Context:
    return Context(store, known, names, NOW, contact="https://example.org/smallprint")
