"""What a row holds when it is queued, and what it waits for: nothing, a digest, a mute's end."""

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
#: What is left for a digest has these too.
OF_DIGEST = [*COLUMNS, "digest", "why"]
#: How long a row waits, as columns of a chat: its state, its moment and what for.
Wait = tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]]


def values(row: Row[Any], wait: Wait | None = None) -> list[ColumnElement[Any]]:
    """A row of the outbox for a chat: what `COLUMNS` names, or `OF_DIGEST`."""
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
    """How long a row waits where its service is not muted.

    What is for the digest of who chose no schedule is put aside here, in one statement for all: to
    look at a crowd row by row would keep the deliverer busy. A date to act by may be nearer.
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
    """When the mute of the chat of an outbox row ends; NULL where it follows a service aloud.

    `services` is the condition that a subscription is to one of those that the row is about.
    """
    subscription = tables.subscription.c
    muted_until = subscription.muted_until
    loud = muted_until.is_(None) | (muted_until <= at)
    theirs = select(case((func.max(case((loud, 1), else_=0)) == 0, func.max(muted_until))))
    its_chat = subscription.chat_id == tables.outbox.c.chat_id
    return theirs.where(services, its_chat).correlate(tables.outbox).scalar_subquery()


def muted(until: ColumnElement[datetime]) -> Wait:
    """How long a row waits until a mute ends."""
    return state(DeliveryState.HELD), until, literal(HeldFor.MUTE.value)


def state(name: DeliveryState) -> ColumnElement[Any]:
    """A state as the value of a row."""
    return literal(name, tables.outbox.c.state.type)
