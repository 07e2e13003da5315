"""Conditions that several facets put to rows: which chat it is, and whether something waits."""

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
    """The condition that an outbox row waits, in the words of its index.

    SQLite does not use the index for bound values.
    """
    return of.c.state.in_([_written(DeliveryState.QUEUED), _written(DeliveryState.HELD)])


def leased(of: Table) -> ColumnElement[bool]:
    """The condition that an outbox row is in flight, in the words of its index."""
    return of.c.state == _written(DeliveryState.LEASED)


def dead(of: Table) -> ColumnElement[bool]:
    """The condition that an outbox row was put aside, in the words of its index."""
    return of.c.state == _written(DeliveryState.DEAD)


def _written(state: DeliveryState) -> ColumnElement[str]:
    """A state as a word of the statement itself, which is how an index's condition has it."""
    return literal_column(f"'{state}'")


def is_reminder(of: FromClause) -> ColumnElement[bool]:
    """The condition that an outbox row is a reminder, whatever the days."""
    return type_coerce(of.c.part, Text).startswith(codec.REMINDER)


def chat_at(address: Address) -> ColumnElement[bool]:
    """The condition that a chat row is the one at an address."""
    same_chat = (chat.c.platform == address.platform) & (chat.c.chat == address.chat)
    return same_chat & (chat.c.thread == address.thread)


def chat_ids(address: Address) -> Select[tuple[int]]:
    """The number of the chat at an address; none where it is unknown."""
    return select(chat.c.id).where(chat_at(address))


def kinds_of_all_rows(of: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[str]:
    """The kinds of documents that rows of a subscription have in common.

    It is those of all documents where they differ: nothing is lost by a choice that was made
    elsewhere.
    """
    smallest = func.min(of.kinds)
    return case((smallest == func.max(of.kinds), smallest), else_="")


def has_any(column: ColumnElement[str], words: str, *others: str) -> ColumnElement[bool]:
    """The condition that a column holds one of some words, or is one of some other texts."""
    same = [column == other for other in others]
    return or_(*same, *(column.like(f"% {word} %") for word in words.split()))
