"""A made-up crowd of any size, put into a database at once, to measure with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, func, insert, select

from bot.states import ChatState, Part
from bot.store import Store, tables
from bot.store.fan_out import rows_of

BATCH = 20_000


def fill(
    store: Store,
    platform: str,
    chats: int,
    subscriptions: int,
    service: str,
    share: float,
    since: datetime,
) -> None:
    """So many chats with numbers from 1 and subscriptions in all; `share` of the subscriptions is to `service`, one a
    chat, the others are spread over fifty services with made-up names."""
    _insert(store, tables.chat, (
        {"id": n, "platform": platform, "chat": str(n), "thread": "", "regions": "", "state": ChatState.ACTIVE, "why": "", "since": since}
        for n in range(1, chats + 1)
    ))  # fmt: skip
    first = round(subscriptions * share)
    one = ((service, n) for n in range(1, first + 1))
    rest = ((f"service-{n % 50}", n // 50 % chats + 1) for n in range(subscriptions - first))
    _insert(store, tables.subscription, (
        {"service": name, "chat_id": chat, "region": "EEA", "since": since} for each in (one, rest) for name, chat in each
    ))  # fmt: skip


def _insert(store: Store, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            _commit(store, table, batch)
            batch = []
    if batch:
        _commit(store, table, batch)


def _commit(store: Store, table: Any, batch: list[dict[str, Any]]) -> None:
    with store.database.write() as connection:
        connection.execute(insert(table), batch)


def empty(store: Store) -> None:
    """As if nothing had been queued yet."""
    with store.database.write() as connection:
        connection.execute(delete(tables.outbox))


def matched(store: Store, service: str, now: datetime) -> int:
    """The SELECT by which a story's alerts are queued, for all chats at once, read into memory and not stored: the
    floor for queueing them."""
    with store.database.read() as connection:
        chats = connection.execute(select(func.max(tables.chat.c.id))).scalar_one()
        whole = SimpleNamespace(
            story_id=1,
            part=Part(),
            services=service,
            regions=None,
            since=tables.NEVER,
            due_at=now,
            urgent=0,
            after=0,
            upto=chats,
            level=2,
            topics="ai_training",
        )
        query = rows_of(whole, chats)[0].compile(  # type: ignore[arg-type]
            connection.engine, compile_kwargs={"literal_binds": True}
        )
        # The driver's own cursor: SQLAlchemy's rows would make the floor lower than it is.
        cursor = connection.connection.cursor()
        cursor.execute(str(query))
        return len(cursor.fetchall())
