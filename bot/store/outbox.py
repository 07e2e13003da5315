"""The outbox: claiming alerts for sending, and recording what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    case,
    func,
    select,
    type_coerce,
    update,
)

from bot.deliveries import Delivery
from bot.model import Address
from bot.shards import ALL, Shards, duty_of
from bot.states import ChatState, DeliveryState, Part, Rank
from bot.store import (
    claims,
    codec,
    conditions,
    fan_out,
    leases,
    missed,
    publishing,
    statements,
    tables,
)
from bot.store.database import Database
from bot.store.fates import Fate, GivenUp, Retry
from bot.store.story_cache import StoryCache
from bot.verdicts import HeldFor


class Outbox:
    """The facet `store.outbox`: claims and outcomes of rows. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stories = StoryCache()

    def fan_out(self) -> int | None:
        """Queue the next slice of the oldest story whose fan-out is not finished.

        Returns the number of rows, or None if no story waits. It is safe to repeat and to kill: the
        slice and the mark behind it are one transaction.
        """
        with self._database.write() as connection:
            return fan_out.next_slice(connection)

    def claim(  # noqa: PLR0913, PLR0917 - who claims, and what
        self,
        platform: str,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        busy: Collection[int] = (),
        shards: Shards = ALL,
    ) -> list[Delivery]:
        """Claim up to `limit` messages, one for each chat, urgent ones first and then the oldest.

        They are ours until the lease ends. Rows that a chat does not want now are put aside; `busy`
        are chats to skip. A process that lost the duty of sending to one of its shards gets
        nothing.
        """
        with self._database.write() as connection:
            for shard in shards.held:
                duty = duty_of(platform, shard, shards.count)
                if not leases.may(connection, duty, owner, now):
                    return []
            planned = claims.plan_messages(connection, platform, now, limit, busy, shards)
            return claims.take(connection, planned, self._stories, owner, now, now + lease)

    def release(self, platform: str | None = None, but: str = "", shards: Shards = ALL) -> int:
        """Requeue messages that others had in flight; return the number of rows.

        They may have arrived already. Only for when no other process can be sending there. `but` is
        the owner of messages that this process still has in flight. Requeued rows are sent first,
        because a platform forgets keys within minutes.
        """
        queue = tables.outbox.c
        others = update(tables.outbox).where(conditions.leased(tables.outbox), queue.owner != but)
        if platform:
            others = others.where(queue.platform == platform)
        if shards.count > 1:
            others = others.where((queue.chat_id % shards.count).in_(shards.held))
        first = {"due_at": tables.EPOCH, "urgent": int(Rank.URGENT)}
        freed = others.values(state=DeliveryState.QUEUED, owner=None, **first)
        with self._database.write() as connection:
            return connection.execute(freed).rowcount

    def sent(self, done: Sequence[tuple[Delivery, str]], owner: str, now: datetime) -> int:
        """Mark messages as sent, with the platform's id of each, in one transaction.

        Returns how many rows were still ours.
        """
        rows = []
        for delivery, message_id in done:
            arrived = {"holder": owner, "message": message_id, "now": now}
            rows += [{"row": row, **arrived} for row in delivery.ids]
        if not rows:
            return 0
        with self._database.write() as connection:
            ours = connection.execute(statements.SENT, rows).rowcount
            for delivery, message_id in done:
                publishing.queue(connection, delivery, message_id, now)
            back = [delivery.chat_id for delivery, _ in done if delivery.tries_again]
            if back:
                missed.arrived(connection, back, now)
        return ours

    def is_withdrawn(self, delivery: Delivery) -> bool:
        """Whether a chat unfollowed or was erased while its message was in flight.

        Only the process in which that happened knows.
        """
        return not self._database.withdrawn.isdisjoint(delivery.ids)

    def sent_lately(self, chat_id: int, since: datetime) -> list[datetime]:
        """The times at which messages arrived in a chat since `since`, the earliest first."""
        queue = tables.outbox.c
        arrived = select(func.min(queue.sent_at)).where(
            queue.chat_id == chat_id, queue.sent_at > since
        )
        query = arrived.group_by(queue.message_id).order_by(func.min(queue.sent_at))
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def retry(self, delivery: Delivery, owner: str, again: Retry, now: datetime) -> bool:
        """Queue a message for another try; False if it is no longer ours."""
        late = HeldFor.REACHED_AGAIN.value
        values: dict[str, Any] = {
            "state": DeliveryState.QUEUED,
            "due_at": again.due,
            "why": case((tables.outbox.c.why == late, late), else_=again.why),
            "failing_since": delivery.failing_since or now,
        }
        if again.certain:
            values["uncertain"] = delivery.uncertain
        if again.regroup:
            values["bundle"] = None
        if again.apart:
            values["bundle"] = tables.outbox.c.id
        return self._settle(delivery, owner, values)

    def give_up(self, delivery: Delivery, owner: str, why: str) -> bool:
        """Give a message up, for a person to look at and to retry after a fix.

        False if it is no longer ours.
        """
        return self._settle(delivery, owner, {"state": DeliveryState.DEAD, "why": why})

    def retry_given_up(
        self,
        now: datetime,
        platform: str | None = None,
        why: str | None = None,
        row: int | None = None,
    ) -> int:
        """Requeue rows that were given up; return their number.

        All of them, or those of one platform, of one reason, or a single row.
        """
        reachable = select(tables.chat.c.id).where(tables.chat.c.state == ChatState.ACTIVE)
        is_dead = conditions.dead(tables.outbox)
        dead = update(tables.outbox).where(is_dead, tables.outbox.c.chat_id.in_(reachable))
        if platform:
            dead = dead.where(tables.outbox.c.platform == platform)
        if why is not None:
            dead = dead.where(func.coalesce(tables.outbox.c.why, "") == why)
        if row is not None:
            dead = dead.where(tables.outbox.c.id == row)
        again = {
            "state": DeliveryState.QUEUED,
            "due_at": now,
            "attempts": 0,
            "why": None,
            "failing_since": None,
        }
        with self._database.write() as connection:
            return connection.execute(dead.values(**again)).rowcount

    def given_up(self, limit: int = 20) -> list[GivenUp]:
        """The reasons why messages were given up, with counts, the most frequent first."""
        queue = tables.outbox.c
        counted = select(queue.why, func.count()).group_by(queue.why)
        dead = counted.where(conditions.dead(tables.outbox))
        with self._database.read() as connection:
            rows = connection.execute(dead.order_by(func.count().desc()).limit(limit)).all()
        return [GivenUp(why or "", count) for why, count in rows]

    def hold_back(self, address: Address, until: datetime) -> None:
        """Hold a chat's waiting rows until `until`, because the platform asked for it."""
        queue = tables.outbox.c
        theirs = queue.chat_id.in_(conditions.chat_ids(address))
        sooner = conditions.waiting(tables.outbox) & (queue.due_at < until)
        with self._database.write() as connection:
            connection.execute(update(tables.outbox).where(theirs, sooner).values(due_at=until))

    def set_back(self, by: timedelta, now: datetime) -> None:
        """Make waiting rows due earlier by `by`, after the clock was set back by that much.

        They then wait no longer than they would have.
        """
        queue = tables.outbox.c
        later = (queue.due_at > now) & (queue.due_at < tables.NEVER)
        waiting = update(tables.outbox).where(queue.state == DeliveryState.QUEUED, later)
        milliseconds = round(by.total_seconds() * 1000)
        earlier = type_coerce(queue.due_at, BigInteger) - milliseconds
        with self._database.write() as connection:
            connection.execute(waiting.values(due_at=earlier))

    def next_due(self, now: datetime) -> datetime | None:
        """The next moment after `now` at which a waiting row is due; None if there is none."""
        due = tables.outbox.c.due_at
        later = conditions.waiting(tables.outbox) & (due > now)
        with self._database.read() as connection:
            soonest: datetime | None = connection.execute(
                select(func.min(due)).where(later)
            ).scalar()
        return soonest

    def depth(self) -> dict[DeliveryState, int]:
        """The number of outbox rows by state."""
        state = tables.outbox.c.state
        counted = select(state, func.count()).group_by(state)
        with self._database.read() as connection:
            return dict(connection.execute(counted).all())

    def fate(self, address: Address, story_id: int) -> Fate:
        """What became of a story for a chat."""
        queue, story = tables.outbox.c, tables.story.c
        here = conditions.chat_ids(address).scalar_subquery()
        mine = (queue.chat_id == here) & (queue.story_id == story_id) & (queue.part == Part())
        row = select(queue.state, queue.why, queue.sent_at, queue.due_at).where(mine)
        published = select(story.told_at, story.void).where(story.id == story_id)
        with self._database.read() as connection:
            found = connection.execute(row).one_or_none()
            since = connection.execute(statements.followed_since(address, story_id)).scalar_one()
            told, void = connection.execute(published).one_or_none() or (None, 0)
        if found is None:
            return Fate(since=since, told=told, void=bool(void))
        held_for, why = codec.load_wait(found.why or "")
        return Fate(found.state, held_for, why, found.sent_at, since, told, found.due_at)

    def put_aside(self, address: Address, stories: Collection[int]) -> dict[int, Fate]:
        """Those of some stories that wait for a digest, quiet hours or a mute, by story id."""
        queue = tables.outbox.c
        theirs = queue.chat_id.in_(conditions.chat_ids(address)) & (queue.part == Part())
        held = theirs & queue.story_id.in_(stories) & (queue.state == DeliveryState.HELD)
        query = select(queue.story_id, queue.why, queue.due_at).where(held, queue.why.in_(HeldFor))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        state = DeliveryState.HELD
        return {row[0]: Fate(state, HeldFor(row.why), due=row.due_at) for row in rows}

    def _settle(self, delivery: Delivery, owner: str, values: dict[str, Any]) -> bool:
        with self._database.write() as connection:
            ours = settle(connection, delivery, owner, values)
        self._database.withdrawn.difference_update(delivery.ids)
        return ours


# -- within a transaction


def settle(connection: Connection, delivery: Delivery, owner: str, values: dict[str, Any]) -> bool:
    """Store what became of a message; False if it is no longer ours.

    Only the holder of the lease may do so.
    """
    queue = tables.outbox.c
    mine = (queue.owner == owner) & (queue.state == DeliveryState.LEASED)
    settled = update(tables.outbox).where(queue.id.in_(delivery.ids), mine)
    return connection.execute(settled.values(owner=None, **values)).rowcount > 0


def look_again(connection: Connection, chat_id: int, now: datetime) -> None:
    """Make a chat's held rows due, so that they are planned anew.

    Rows that are due already, such as those of a digest that is due, are left alone.
    """
    queue = tables.outbox.c
    held = (queue.chat_id == chat_id) & (queue.state == DeliveryState.HELD) & (queue.due_at > now)
    due = {"state": DeliveryState.QUEUED, "due_at": now, "why": None}
    connection.execute(update(tables.outbox).where(held).values(**due))
