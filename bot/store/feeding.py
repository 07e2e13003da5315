"""The side of the feeds: what is due, what was seen, and what each document has held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, exists, func, select, update

from bot.model import Change, Cursor, Document, Held, Item, ItemState
from bot.reasons import Unread
from bot.store import codec, tables
from bot.store.database import Database, insert_new


class Feeding(Database):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        #: Sources that are known to have a row.
        self._listed: frozenset[str] = frozenset()

    def sources_due(self, ids: Iterable[str], now: datetime) -> list[tuple[str, Cursor]]:
        """The sources to ask now, the longest overdue first; ones never seen are due at once."""
        t, wanted = tables.source.c, frozenset(ids)
        if unlisted := wanted - self._listed:
            fresh = [{"id": i, "due_at": now, "cursor": codec.dump_cursor(Cursor()), "error": ""} for i in unlisted]
            with self._write() as connection:
                connection.execute(insert_new(tables.source, connection), fresh)
            self._listed |= unlisted
        with self._read() as connection:
            rows = connection.execute(select(t.id, t.cursor).where(t.due_at <= now).order_by(t.due_at)).all()
        return [(row.id, codec.load_cursor(row.cursor)) for row in rows if row.id in wanted]

    def unchanged(self, due: Mapping[str, datetime], now: datetime) -> None:
        """Sources that had nothing new: when each is asked next. One transaction for all."""
        t = tables.source
        done = update(t).where(t.c.id == bindparam("source")).values(due_at=bindparam("due"), ok_at=now, error="")
        with self._write() as connection:
            connection.execute(done, [{"source": source_id, "due": when} for source_id, when in due.items()])

    def source_status(self) -> list[tuple[str, datetime | None, str, datetime]]:
        """(id, last good answer, error or "", next due) of every source."""
        t = tables.source.c
        query = select(t.id, t.ok_at, t.error, t.due_at).where(t.id.not_like("memory:%")).order_by(t.id)
        with self._read() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def keep(self, source_id: str, items: Sequence[Item], cursor: Cursor, now: datetime, due: datetime) -> int:
        """Store the unseen items and the source's cursor together; return how many were unseen.

        The first time, everything on the page counts as seen: learn, do not flood.
        """
        known = replace(cursor, learned=True)
        rows = [
            {
                "uid": item.uid, "source_id": source_id, "recorded": item.when, "due_at": now, "attempts": 0,
                "state": ItemState.NEW if cursor.learned else ItemState.SEEN,
                "payload": codec.dump_item(item) if cursor.learned else None,
                "why": "" if cursor.learned else Unread.THERE_BEFORE,
            }
            for item in items
        ]  # fmt: skip
        with self._write() as connection:
            have = self._have(connection, [item.uid for item in items])
            unseen = [row for row in rows if row["uid"] not in have]
            if unseen:
                connection.execute(insert_new(tables.item, connection), unseen)
            connection.execute(
                update(tables.source).where(tables.source.c.id == source_id)
                .values(cursor=codec.dump_cursor(known), due_at=due, ok_at=now, error="")
            )  # fmt: skip
            return len(unseen)

    def source_failed(self, source_id: str, cursor: Cursor, why: str, due: datetime) -> None:
        with self._write() as connection:
            connection.execute(
                update(tables.source).where(tables.source.c.id == source_id)
                .values(cursor=codec.dump_cursor(cursor), due_at=due, error=why)
            )  # fmt: skip

    def items_due(self, now: datetime, limit: int) -> list[tuple[Item, int]]:
        """Items to understand, in the order in which they were recorded, with earlier failures counted."""
        t = tables.item.c
        query = (
            select(t.payload, t.attempts)
            .where(t.state == ItemState.NEW, t.due_at <= now)
            .order_by(t.recorded, t.uid)
            .limit(limit)
        )
        with self._read() as connection:
            return [(codec.load_item(row.payload), row.attempts) for row in connection.execute(query)]

    def postpone(self, uid: str, due: datetime, why: str) -> None:
        """Look at an item again later: its texts could not be had."""
        t = tables.item
        with self._write() as connection:
            connection.execute(
                update(t)
                .where(t.c.uid == uid, t.c.state == ItemState.NEW)
                .values(due_at=due, attempts=t.c.attempts + 1, why=why)
            )

    def read_until(self, source_id: str) -> datetime | None:
        """The moment up to which every record of a source was seen and understood; None before its first poll."""
        t = tables.item.c
        with self._read() as connection:
            ours = select(func.max(t.recorded)).where(t.source_id == source_id, t.state != ItemState.NEW)
            waiting = select(func.min(t.recorded)).where(t.source_id == source_id, t.state == ItemState.NEW)
            newest: datetime | None = connection.execute(ours).scalar_one()
            oldest: datetime | None = connection.execute(waiting).scalar_one()
        return newest if oldest is None or newest is None else min(newest, oldest - timedelta(milliseconds=1))

    def held_due(self, now: datetime, limit: int) -> list[tuple[Item, Change]]:
        """Held changes whose time is over and after which nothing waits to be read that could take them back."""
        t, later = tables.item.c, tables.item.alias()
        unread = exists().where(later.c.state == ItemState.NEW, later.c.attempts == 0, later.c.recorded <= t.due_at)
        query = (
            select(t.payload, t.held).where(t.state == ItemState.HELD, t.due_at <= now, ~unread).order_by(t.due_at).limit(limit)
        )
        with self._read() as connection:
            return [(codec.load_item(row.payload), codec.load_change(row.held)) for row in connection.execute(query)]

    def held(self, document: Document) -> Held | None:
        t = tables.document.c
        with self._read() as connection:
            row = connection.execute(select(tables.document).where(t.key == document.key)).one_or_none()
        if row is None:
            return None
        sentences, versions = codec.unpack(row.sentences), codec.unpack(row.versions)
        text = codec.unsqueeze(row.text)
        return Held(document, text, row.recorded, sentences, versions, row.version, row.lived, row.returns, row.pages)

    @staticmethod
    def _have(connection: Connection, uids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(uids), 500):
            part = uids[start : start + 500]
            found.update(connection.execute(select(tables.item.c.uid).where(tables.item.c.uid.in_(part))).scalars())
        return found
