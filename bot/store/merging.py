"""Merging two chats, and copying settings from one to another; within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, func, literal, select, update

from bot.states import DeliveryState
from bot.store import tables, undo_tables
from bot.store.database import insert_new
from bot.store.page_tables import page_key


def merge(connection: Connection, old: int, new: int) -> None:
    """Merge chat `old` into `new`, which keeps its own rows if both have one; delete `old`."""
    _drop_told(connection, old, new)
    _hand_over(connection, tables.subscription, ("service", "region"), old, new)
    _hand_over(connection, tables.outbox, ("story_id", "part"), old, new)
    _hand_over(connection, tables.answered, ("story_id",), old, new)
    _hand_over(connection, tables.acted, ("service", "control"), old, new)
    _hand_over(connection, undo_tables.unfollowed, ("service", "region"), old, new)
    for table in (undo_tables.snapshot, undo_tables.link_code, page_key):
        connection.execute(delete(table).where(table.c.chat_id == old))
    _agree_on_kinds(connection, new)
    connection.execute(delete(tables.chat).where(tables.chat.c.id == old))


def copy(connection: Connection, giver: int, taker: int, settings_of: Sequence[str]) -> None:
    """Copy some columns, and all subscriptions and answers, from one chat to another."""
    chat = tables.chat.c
    row = connection.execute(select(tables.chat).where(chat.id == giver)).one()
    settings = {name: getattr(row, name) for name in settings_of}
    connection.execute(update(tables.chat).where(chat.id == taker).values(settings))
    for table in (tables.subscription, tables.acted, tables.answered):
        columns: list[Any] = [column for column in table.c if column.name != "chat_id"]
        theirs = select(literal(taker), *columns).where(table.c.chat_id == giver)
        names = ["chat_id", *(column.name for column in columns)]
        connection.execute(insert_new(table, connection).from_select(names, theirs))
    _agree_on_kinds(connection, taker)


def _agree_on_kinds(connection: Connection, chat_id: int) -> None:
    """Follow all documents of a service if two merged chats chose different kinds."""
    subscription = tables.subscription.c
    mine = subscription.chat_id == chat_id
    differs = func.min(subscription.kinds) != func.max(subscription.kinds)
    differing = select(subscription.service).where(mine).group_by(subscription.service)
    theirs = mine & subscription.service.in_(differing.having(differs))
    connection.execute(update(tables.subscription).where(theirs).values(kinds=""))


def _drop_told(connection: Connection, old: int, new: int) -> None:
    """Delete unsent rows of what was sent to the other chat: what one was told counts for both."""
    queue = tables.outbox.c
    sent = (queue.chat_id == old) & (queue.state == DeliveryState.SENT)
    told = select(queue.story_id, queue.part).where(sent).subquery()
    again = exists().where(told.c.story_id == queue.story_id, told.c.part == queue.part)
    unsent = (queue.chat_id == new) & (queue.state != DeliveryState.SENT)
    connection.execute(delete(tables.outbox).where(unsent, again))


def _hand_over(
    connection: Connection, table: Table, key: tuple[str, ...], old: int, new: int
) -> None:
    """Move a table's rows from one chat to another, except those that it already has."""
    theirs = table.alias()
    same = [theirs.c[name] == table.c[name] for name in key]
    twin = exists().where(theirs.c.chat_id == new, *same)
    connection.execute(delete(table).where(table.c.chat_id == old, twin))
    connection.execute(update(table).where(table.c.chat_id == old).values(chat_id=new))
