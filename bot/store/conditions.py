"""SQL conditions that several facets use: which chat a row is of, whether a row waits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    case,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from bot.model import Address
from bot.states import DeliveryState
from bot.store import codec
from bot.store.tables import chat


def waiting(of: Table) -> ColumnElement[bool]:
    """The condition that an outbox row waits, written exactly as in its index.

    SQLite does not use the index for bound values.
    """
    return of.c.state.in_([_written(DeliveryState.QUEUED), _written(DeliveryState.HELD)])


def leased(of: Table) -> ColumnElement[bool]:
    """The condition that an outbox row is in flight, written exactly as in its index."""
    return of.c.state == _written(DeliveryState.LEASED)


def dead(of: Table) -> ColumnElement[bool]:
    """The condition that an outbox row was given up, written exactly as in its index."""
    return of.c.state == _written(DeliveryState.DEAD)


def _written(state: DeliveryState) -> ColumnElement[str]:
    """A state as a literal in the statement, as the condition of an index has it."""
    return literal_column(f"'{state}'")


def is_reminder(of: FromClause) -> ColumnElement[bool]:
    """The condition that an outbox row is a reminder, for any number of days."""
    return type_coerce(of.c.part, Text).startswith(codec.REMINDER)


def chat_at(address: Address) -> ColumnElement[bool]:
    """The condition that a chat row is the one at an address."""
    same_chat = (chat.c.platform == address.platform) & (chat.c.chat == address.chat)
    return same_chat & (chat.c.thread == address.thread)


def chat_ids(address: Address) -> Select[tuple[int]]:
    """Select the id of the chat at an address; no row if it is unknown."""
    return select(chat.c.id).where(chat_at(address))


def kinds_of_all_rows(of: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[str]:
    """The kinds of documents that the rows of a subscription agree on.

    If they differ it is all kinds (""), so that a choice made elsewhere loses nothing.
    """
    smallest = func.min(of.kinds)
    return case((smallest == func.max(of.kinds), smallest), else_="")


def has_any(column: ColumnElement[str], words: str, *others: str) -> ColumnElement[bool]:
    """The condition that a column contains one of some words, or equals one of some other texts."""
    same = [column == other for other in others]
    return or_(*same, *(column.like(f"% {word} %") for word in words.split()))
