"""From a story to the outbox rows of its chats, in slices, so that nobody waits long for the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from bot.matcher import Audience
from bot.states import ChatState, DeliveryState, Part
from bot.store import tables
from bot.store.database import insert_new

#: Chats that one transaction looks at: some 40 ms, in which other writers wait.
SLICE = 10_000
_COLUMNS = ["story_id", "chat_id", "part", "platform", "state", "urgent", "due_at"]


def spread(
    connection: Connection,
    story_id: int,
    part: Part,
    audience: Audience,
    since: datetime,
    due: datetime,
    urgent: bool,
) -> int:
    """Begin to queue a part of a story for its audience; how many rows were queued at once.

    Small audiences are done with the first slice, in this transaction. Who began to follow after `since` is left out.
    """
    chats = connection.execute(select(func.max(tables.chat.c.id))).scalar_one() or 0
    values = {
        "story_id": story_id,
        "part": part,
        "services": " ".join(audience.services),
        "regions": None if audience.regions is None else " ".join(sorted(audience.regions)),
        "since": since,
        "due_at": due,
        "urgent": int(urgent),
        "after": 0,
        "upto": chats,
        "level": int(audience.level),
        "topics": " ".join(audience.topics),
    }
    row = insert(tables.fan_out).values(**values).returning(*tables.fan_out.c)
    return _slice(connection, connection.execute(row).one())


def next_slice(connection: Connection) -> int | None:
    """Queue the next slice of the oldest story that is not yet in every outbox; how many rows, None where none waits.

    Safe to repeat and to kill: the slice and the mark behind it are one transaction.
    """
    oldest = select(tables.fan_out).order_by(tables.fan_out.c.id).limit(1)
    waiting = connection.execute(oldest).one_or_none()
    return None if waiting is None else _slice(connection, waiting)


def _slice(connection: Connection, row: Row[Any]) -> int:
    f = tables.fan_out
    end = min(row.after + SLICE, row.upto)
    inserts = [
        insert_new(tables.outbox, connection).from_select(_COLUMNS, rows)
        for rows in rows_of(row, end)
    ]
    queued = sum(connection.execute(each).rowcount for each in inserts)
    if end >= row.upto:
        connection.execute(delete(f).where(f.c.id == row.id))
    else:
        connection.execute(update(f).where(f.c.id == row.id).values(after=end))
    return queued


def rows_of(row: Row[Any], end: int) -> list[Select[Any]]:
    """The rows that a slice of chats, up to `end`, gets of a part; in statements that the outbox takes as they are."""
    s, c = tables.subscription.c, tables.chat.c
    here = s.service.in_(row.services.split()) & (s.chat_id > row.after) & (s.chat_id <= end)
    if row.part.is_reminder:
        return [_reminded(row, here, end)]
    if not row.part.is_story:
        return [_told_before(row, here, end)]
    concerned = here & (s.since <= row.since)
    if row.regions is not None:
        concerned &= s.region.in_(row.regions.split())
    muted = s.muted_until.is_not(None) & (s.muted_until > row.due_at)
    heard = select(s.chat_id).where(concerned, ~muted)
    silent = (
        select(s.chat_id, func.max(s.muted_until).label("until"))
        .where(concerned, muted)
        .group_by(s.chat_id)
        .subquery()
    )
    slice_ = (c.id > row.after, c.id <= end, c.state == ChatState.ACTIVE, *_to_the_taste(row))
    # Those who muted the service come second: a chat that follows another of the story's services has its row by then.
    later = (
        select(*_values(row, DeliveryState.HELD, silent.c.until))
        .join(silent, silent.c.chat_id == c.id)
        .where(*slice_)
    )
    return [select(*_values(row, DeliveryState.QUEUED)).where(*slice_, c.id.in_(heard)), later]


def _to_the_taste(row: Row[Any]) -> list[ColumnElement[bool]]:
    """Chats that want changes of this level and of one of these topics. A story without a topic is for all: nobody
    can say that it is not what they asked for."""
    c = tables.chat.c
    asked = [c.topics == "", *(c.topics.like(f"% {topic} %") for topic in row.topics.split())]
    return [c.least <= row.level, *([or_(*asked)] if row.topics else [])]


def _told_before(row: Row[Any], here: ColumnElement[bool], end: int) -> Select[Any]:
    """Those who have the story and still follow the service."""
    o, c = tables.outbox.alias("told").c, tables.chat.c
    told = select(o.chat_id).where(
        o.story_id == row.story_id,
        o.part == Part(),
        o.state == DeliveryState.SENT,
        o.chat_id > row.after,
        o.chat_id <= end,
    )
    following = select(tables.subscription.c.chat_id).where(here)
    return select(*_values(row, DeliveryState.QUEUED)).where(
        c.state == ChatState.ACTIVE, c.id.in_(told), c.id.in_(following)
    )


def _reminded(row: Row[Any], here: ColumnElement[bool], end: int) -> Select[Any]:
    """Those who were told before the reminder's moment, want it, and have not said that they are done. A deadline
    of the catalogue is told to nobody: it has regions, and there it is enough to follow the service.

    Who has a later reminder already gets none that was missed before it.
    """
    o, c, s, a = (
        tables.outbox.alias("told").c,
        tables.chat.c,
        tables.subscription.c,
        tables.answered.c,
    )
    days = row.part.days
    told = select(o.chat_id).where(
        o.chat_id > row.after,
        o.chat_id <= end,
        o.story_id == row.story_id,
        o.part == Part(),
        o.state == DeliveryState.SENT,
        o.sent_at < row.since,
    )
    if row.regions is not None:
        here &= s.region.in_(row.regions.split()) & (s.since < row.since)
    following = select(s.chat_id).where(here)
    answered = select(a.chat_id).where(a.story_id == row.story_id)
    later = exists().where(
        o.chat_id == c.id,
        o.story_id == row.story_id,
        o.part.in_([Part.reminder(n) for n in range(days)]),
    )
    return select(*_values(row, DeliveryState.QUEUED)).where(
        c.id > row.after, c.id <= end, c.state == ChatState.ACTIVE, c.remind.like(f"% {days} %"), c.id.not_in(answered), ~later,
        c.id.in_(following), *([c.id.in_(told)] if row.regions is None else []),
    )  # fmt: skip


def _values(
    row: Row[Any], state: DeliveryState, due: ColumnElement[datetime] | None = None
) -> list[ColumnElement[Any]]:
    c, o = tables.chat.c, tables.outbox.c
    when = literal(row.due_at, o.due_at.type) if due is None else due
    part, named = literal(row.part, o.part.type), literal(state, o.state.type)
    return [literal(row.story_id), c.id, part, c.platform, named, literal(row.urgent), when]
