"""Vitals: what waits and for how long, unreachable chats, and the last answer of a source."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.model import Change, Item
from bot.states import ChatState, DeliveryState, ItemState
from bot.store import codec, conditions, tables
from bot.store.database import Database
from bot.store.sources import BACKFILL


@dataclass(frozen=True, slots=True)
class Queue:
    """A platform's outbox: the number of rows by state, without sent ones.

    `oldest` is the due time of the row that is late for longest, or None if none is late.
    """

    platform: str
    rows: dict[DeliveryState, int]
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The number of a platform's chats that cannot be told, with the platform's reason."""

    platform: str
    state: ChatState
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An outbox row that was given up. `chat_id` is our own id of the chat."""

    id: int
    platform: str
    story_id: int
    chat_id: int
    attempts: int
    why: str


@dataclass(frozen=True, slots=True)
class HeldItem:
    """A change held until `due_at`: what may be an accident is told only if it lasts."""

    uid: str
    source: str
    due_at: datetime
    item: Item
    change: Change


class Vitals:
    """The facet `store.vitals`: measurements of an instance. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ping(self) -> None:
        """Run an empty query."""
        with self._database.read() as connection:
            connection.exec_driver_sql("SELECT 1")

    def queues(self, now: datetime) -> list[Queue]:
        """The outbox of each platform, without sent rows, which are never counted."""
        queue = tables.outbox.c
        found: defaultdict[str, dict[DeliveryState, int]] = defaultdict(dict)
        count = select(queue.platform, queue.state, func.count())
        is_late = (queue.due_at > tables.EPOCH) & (queue.due_at <= now)
        waiting = conditions.waiting(tables.outbox)
        oldest = select(queue.platform, func.min(queue.due_at)).where(waiting, is_late)
        late = oldest.where(queue.state == DeliveryState.QUEUED).group_by(queue.platform)
        with self._database.read() as connection:
            for of in (conditions.waiting, conditions.leased, conditions.dead):
                rows = count.where(of(tables.outbox)).group_by(queue.platform, queue.state)
                for platform, state, number in connection.execute(rows):
                    found[platform][state] = number
            due: dict[str, datetime] = dict(connection.execute(late).all())
        return [Queue(name, rows, due.get(name)) for name, rows in sorted(found.items())]

    def chats(self) -> dict[ChatState, int]:
        """The number of chats by state."""
        state = tables.chat.c.state
        with self._database.read() as connection:
            rows = connection.execute(select(state, func.count()).group_by(state))
            return dict(rows.all())

    def unreachable(self, limit: int) -> list[Unreachable]:
        """Chats that cannot be told, counted by the platform's reason, the most frequent first."""
        chat = tables.chat.c
        columns = (chat.platform, chat.state, chat.why)
        away = select(*columns, func.count()).where(chat.state != ChatState.ACTIVE)
        most_first = away.group_by(*columns).order_by(func.count().desc()).limit(limit)
        with self._database.read() as connection:
            return [Unreachable(*row) for row in connection.execute(most_first)]

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """The rows that were given up, the newest first."""
        queue = tables.outbox.c
        columns = (queue.id, queue.platform, queue.story_id, queue.chat_id, queue.attempts)
        dead = select(*columns, func.coalesce(queue.why, "")).where(conditions.dead(tables.outbox))
        with self._database.read() as connection:
            rows = connection.execute(dead.order_by(queue.id.desc()).limit(limit))
            return [DeadLetter(*row) for row in rows]

    def last_answer(self) -> datetime | None:
        """The last time a source answered as it should; None if none ever did."""
        source = tables.source.c
        newest = select(func.max(source.ok_at)).where(source.id.not_like(f"{BACKFILL}%"))
        with self._database.read() as connection:
            when: datetime | None = connection.execute(newest).scalar_one()
        return when

    def held(self, limit: int) -> list[HeldItem]:
        """Held changes, the next due first."""
        item = tables.item.c
        columns = (item.uid, item.source_id, item.due_at, item.payload, item.held)
        waiting = select(*columns).where(item.state == ItemState.HELD)
        with self._database.read() as connection:
            rows = connection.execute(waiting.order_by(item.due_at).limit(limit)).all()
        return [_held(row) for row in rows]

    def held_item(self, uid: str) -> HeldItem | None:
        """The held item with a uid; None if it is no longer held."""
        item = tables.item.c
        columns = (item.uid, item.source_id, item.due_at, item.payload, item.held)
        query = select(*columns).where(item.uid == uid, item.state == ItemState.HELD)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return _held(row) if row is not None else None

    def count_held(self) -> int:
        """The number of held items."""
        held = select(func.count()).where(tables.item.c.state == ItemState.HELD)
        with self._database.read() as connection:
            return int(connection.execute(held).scalar_one())


def _held(row: Any) -> HeldItem:
    item, change = codec.load_item(row.payload or ""), codec.load_change(row.held or "")
    return HeldItem(row.uid, row.source_id, row.due_at, item, change)
