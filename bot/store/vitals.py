"""Vitals: how much waits and for how long, whom we cannot reach, when a source last answered."""

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
    """The outbox of a platform: rows by state, without those that were sent.

    `oldest` is when what should have been sent first was due, None where nothing is late.
    """

    platform: str
    rows: dict[DeliveryState, int]
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """How many chats of a platform cannot be told, and what the platform says."""

    platform: str
    state: ChatState
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row of the outbox that was given up. The chat is known by our own number of it."""

    id: int
    platform: str
    story_id: int
    chat_id: int
    attempts: int
    why: str


@dataclass(frozen=True, slots=True)
class HeldItem:
    """A change that waits until then: what may be an accident is told only if it lasts."""

    uid: str
    source: str
    due_at: datetime
    item: Item
    change: Change


class Vitals:
    """`store.vitals`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ping(self) -> None:
        """Ask the database for nothing."""
        with self._database.read() as connection:
            connection.exec_driver_sql("SELECT 1")

    def queues(self, now: datetime) -> list[Queue]:
        """What is in the outbox of each platform, without what was sent: that is never counted."""
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
        """Chats by state."""
        state = tables.chat.c.state
        with self._database.read() as connection:
            rows = connection.execute(select(state, func.count()).group_by(state))
            return dict(rows.all())

    def unreachable(self, limit: int) -> list[Unreachable]:
        """Chats that cannot be told, by what the platform says of them, the most first."""
        chat = tables.chat.c
        columns = (chat.platform, chat.state, chat.why)
        away = select(*columns, func.count()).where(chat.state != ChatState.ACTIVE)
        most_first = away.group_by(*columns).order_by(func.count().desc()).limit(limit)
        with self._database.read() as connection:
            return [Unreachable(*row) for row in connection.execute(most_first)]

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """What was given up, the newest first."""
        queue = tables.outbox.c
        columns = (queue.id, queue.platform, queue.story_id, queue.chat_id, queue.attempts)
        dead = select(*columns, func.coalesce(queue.why, "")).where(conditions.dead(tables.outbox))
        with self._database.read() as connection:
            rows = connection.execute(dead.order_by(queue.id.desc()).limit(limit))
            return [DeadLetter(*row) for row in rows]

    def last_answer(self) -> datetime | None:
        """When a source last answered as it should; None where none ever did."""
        source = tables.source.c
        newest = select(func.max(source.ok_at)).where(source.id.not_like(f"{BACKFILL}%"))
        with self._database.read() as connection:
            when: datetime | None = connection.execute(newest).scalar_one()
        return when

    def held(self, limit: int) -> list[HeldItem]:
        """Changes that wait to be told if they last, the next first."""
        item = tables.item.c
        columns = (item.uid, item.source_id, item.due_at, item.payload, item.held)
        waiting = select(*columns).where(item.state == ItemState.HELD)
        with self._database.read() as connection:
            rows = connection.execute(waiting.order_by(item.due_at).limit(limit)).all()
        return [_held(row) for row in rows]

    def held_item(self, uid: str) -> HeldItem | None:
        """The one of an id; None where it does not wait any more."""
        item = tables.item.c
        columns = (item.uid, item.source_id, item.due_at, item.payload, item.held)
        query = select(*columns).where(item.uid == uid, item.state == ItemState.HELD)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return _held(row) if row is not None else None

    def count_held(self) -> int:
        """How many wait."""
        held = select(func.count()).where(tables.item.c.state == ItemState.HELD)
        with self._database.read() as connection:
            return int(connection.execute(held).scalar_one())


def _held(row: Any) -> HeldItem:
    item, change = codec.load_item(row.payload or ""), codec.load_change(row.held or "")
    return HeldItem(row.uid, row.source_id, row.due_at, item, change)
