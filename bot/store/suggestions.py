"""Suggestions: what people would like the operator to know, counted, without who said it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from bot.store import tables
from bot.store.database import Database

#: Things that are counted at once; what comes beyond is left out.
MOST = 500
#: How long things are gathered before the operator is told.
GATHERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A thing that people suggested, and how often: `kind` is "service" or "moved"."""

    kind: str
    what: str
    count: int


class Suggestions:
    """`store.suggestions`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, what: str, now: datetime) -> None:
        """Count one more who suggests it."""
        table = tables.suggestion
        same = (table.c.kind == kind) & (table.c.what == what)
        with self._database.write() as connection:
            more = update(table).where(same).values(count=table.c.count + 1)
            if connection.execute(more).rowcount:
                return
            if connection.execute(select(func.count()).select_from(table)).scalar_one() < MOST:
                values = {"kind": kind, "what": what, "count": 1, "since": now}
                connection.execute(insert(table).values(**values))

    def take(self, now: datetime) -> list[Suggestion]:
        """All of them, the most frequent first, once the oldest waits for a day; they are gone."""
        table = tables.suggestion
        with self._database.write() as connection:
            oldest = connection.execute(select(func.min(table.c.since))).scalar_one()
            if oldest is None or oldest > now - GATHERED:
                return []
            rows = connection.execute(select(table).order_by(table.c.count.desc(), table.c.what))
            found = [Suggestion(kind, what, count) for kind, what, count, _since in rows]
            connection.execute(delete(table))
            return found
