"""Sources: which are due to be polled, and the result of the last poll."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select, text, update

from bot.model import Cursor
from bot.states import SourceState
from bot.store import codec, tables
from bot.store.columns import milliseconds
from bot.store.database import Database, insert_new

#: The prefix of sources that are the past of a document, read once; they are never polled.
BACKFILL = "memory:"


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source to poll now, and its cursor."""

    id: str
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """The status of a source.

    `ok_at` is its last good answer, `error` what has gone wrong since, or ""; `remark` is what was
    left out of the last page that was read, or ""; `moved_to` is the address at which a source that
    moved is read, or "".
    """

    id: str
    ok_at: datetime | None
    error: str
    due_at: datetime
    state: SourceState = SourceState.NEW
    remark: str = ""
    moved_to: str = ""
    paused: bool = False


MOVED = SourceState.MOVED.value
HEALTHY = SourceState.HEALTHY.value
#: Written as SQL, because it runs most often, with every poll; the columns' own types take three
#: times as long.
_UNCHANGED = text(
    "UPDATE source SET due_at = :due, ok_at = :now, error = '', state = :state WHERE id = :id"
)


class Sources:
    """The facet `store.sources`: the state of sources. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: The sources that are known to have a row.
        self._listed: frozenset[str] = frozenset()

    def due(self, ids: Iterable[str], now: datetime) -> list[DueSource]:
        """The sources to poll now, the longest overdue first; new ones are due at once."""
        source, wanted = tables.source.c, frozenset(ids)
        if unlisted := wanted - self._listed:
            self._list(unlisted, now)
        is_due = (source.due_at <= now) & (source.paused == 0)
        query = select(source.id, source.cursor).where(is_due)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(source.due_at)).all()
        return [DueSource(id_, codec.load_cursor(cursor)) for id_, cursor in rows if id_ in wanted]

    def cursor(self, source_id: str) -> Cursor:
        """The cursor of a source; an empty one if it was never polled."""
        query = select(tables.source.c.cursor).where(tables.source.c.id == source_id)
        with self._database.read() as connection:
            kept = connection.execute(query).scalar_one_or_none()
        if not kept:
            return Cursor()
        return codec.load_cursor(kept)

    def unchanged(
        self, due: Mapping[str, datetime], now: datetime, moved: frozenset[str] = frozenset()
    ) -> None:
        """Record that sources had nothing new, and when each is polled next, in one transaction.

        `moved` are those of them that are read at another address.
        """
        answered = milliseconds(now)
        rows = []
        for source_id, when in due.items():
            state = MOVED if source_id in moved else HEALTHY
            asked = {"due": milliseconds(when), "now": answered, "state": state}
            rows.append({"id": source_id, **asked})
        with self._database.write() as connection:
            connection.execute(_UNCHANGED, rows)

    def failed(
        self,
        source_id: str,
        cursor: Cursor,
        why: str,
        due: datetime,
        state: SourceState = SourceState.FAILING,
    ) -> None:
        """Record why a source could not be read, for an operator, and when it is polled again."""
        values = {"cursor": codec.dump_cursor(cursor), "due_at": due, "error": why, "state": state}
        mine = update(tables.source).where(tables.source.c.id == source_id)
        with self._database.write() as connection:
            connection.execute(mine.values(**values))

    def status(self, on: Collection[str] = ()) -> list[SourceStatus]:
        """The status of every source, by id; `on` are those switched on, if that is known."""
        source = tables.source.c
        columns = (source.id, source.ok_at, source.error, source.due_at, source.state)
        moved = case((source.state == SourceState.MOVED, source.cursor))
        polled = source.id.not_like(f"{BACKFILL}%")
        query = select(*columns, source.remark, moved, source.paused).where(polled)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(source.id)).all()
        found = []
        for row in rows:
            if on and row.id not in on:
                continue
            status = SourceStatus(*row[:6], moved_to=_moved_to(row[6]), paused=bool(row.paused))
            found.append(status)
        return found

    def pause(self, source_id: str, paused: bool = True) -> bool:
        """Stop polling a source, or resume it; False if there is none."""
        return self._set(source_id, paused=int(paused))

    def ask_now(self, source_id: str, now: datetime) -> bool:
        """Poll a source at the next tick; False if there is none."""
        return self._set(source_id, due_at=now)

    def _set(self, source_id: str, **values: object) -> bool:
        mine = update(tables.source).where(tables.source.c.id == source_id)
        with self._database.write() as connection:
            return connection.execute(mine.values(**values)).rowcount > 0

    def _list(self, ids: frozenset[str], now: datetime) -> None:
        """Add rows for new sources."""
        empty = {"due_at": now, "cursor": codec.dump_cursor(Cursor()), "error": ""}
        fresh = [{"id": source_id, **empty} for source_id in ids]
        with self._database.write() as connection:
            connection.execute(insert_new(tables.source, connection), fresh)
        self._listed |= ids


def _moved_to(cursor: str | None) -> str:
    if not cursor:
        return ""
    return codec.load_cursor(cursor).notes.get("url", "")
