"""Items of feeds: kept once, understood when due, held while in doubt, then settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, select, update

from bot.model import Change, Cursor, Held, Item
from bot.reasons import Noise, Unread
from bot.states import ItemState, SourceState
from bot.store import codec, documents, intake, tables
from bot.store.database import Database
from bot.understand.marks import Seen, seen_in


@dataclass(frozen=True, slots=True)
class DueItem:
    """An item to understand, and how often that failed already."""

    item: Item
    attempts: int


@dataclass(frozen=True, slots=True)
class HeldChange:
    """A doubtful change that waited, and the item that it was read from."""

    item: Item
    change: Change


class Items:
    """`store.items`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self,
        source_id: str,
        items: Sequence[Item],
        cursor: Cursor,
        now: datetime,
        due: datetime,
        remark: str | None = "",
        seen: Sequence[Seen] | None = None,
    ) -> int:
        """Store the unseen items and the source's cursor together; return how many were unseen. `remark` is what was
        left out of the page, in words for people; None leaves what was said of an earlier one. `seen` are the items
        with their marks, where those were made elsewhere.

        The first time, everything on the page counts as seen: learn, do not flood. Later an entry that came back
        under another id is known, a newer text of one is an item of its own, and what is long past is forgotten.
        """
        state = SourceState.MOVED if cursor.notes.get("url") else SourceState.HEALTHY
        asked: dict[str, Any] = {"due_at": due, "ok_at": now, "error": "", "state": state}
        if remark is not None:
            asked["remark"] = remark
        page = seen_in(items) if seen is None else seen
        with self._database.write() as connection:
            fresh, notes = (
                intake.take_in(connection, source_id, page, cursor, now)
                if page
                else (0, cursor.notes)
            )
            asked["cursor"] = codec.dump_cursor(replace(cursor, learned=True, notes=notes))
            connection.execute(
                update(tables.source).where(tables.source.c.id == source_id).values(**asked)
            )
            return fresh

    def due(self, now: datetime, limit: int) -> list[DueItem]:
        """Items to understand, in the order in which they were recorded."""
        t = tables.item.c
        waiting = (t.state == ItemState.NEW) & (t.due_at <= now)
        query = (
            select(t.payload, t.attempts).where(waiting).order_by(t.recorded, t.uid).limit(limit)
        )
        with self._database.read() as connection:
            return [
                DueItem(codec.load_item(row.payload), row.attempts)
                for row in connection.execute(query)
            ]

    def postpone(self, uid: str, due: datetime, why: str) -> None:
        """Look at an item again later: its texts could not be had."""
        t = tables.item
        waiting = (t.c.uid == uid) & (t.c.state == ItemState.NEW)
        with self._database.write() as connection:
            connection.execute(
                update(t).where(waiting).values(due_at=due, attempts=t.c.attempts + 1, why=why)
            )

    def read_until(self, source_id: str) -> datetime | None:
        """The moment up to which every record of a source was seen and understood; None before its first poll."""
        t = tables.item.c
        understood = select(func.max(t.recorded)).where(
            t.source_id == source_id, t.state != ItemState.NEW
        )
        waiting = select(func.min(t.recorded)).where(
            t.source_id == source_id, t.state == ItemState.NEW
        )
        with self._database.read() as connection:
            newest: datetime | None = connection.execute(understood).scalar_one()
            oldest: datetime | None = connection.execute(waiting).scalar_one()
        if newest is None or oldest is None:
            return newest
        return min(newest, oldest - timedelta(milliseconds=1))

    def hold(self, item: Item, change: Change, held: Held, due: datetime) -> None:
        """Keep a doubtful change back until `due`; the document's memory goes on."""
        t = tables.item
        waiting = update(t).where(t.c.uid == item.uid, t.c.state == ItemState.NEW)
        values: dict[str, Any] = {
            "state": ItemState.HELD,
            "due_at": due,
            "held": codec.dump_change(change),
        }
        with self._database.write() as connection:
            if connection.execute(waiting.values(**values)).rowcount:
                documents.write(connection, held)

    def held_due(self, now: datetime, limit: int) -> list[HeldChange]:
        """Held changes whose time is over and after which nothing waits to be read that could take them back."""
        t, later = tables.item.c, tables.item.alias()
        unread = exists().where(
            later.c.state == ItemState.NEW, later.c.attempts == 0, later.c.recorded <= t.due_at
        )
        over = (t.state == ItemState.HELD) & (t.due_at <= now)
        query = select(t.payload, t.held).where(over, ~unread).order_by(t.due_at).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            HeldChange(codec.load_item(row.payload), codec.load_change(row.held)) for row in rows
        ]

    def skip(
        self, item: Item, why: Noise | Unread, held: Held | None = None, stale: bool = False
    ) -> None:
        """Settle an item that is no news to anybody, keeping what was learnt from it.

        `stale`: its text was not fetched, so what we hold of its document is out of date and is dropped.
        """
        with self._database.write() as connection:
            if not mark_seen(connection, item.uid, why):
                return
            if held:
                documents.write(connection, held)
            elif stale and item.document:
                documents.drop(connection, item.document)


def mark_seen(connection: Connection, uid: str, why: str) -> bool:
    """Settle an item; False where it was settled before. `why` are the codes of the reasons."""
    t = tables.item
    waiting = (t.c.uid == uid) & t.c.state.in_((ItemState.NEW, ItemState.HELD))
    settled = (
        update(t).where(waiting).values(state=ItemState.SEEN, payload=None, held=None, why=why)
    )
    return connection.execute(settled).rowcount == 1
