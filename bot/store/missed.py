"""Queuing what chats missed while they could not be reached.

No rows are written for them meanwhile: the tellings of that time are kept once for all chats, and
run again for a chat that is back. All of it happens within a caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, literal, or_, select, update

from bot.states import ChatState, DeliveryState, Part
from bot.store import codec, fan_out, tables, waits
from bot.verdicts import HeldFor

#: How long what a chat missed is kept for it, and the most stories.
KEPT = timedelta(days=60)
MOST = 200
#: Tellings within this time may still be waiting for a weekly digest.
LATELY = timedelta(days=8)
#: How many tellings, and for how long, may still be uncommitted when a later one is visible.
BESIDE = 10
BESIDE_FOR = timedelta(minutes=10)

#: The states of rows that are not settled yet.
UNSENT = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.LEASED)


@dataclass(frozen=True, slots=True)
class Missed:
    """Counts of the stories that a chat missed: `due` now, or `later`, and what those wait for."""

    due: int = 0
    later: int = 0
    held_for: HeldFor | None = None


def come_back(connection: Connection, chat: Row[Any], now: datetime) -> None:
    """Make an unreachable chat active again and queue what it missed.

    It is all told together if the chat can be reached; if not, it goes on waiting.
    """
    _activate(connection, chat, now, away_since=None, away_after=None)
    for telling in _missed(connection, chat, now):
        fan_out.tell(connection, telling, chat.id)
    _look_again(connection, chat.id, now)
    _forget_old(connection, chat.id, now)


def arrived(connection: Connection, chat_ids: Collection[int], now: datetime) -> None:
    """Queue the rest of what chats missed, once their trial message has arrived."""
    chat = tables.chat.c
    tried = (chat.state == ChatState.ACTIVE) & chat.away_after.is_not(None)
    query = select(tables.chat).where(chat.id.in_(chat_ids), tried)
    for each in connection.execute(query).all():
        come_back(connection, each, now)


def try_with_little(connection: Connection, chat: Row[Any], now: datetime) -> None:
    """Make a chat active with one trial message, since it may well still be unreachable."""
    _activate(connection, chat, now)
    waits_already = waiting_for(connection, chat.id, tables.NEVER).due
    newest_first = reversed(_missed(connection, chat, now))
    if waits_already or any(fan_out.tell(connection, each, chat.id) for each in newest_first):
        _look_again(connection, chat.id, now)
    else:
        come_back(connection, chat, now)  # there is nothing to try it with


def tell_again(
    connection: Connection, chat_id: int, services: Collection[str], now: datetime
) -> None:
    """Queue again what was told of some services lately and was withdrawn on unfollowing."""
    telling = tables.fan_out
    lately = select(telling).where(telling.c.due_at >= now - LATELY).order_by(telling.c.id)
    for row in connection.execute(lately).all():
        if set(services).intersection(row.services.split()):
            fan_out.tell(connection, row, chat_id)


def waiting_for(connection: Connection, chat_id: int, now: datetime) -> Missed:
    """What waits for a chat, counted."""
    queue = tables.outbox.c
    theirs = (queue.chat_id == chat_id) & queue.state.in_(UNSENT)
    is_due = queue.due_at <= now
    stories = func.count(queue.story_id.distinct())
    due = connection.execute(select(stories).where(theirs, is_due)).scalar_one()
    waiting = select(stories, func.min(queue.why)).where(theirs, ~is_due)
    later, why = connection.execute(waiting).one()
    return Missed(due, later, codec.load_wait(why or "")[0])


def _activate(connection: Connection, chat: Row[Any], now: datetime, **more: None) -> None:
    mine = update(tables.chat).where(tables.chat.c.id == chat.id)
    active = {"state": ChatState.ACTIVE, "why": "", "try_at": None, **more}
    connection.execute(mine.values(**active, back_at=now))


def _missed(connection: Connection, chat: Row[Any], now: datetime) -> list[Row[Any]]:
    """The newest tellings of the time in which a chat was unreachable, oldest first.

    Only those about services that it follows.
    """
    if chat.away_after is None:
        return []
    telling, subscription = tables.fan_out.c, tables.subscription.c
    mine = select(subscription.service).where(subscription.chat_id == chat.id)
    followed = set(connection.execute(mine).scalars())
    about_then = telling.due_at >= chat.away_since - BESIDE_FOR
    beside = (telling.id > chat.away_after - BESIDE) & about_then
    since = or_(telling.id > chat.away_after, beside)
    kept = since & (telling.due_at >= now - KEPT)
    newest = select(tables.fan_out).where(kept).order_by(telling.id.desc())
    rows = connection.execute(newest).all()
    about = [row for row in rows if followed.intersection(row.services.split())]
    return about[:MOST][::-1]


def _look_again(connection: Connection, chat_id: int, now: datetime) -> None:
    """Make all that waits for a chat due, except what it muted, to be told as one message.

    Rows that were certainly not posted join it, even if they were tried alone before.
    """
    queue = tables.outbox.c
    mine = queue.chat_id == chat_id
    held = mine & (queue.state == DeliveryState.HELD) & (queue.due_at == tables.NEVER)
    about = tables.story_service.c
    its = select(about.service).where(about.story_id == queue.story_id).correlate(tables.outbox)
    mute = waits.silent_until(tables.subscription.c.service.in_(its), now)
    due = {
        "state": case((mute.is_(None), waits.state(DeliveryState.QUEUED)), else_=queue.state),
        "due_at": func.coalesce(mute, literal(now, queue.due_at.type)),
        "why": case((mute.is_not(None), literal(HeldFor.MUTE.value))),
    }
    connection.execute(update(tables.outbox).where(held).values(**due))
    late = mine & (queue.state == DeliveryState.QUEUED) & (queue.due_at <= now)
    marked = update(tables.outbox).where(late, queue.digest == 0)
    connection.execute(marked.values(why=HeldFor.REACHED_AGAIN))
    unposted = late & queue.uncertain.is_(None)
    connection.execute(update(tables.outbox).where(unposted).values(bundle=None))


def _forget_old(connection: Connection, chat_id: int, now: datetime) -> None:
    """Delete all but the newest waiting stories of a chat, and those too old to be news."""
    queue, story = tables.outbox.c, tables.story.c
    # Reminders and additions to a story are only as old as they are themselves; obsolete ones are
    # dropped by `plan`.
    theirs = (queue.chat_id == chat_id) & queue.state.in_(UNSENT) & (queue.part == Part())
    newest = select(queue.story_id).where(theirs).distinct().order_by(queue.story_id.desc())
    numbers = list(connection.execute(newest.limit(MOST + 1)).scalars())
    old = queue.story_id.in_(select(story.id).where(story.told_at < now - KEPT))
    gone = delete(tables.outbox).where(theirs)
    connection.execute(gone.where(old))
    if len(numbers) > MOST:
        connection.execute(gone.where(queue.story_id <= numbers[-1]))
