"""Items of feeds: stored once, understood when due, held while doubtful, then settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, select, update

from bot.model import Change, Cursor, Item
from bot.states import ItemState, SourceState
from bot.store import codec, documents, intake, tables
from bot.store.database import Database
from bot.understand.marks import Seen, seen_in
from bot.understand.memory import Held
from bot.verdicts import Noise, Unread


@dataclass(frozen=True, slots=True)
class DueItem:
    """An item to understand, and how often that has failed."""

    item: Item
    attempts: int


@dataclass(frozen=True, slots=True)
class HeldChange:
    """A doubtful change that was held, and the item that it came from."""

    item: Item
    change: Change


class Items:
    """The facet `store.items`: items of feeds. Every method may raise StoreError."""

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
    ) -> int:
        """Store the unseen items and the source's cursor together; return how many were unseen.

        `due` is when the source is asked again. `remark` says in words for people what was left out
        of the page; None keeps the remark of an earlier page.

        The first time, everything on the page counts as seen: learn, do not flood. Later, an entry
        that came back under another id is recognised, a newer text of one becomes an item of its
        own, and old entries are forgotten.
        """
        return self.keep_seen(source_id, seen_in(items), cursor, now, due, remark)

    def keep_seen(
        self,
        source_id: str,
        page: Sequence[Seen],
        cursor: Cursor,
        now: datetime,
        due: datetime,
        remark: str | None = "",
    ) -> int:
        """The same as `keep`, for items whose marks have already been computed."""
        state = SourceState.MOVED if cursor.notes.get("url") else SourceState.HEALTHY
        asked: dict[str, Any] = {"due_at": due, "ok_at": now, "error": "", "state": state}
        if remark is not None:
            asked["remark"] = remark
        fresh, notes = 0, cursor.notes
        mine = update(tables.source).where(tables.source.c.id == source_id)
        with self._database.write() as connection:
            if page:
                fresh, notes = intake.take_in(connection, source_id, page, cursor, now)
            asked["cursor"] = codec.dump_cursor(replace(cursor, learned=True, notes=notes))
            connection.execute(mine.values(**asked))
            return fresh

    def sources_due(self, now: datetime) -> list[str]:
        """The sources with items to understand, the one with the oldest item first."""
        item = tables.item.c
        waiting = (item.state == ItemState.NEW) & (item.due_at <= now)
        query = select(item.source_id).where(waiting).group_by(item.source_id)
        with self._database.read() as connection:
            oldest_first = query.order_by(func.min(item.recorded), item.source_id)
            return list(connection.execute(oldest_first).scalars())

    def due(self, now: datetime, limit: int, source: str | None = None) -> list[DueItem]:
        """Items to understand, of one source or all, in the order in which they were recorded."""
        item = tables.item.c
        waiting = (item.state == ItemState.NEW) & (item.due_at <= now)
        if source is not None:
            waiting &= item.source_id == source
        in_order = select(item.payload, item.attempts).order_by(item.recorded, item.uid)
        query = in_order.where(waiting).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [DueItem(codec.load_item(row.payload), row.attempts) for row in rows]

    def postpone(self, uid: str, due: datetime, why: str) -> None:
        """Try an item again at `due`: its texts could not be fetched."""
        item = tables.item.c
        waiting = update(tables.item).where(item.uid == uid, item.state == ItemState.NEW)
        with self._database.write() as connection:
            connection.execute(waiting.values(due_at=due, attempts=item.attempts + 1, why=why))

    def put_aside(self, uid: str, why: str) -> None:
        """Leave an item alone until the bot restarts, because it triggers a bug of ours."""
        item = tables.item.c
        waiting = update(tables.item).where(item.uid == uid, item.state == ItemState.NEW)
        with self._database.write() as connection:
            connection.execute(waiting.values(due_at=tables.NEVER, why=why))

    def try_again(self, now: datetime) -> int:
        """Make all items that were put aside due; return their number."""
        item = tables.item.c
        aside = (item.state == ItemState.NEW) & (item.due_at == tables.NEVER)
        again = update(tables.item).where(aside).values(due_at=now, attempts=0)
        with self._database.write() as connection:
            return connection.execute(again).rowcount

    def read_until(self, source_id: str) -> datetime | None:
        """The moment up to which every record of a source has been seen and understood.

        None before its first poll.
        """
        item = tables.item.c
        theirs = item.source_id == source_id
        understood = select(func.max(item.recorded)).where(theirs, item.state != ItemState.NEW)
        is_open = (item.state == ItemState.NEW) & (item.due_at < tables.NEVER)
        waiting = select(func.min(item.recorded)).where(theirs, is_open)
        with self._database.read() as connection:
            newest: datetime | None = connection.execute(understood).scalar_one()
            oldest: datetime | None = connection.execute(waiting).scalar_one()
        if newest is None or oldest is None:
            return newest
        return min(newest, oldest - timedelta(milliseconds=1))

    def hold(self, item: Item, change: Change, held: Held, due: datetime) -> None:
        """Hold a doubtful change until `due`; the document's memory is updated at once."""
        kept = tables.item.c
        waiting = update(tables.item).where(kept.uid == item.uid, kept.state == ItemState.NEW)
        values: dict[str, Any] = {
            "state": ItemState.HELD,
            "due_at": due,
            "held": codec.dump_change(change),
        }
        with self._database.write() as connection:
            if connection.execute(waiting.values(**values)).rowcount:
                documents.write(connection, held)

    def held_due(self, now: datetime, limit: int) -> list[HeldChange]:
        """Held changes whose time is over, the longest first.

        A change stays held while an unread item could take it back.
        """
        item, later = tables.item.c, tables.item.alias().c
        unread = exists().where(
            later.state == ItemState.NEW, later.attempts == 0, later.recorded <= item.due_at
        )
        over = (item.state == ItemState.HELD) & (item.due_at <= now)
        in_order = select(item.payload, item.held).order_by(item.due_at)
        with self._database.read() as connection:
            rows = connection.execute(in_order.where(over, ~unread).limit(limit)).all()
        found = []
        for row in rows:
            found.append(HeldChange(codec.load_item(row.payload), codec.load_change(row.held)))
        return found

    def skip(
        self, item: Item, why: Noise | Unread, held: Held | None = None, stale: bool = False
    ) -> None:
        """Settle an item that is no news, storing what was learnt from it.

        `stale`: its text was not fetched, so the stored memory of its document is out of date and
        is deleted.
        """
        with self._database.write() as connection:
            if not mark_seen(connection, item.uid, why):
                return
            if held:
                documents.write(connection, held)
            elif stale and item.document:
                documents.drop(connection, item.document)


def mark_seen(connection: Connection, uid: str, why: str) -> bool:
    """Settle an item; False if it was settled before. `why` are the codes of the reasons."""
    item = tables.item.c
    unsettled = item.state.in_((ItemState.NEW, ItemState.HELD))
    mine = update(tables.item).where(item.uid == uid, unsettled)
    settled = mine.values(state=ItemState.SEEN, payload=None, held=None, why=why)
    return connection.execute(settled).rowcount == 1
