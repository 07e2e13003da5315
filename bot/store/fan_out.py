"""Fan-out: writing a story's outbox rows in slices of chats, so that no other writer waits long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from bot.matcher import Audience
from bot.states import ChatState, DeliveryState, Part, Rank
from bot.store import audiences, conditions, tables, waits
from bot.store.database import insert_new
from bot.timing import DIGESTS
from bot.verdicts import HeldFor

#: Chats that one transaction covers: about 40 ms, during which other writers wait.
SLICE = 10_000


@dataclass(frozen=True, slots=True)
class Telling:
    """A part of a story, to be told to an audience when it is due.

    Chats that began to follow after `since` are left out. A telling for a `digest` waits for each
    chat's digest.
    """

    story_id: int
    part: Part
    audience: Audience
    since: datetime
    due: datetime
    urgent: bool = False
    digest: bool = False

    @property
    def rank(self) -> Rank:
        """The priority of its rows among all that are due."""
        if self.urgent:
            return Rank.URGENT
        return Rank.DIGEST if self.digest else Rank.USUAL


def spread(connection: Connection, telling: Telling) -> int:
    """Begin to queue a part of a story for its audience; return how many rows were queued.

    A small audience is finished in the first slice, in this transaction.
    """
    chats = connection.execute(select(func.max(tables.chat.c.id))).scalar_one() or 0
    audience = telling.audience
    regions = None
    if audience.regions is not None:
        regions = " ".join(sorted(audience.regions))
    values = {
        "story_id": telling.story_id,
        "part": telling.part,
        "services": " ".join(audience.services),
        "regions": regions,
        "since": telling.since,
        "due_at": telling.due,
        "urgent": int(telling.rank),
        "digest": int(telling.digest),
        "after": 0,
        "upto": chats,
        "level": int(audience.level),
        "topics": " ".join(audience.topics),
        "roles": " ".join(sorted(audience.roles)),
        "kinds": " ".join(sorted(audience.kinds)),
        "for_others": " ".join(audience.for_others),
    }
    row = insert(tables.fan_out).values(**values).returning(*tables.fan_out.c)
    return _slice(connection, connection.execute(row).one())


def next_slice(connection: Connection) -> int | None:
    """Queue the next slice of the oldest story whose fan-out is not finished.

    Returns the number of rows, or None if no story waits. It is safe to repeat and to kill: the
    slice and the mark behind it are one transaction.
    """
    waiting = select(tables.fan_out).where(tables.IS_SPREADING)
    oldest = connection.execute(waiting.order_by(tables.fan_out.c.id).limit(1)).one_or_none()
    if oldest is None:
        return None
    return _slice(connection, oldest)


def tell(connection: Connection, row: Row[Any], chat_id: int) -> int:
    """Queue a telling for one chat that missed its turn; return the number of rows."""
    return _queue(connection, row, audiences.Chats(chat_id - 1, chat_id))


def forget(connection: Connection, before: datetime) -> None:
    """Delete the tellings that were due before a moment, if their fan-out is finished.

    The newest stays: unreachable chats refer to it by its id, which must not recur.
    """
    telling = tables.fan_out
    newest = select(func.max(telling.c.id)).scalar_subquery()
    old = delete(telling).where(telling.c.due_at < before, telling.c.after >= telling.c.upto)
    connection.execute(old.where(telling.c.id < newest))


def _slice(connection: Connection, row: Row[Any]) -> int:
    chats = audiences.Chats(row.after, min(row.after + SLICE, row.upto))
    queued = _queue(connection, row, chats)
    mine = update(tables.fan_out).where(tables.fan_out.c.id == row.id)
    connection.execute(mine.values(after=chats.upto))
    return queued


def _queue(connection: Connection, row: Row[Any], chats: audiences.Chats) -> int:
    """Queue a telling for some chats; return the number of rows. Safe to repeat."""
    queued = 0
    columns = waits.OF_DIGEST if row.digest else waits.COLUMNS
    if _presses(row):
        _promote(connection, row, chats)
    for rows in rows_of(row, chats):
        fresh = insert_new(tables.outbox, connection).from_select(columns, rows)
        queued += connection.execute(fresh).rowcount
    return queued


def rows_of(row: Row[Any], chats: audiences.Chats) -> list[Select[Any]]:
    """The outbox rows that a slice of chats gets of a telling, as SELECT statements."""
    here = audiences.following(row, chats)
    if row.part.is_reminder:
        return [_reminded(row, here, chats)]
    if not row.part.is_story:
        return [_told_before(row, here, chats)]
    return _told(row, here, chats)


def _told(row: Row[Any], here: ColumnElement[bool], chats: audiences.Chats) -> list[Select[Any]]:
    """The rows of the chats that a story concerns.

    Chats that muted the service come second: one that follows another of the story's services has
    its row by then.
    """
    subscription, chat = tables.subscription.c, tables.chat.c
    concerned = audiences.concerned(row, here)
    muted_until = subscription.muted_until
    muted = muted_until.is_not(None) & (muted_until > row.due_at)
    heard = select(subscription.chat_id).where(concerned, ~muted)
    muting = select(subscription.chat_id, func.max(muted_until).label("until"))
    silent = muting.where(concerned, muted).group_by(subscription.chat_id).subquery()
    in_slice = (chat.id > chats.after, chat.id <= chats.upto, chat.state == ChatState.ACTIVE)
    wanted = (*in_slice, *audiences.to_the_taste(row, concerned))
    now = select(*waits.values(row)).where(*wanted, chat.id.in_(heard))
    held = select(*waits.values(row, waits.muted(silent.c.until)))
    later = held.join(silent, silent.c.chat_id == chat.id).where(*wanted)
    return [now, later]


def _presses(row: Row[Any]) -> bool:
    """Whether a part that joined a story is told at once, while the story may wait in digests."""
    return row.part.is_story and not row.digest and row.since != tables.NEVER


def _promote(connection: Connection, row: Row[Any], chats: audiences.Chats) -> None:
    """Tell at once what still waits for a digest, in the chats that the new part concerns.

    Chats that muted the service are told when the mute ends. A row that waits for something else,
    such as an unreachable chat, goes on waiting for that alone. Chats that read of the story in a
    digest hear of the new part, and get its reminders from now on.
    """
    queue, chat = tables.outbox.c, tables.chat.c
    concerned = audiences.concerned(row, audiences.following(row, chats))
    following = select(tables.subscription.c.chat_id).where(concerned)
    theirs = select(chat.id).where(chat.id.in_(following), *audiences.to_the_taste(row, concerned))
    same = (queue.story_id == row.story_id) & (queue.part == row.part) & (queue.digest == 1)
    mine = update(tables.outbox).where(queue.chat_id.in_(theirs), same)
    untold = conditions.waiting(tables.outbox) & queue.bundle.is_(None)
    services = tables.subscription.c.service.in_(row.services.split())
    mute = waits.silent_until(services, row.due_at)
    due = func.coalesce(mute, literal(row.due_at, queue.due_at.type))
    state = case((mute.is_(None), waits.state(DeliveryState.QUEUED)), else_=queue.state)
    why = case((mute.is_not(None), literal(HeldFor.MUTE.value)))
    is_for_it = untold & queue.why.in_(set(DIGESTS.values()))
    connection.execute(mine.where(is_for_it).values(state=state, due_at=due, why=why))
    is_told = queue.state == DeliveryState.SENT
    connection.execute(mine.where(untold | is_told).values(digest=0, urgent=row.urgent))


def _told_before(row: Row[Any], here: ColumnElement[bool], chats: audiences.Chats) -> Select[Any]:
    """The rows of the chats that have the story and still follow the service."""
    chat = tables.chat.c
    following = select(tables.subscription.c.chat_id).where(here)
    return select(*waits.values(row)).where(
        chat.state == ChatState.ACTIVE,
        chat.id.in_(audiences.having(row, chats)),
        chat.id.in_(following),
    )


def _reminded(row: Row[Any], here: ColumnElement[bool], chats: audiences.Chats) -> Select[Any]:
    """The rows of chats that were told before the reminder's time, want it, and have not answered.

    A deadline of the catalogue was told to nobody, so for it following the service in one of its
    regions is enough. A chat that already has a later reminder gets none that was missed before it.
    A story that was a line of a digest gets no reminders.
    """
    told, answered = tables.outbox.alias("told").c, tables.answered.c
    subscription, chat = tables.subscription.c, tables.chat.c
    days = row.part.days
    done = select(answered.chat_id).where(answered.story_id == row.story_id)
    later = exists().where(
        told.chat_id == chat.id,
        told.story_id == row.story_id,
        told.part.in_([Part.reminder(fewer) for fewer in range(days)]),
    )
    wanting = select(*waits.values(row)).where(
        chat.id > chats.after,
        chat.id <= chats.upto,
        chat.state == ChatState.ACTIVE,
        chat.remind.like(f"% {days} %"),
        chat.id.not_in(done),
        ~later,
    )
    if row.regions is None:
        following = select(subscription.chat_id).where(here)
        having = audiences.having(row, chats, alerted_before=row.since)
        return wanting.where(chat.id.in_(following), chat.id.in_(having))
    there = subscription.region.in_(row.regions.split()) & (subscription.since < row.since)
    following = select(subscription.chat_id).where(here, there)
    return wanting.where(chat.id.in_(following))
