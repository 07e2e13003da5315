"""The values of a new outbox row, and what it waits for: nothing, a digest, a mute's end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, case, exists, func, literal, null, select

from bot.preferences import Schedule
from bot.states import DeliveryState
from bot.store import tables
from bot.timing import Waiting, opens
from bot.verdicts import HeldFor

#: The columns that are set when a row is queued.
COLUMNS = ["story_id", "chat_id", "part", "platform", "state", "urgent", "due_at"]
#: The columns that are set for a row of a digest.
OF_DIGEST = [*COLUMNS, "digest", "why"]
#: How a row waits, as SQL expressions over a chat: (state, due time, reason).
Wait = tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]]


def values(row: Row[Any], wait: Wait | None = None) -> list[ColumnElement[Any]]:
    """The values of an outbox row for a chat, for the columns `COLUMNS` or `OF_DIGEST`."""
    chat, queue = tables.chat.c, tables.outbox.c
    condition, due, why = wait or _usual(row)
    values = [
        literal(row.story_id),
        chat.id,
        literal(row.part, queue.part.type),
        chat.platform,
        condition,
        literal(row.urgent),
        due,
    ]
    if row.digest:
        values += [literal(1), why]
    return values


def _usual(row: Row[Any]) -> Wait:
    """How a row waits if its service is not muted.

    A digest's rows for chats without a schedule of their own are put aside here, in one statement:
    planning very many chats row by row would keep the deliverer busy. A deadline may be nearer.
    """
    queue, story = tables.outbox.c, tables.story.c
    now = (state(DeliveryState.QUEUED), literal(row.due_at, queue.due_at.type), null())
    if not row.digest:
        return now
    until, why = opens(Waiting(0, digest=True), Schedule(), row.due_at)
    if why is None:
        return now
    later = (state(DeliveryState.HELD), literal(until, queue.due_at.type), literal(why.value))
    dated = exists().where(story.id == row.story_id, story.deadline > row.due_at)
    waits = (tables.chat.c.pace == "") & ~dated
    condition, due, reason = (
        case((waits, there), else_=here) for there, here in zip(later, now, strict=True)
    )
    return condition, due, reason


def silent_until(services: ColumnElement[bool], at: datetime) -> ScalarSelect[datetime]:
    """When the mute of an outbox row's chat ends; NULL if it follows one of the services unmuted.

    `services` is the condition that a subscription is to one of the row's services.
    """
    subscription = tables.subscription.c
    muted_until = subscription.muted_until
    loud = muted_until.is_(None) | (muted_until <= at)
    theirs = select(case((func.max(case((loud, 1), else_=0)) == 0, func.max(muted_until))))
    its_chat = subscription.chat_id == tables.outbox.c.chat_id
    return theirs.where(services, its_chat).correlate(tables.outbox).scalar_subquery()


def muted(until: ColumnElement[datetime]) -> Wait:
    """How a row waits until a mute ends."""
    return state(DeliveryState.HELD), until, literal(HeldFor.MUTE.value)


def state(name: DeliveryState) -> ColumnElement[Any]:
    """A state as a value of a row."""
    return literal(name, tables.outbox.c.state.type)
