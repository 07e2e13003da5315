"""Collections: who they say they are, when they were looked at, and where they have moved to."""

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

    `address` is where it is read in place of `configured`, or ""; `listed` is what the published
    list has named `times` in a row.
    """

    source_id: str
    identity: str = ""
    looked_at: datetime | None = None
    configured: str = ""
    address: str = ""
    listed: str = ""
    times: int = 0


class Collections:
    """`store.collections`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, ids: Iterable[str]) -> dict[str, Whereabouts]:
        """What is known of some collections, by source; of a new one nothing but its name."""
        found = {source_id: Whereabouts(source_id) for source_id in ids}
        query = select(collection_table).where(collection_table.c.source_id.in_(found))
        with self._database.read() as connection:
            for row in connection.execute(query):
                found[row.source_id] = Whereabouts(*row)
        return found

    def looked(self, source_id: str, now: datetime, identity: str = "") -> None:
        """Note a look at a collection.

        `identity` is learnt the first time that it says one, and stays.
        """
        values: dict[str, Any] = {"looked_at": now}
        if identity:
            values["identity"] = identity
        self._write(source_id, values)

    def listed(self, source_id: str, address: str, times: int) -> None:
        """Note the address that the published list names, and how many times in a row."""
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
