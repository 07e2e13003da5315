"""A made-up crowd of any size, inserted into a database at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, func, insert, select

from bot.states import ChatState, Part
from bot.store import Store, tables
from bot.store.audiences import Chats
from bot.store.fan_out import rows_of

#: Rows per transaction.
BATCH = 20_000
OTHER_SERVICES = 50


@dataclass(frozen=True, slots=True)
class Crowd:
    """Chats numbered from 1, and their subscriptions.

    `share` of the subscriptions are to `service`, one per chat; the others are spread over fifty
    services with made-up names.
    """

    platform: str
    chats: int
    subscriptions: int
    service: str
    share: float
    since: datetime


def fill(store: Store, crowd: Crowd) -> None:
    """Insert a crowd into a database."""
    _insert(store, tables.chat, _chats(crowd))
    _insert(store, tables.subscription, _subscriptions(crowd))


def _chats(crowd: Crowd) -> Iterator[dict[str, Any]]:
    for number in range(1, crowd.chats + 1):
        yield {
            "id": number,
            "platform": crowd.platform,
            "chat": str(number),
            "thread": "",
            "regions": "",
            "state": ChatState.ACTIVE,
            "why": "",
            "since": crowd.since,
        }


def _subscriptions(crowd: Crowd) -> Iterator[dict[str, Any]]:
    first = round(crowd.subscriptions * crowd.share)
    for number in range(1, first + 1):
        yield _subscription(crowd, crowd.service, number)
    for number in range(crowd.subscriptions - first):
        service = f"service-{number % OTHER_SERVICES}"
        chat = number // OTHER_SERVICES % crowd.chats + 1
        yield _subscription(crowd, service, chat)


def _subscription(crowd: Crowd, service: str, chat: int) -> dict[str, Any]:
    return {"service": service, "chat_id": chat, "region": "EEA", "since": crowd.since}


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
    """Empty the outbox."""
    with store.database.write() as connection:
        connection.execute(delete(tables.outbox))


def matched(store: Store, service: str, now: datetime) -> int:
    """Read the rows that queueing a story would store for all chats; returns their number.

    This is the SELECT by which they are queued, and the floor of queueing them.
    """
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
            level=2,
            topics="ai_training",
            roles="users",
            kinds="privacy",
            for_others="",
            digest=0,
        )
        query = rows_of(whole, Chats(0, chats))[0].compile(  # type: ignore[arg-type]
            connection.engine, compile_kwargs={"literal_binds": True}
        )
        # The driver's own cursor, because SQLAlchemy's rows would slow the floor down.
        cursor = connection.connection.cursor()
        cursor.execute(str(query))
        return len(cursor.fetchall())
