"""Collections: their identities, when they were last checked, and where they have moved to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.store.coverage_tables import collection as collection_table
from bot.store.database import Database, insert_new


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of a collection: its own `identity`, and where it is read.

    `address` is the URL at which it is read instead of `configured`, or ""; `listed` is the URL
    that the published list has named `times` times in a row. `looked_at` is the last check.
    """

    source_id: str
    identity: str = ""
    looked_at: datetime | None = None
    configured: str = ""
    address: str = ""
    listed: str = ""
    times: int = 0


class Collections:
    """The facet `store.collections`: addresses of collections. Methods may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, ids: Iterable[str]) -> dict[str, Whereabouts]:
        """What is known of some collections, by source; a new one has nothing but its id."""
        found = {source_id: Whereabouts(source_id) for source_id in ids}
        query = select(collection_table).where(collection_table.c.source_id.in_(found))
        with self._database.read() as connection:
            for row in connection.execute(query):
                found[row.source_id] = Whereabouts(*row)
        return found

    def looked(self, source_id: str, now: datetime, identity: str = "") -> None:
        """Record a check of a collection.

        `identity` is learnt once, at the first check that finds one; "" leaves the stored one.
        """
        values: dict[str, Any] = {"looked_at": now}
        if identity:
            values["identity"] = identity
        self._write(source_id, values)

    def listed(self, source_id: str, address: str, times: int) -> None:
        """Record the address that the published list names, and how many times in a row."""
        self._write(source_id, {"listed": address, "times": times})

    def moved(self, source_id: str, configured: str, address: str) -> None:
        """Read a collection at `address`, as long as the operator's list says `configured`."""
        self._write(source_id, {"configured": configured, "address": address})

    def _write(self, source_id: str, values: dict[str, Any]) -> None:
        mine = update(collection_table).where(collection_table.c.source_id == source_id)
        with self._database.write() as connection:
            fresh = insert_new(collection_table, connection)
            connection.execute(fresh.values(source_id=source_id))
            connection.execute(mine.values(**values))
