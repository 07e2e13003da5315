"""Snapshots of a chat's settings before they were replaced, kept for a day."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from bot.store import tables, undo_tables
from bot.store.database import insert_new


def keep(connection: Connection, chat_id: int, settings: tuple[str, ...], now: datetime) -> None:
    """Store a chat's settings, which are columns of the chat, and its subscriptions."""
    table = undo_tables.snapshot
    row = connection.execute(select(tables.chat).where(tables.chat.c.id == chat_id)).one()
    kept = {
        "settings": {name: getattr(row, name) for name in settings},
        "subscriptions": _rows(connection, tables.subscription, chat_id),
    }
    connection.execute(delete(table).where(table.c.chat_id == chat_id))
    values = {"chat_id": chat_id, "at": now, "kept": json.dumps(kept)}
    connection.execute(insert(table).values(**values))


def restore(connection: Connection, chat_id: int, now: datetime) -> bool:
    """Restore a chat's snapshot; False if there is none."""
    table, subscription = undo_tables.snapshot, tables.subscription
    mine = (table.c.chat_id == chat_id) & (table.c.at > now - undo_tables.KEPT)
    row = connection.execute(select(table.c.kept, table.c.at).where(mine)).one_or_none()
    if row is None:
        return False
    kept = json.loads(row.kept)
    here = tables.chat.c.id == chat_id
    connection.execute(update(tables.chat).where(here).values(**kept["settings"]))
    # Subscriptions begun since then stay; those that were copied have dates from the other chat.
    came = subscription.c.since <= row.at
    connection.execute(delete(subscription).where(subscription.c.chat_id == chat_id, came))
    for each in kept["subscriptions"]:
        values = {"chat_id": chat_id, **_loaded(each)}
        connection.execute(insert_new(subscription, connection).values(**values))
    connection.execute(delete(table).where(table.c.chat_id == chat_id))
    return True


def _rows(connection: Connection, table: Table, chat_id: int) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).where(table.c.chat_id == chat_id))
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row._mapping.items()
            if name != "chat_id"
        }
        for row in rows
    ]


def _loaded(row: dict[str, Any]) -> dict[str, Any]:
    moments = {name: row[name] for name in ("since", "muted_until") if row[name]}
    return {**row, **{name: datetime.fromisoformat(at) for name, at in moments.items()}}
