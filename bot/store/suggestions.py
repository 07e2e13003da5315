"""Suggestions to the operator, counted, without who made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from bot.store import undo_tables
from bot.store.database import Database, insert_new

#: The most suggestions that are counted at once; any more are dropped.
MOST = 500
#: How long suggestions are gathered before the operator is told.
GATHERED = timedelta(days=1)
#: How long a suggestion is kept if there is no operator to be told.
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggestion and how often it was made; `kind` is "service" or "moved"."""

    kind: str
    what: str
    count: int


class Suggestions:
    """The facet `store.suggestions`: people's suggestions. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, what: str, now: datetime) -> None:
        """Count a suggestion once more."""
        table = undo_tables.suggestion
        same = (table.c.kind == kind) & (table.c.what == what)
        values = {"kind": kind, "what": what, "count": 0, "since": now}
        with self._database.write() as connection:
            if connection.execute(select(func.count()).select_from(table)).scalar_one() < MOST:
                connection.execute(insert_new(table, connection).values(**values))
            more = update(table).where(same).values(count=table.c.count + 1)
            connection.execute(more)

    def due(self, now: datetime, limit: int) -> list[Suggestion]:
        """The most frequent suggestions, once the oldest is a day old."""
        table = undo_tables.suggestion
        with self._database.read() as connection:
            oldest = connection.execute(select(func.min(table.c.since))).scalar_one()
            if oldest is None or oldest > now - GATHERED:
                return []
            first = select(table).order_by(table.c.count.desc(), table.c.what).limit(limit)
            rows = connection.execute(first)
            return [Suggestion(kind, what, count) for kind, what, count, _since in rows]

    def tidy(self, now: datetime) -> None:
        """Delete the suggestions that nobody was told of in time."""
        old = undo_tables.suggestion.c.since <= now - KEPT
        with self._database.write() as connection:
            connection.execute(delete(undo_tables.suggestion).where(old))

    def told(self, suggestions: Sequence[Suggestion]) -> None:
        """Delete the suggestions that the operator was told of."""
        table = undo_tables.suggestion
        with self._database.write() as connection:
            for each in suggestions:
                mine = (table.c.kind == each.kind) & (table.c.what == each.what)
                connection.execute(delete(table).where(mine))
