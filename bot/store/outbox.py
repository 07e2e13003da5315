"""The outbox: alerts claimed for sending, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, delete, func, select, type_coerce, update

from bot.model import Address, Delivery
from bot.reasons import HeldFor
from bot.states import DeliveryState, Part
from bot.store import claims, codec, fan_out, leases, statements, tables
from bot.store.database import Database, insert_new


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a story for a chat: `state` is the outbox's, None where it never was in it; `held_for` is what it
    waits for, `why` what the platform said. `since` is when the chat began to follow one of the story's services, `told`
    when the story was published."""

    state: DeliveryState | None = None
    held_for: HeldFor | None = None
    why: str = ""
    sent_at: datetime | None = None
    since: datetime | None = None
    told: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Why messages were given up, and how many for that reason."""

    why: str
    count: int


class Outbox:
    """`store.outbox`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stories = claims.StoryCache()

    def fan_out(self) -> int | None:
        """Queue the next slice of the oldest story that is not yet in every outbox; how many rows, None where none waits.

        Safe to repeat and to kill: the slice and the mark behind it are one transaction.
        """
        with self._database.write() as connection:
            return fan_out.next_slice(connection)

    def claim(
        self,
        platform: str,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        busy: Collection[int] = (),
    ) -> list[Delivery]:
        """Take what is due, one message per chat, the urgent first and then the oldest; ours until the lease ends.

        What a chat does not want now is put aside. `busy` are chats to pass over.
        Nothing is claimed by a process that lost the duty of sending for the platform.
        """
        with self._database.write() as connection:
            if not leases.may(connection, f"send:{platform}", owner, now):
                return []
            planned = claims.plan_messages(connection, platform, now, limit, busy)
            return claims.take(connection, planned, self._stories, owner, now, now + lease)

    def release(self, now: datetime, platform: str | None = None, but: str = "") -> int:
        """When no other process can be sending: what others had in flight is due again, and may have arrived; how many
        rows. `but` are those that this process still has."""
        o = tables.outbox
        others = [tables.leased(o), o.c.owner != but]
        if platform:
            others.append(o.c.platform == platform)
        freed = update(o).where(*others).values(state=DeliveryState.QUEUED, due_at=now, owner=None)
        with self._database.write() as connection:
            return connection.execute(freed).rowcount

    def sent(self, done: Sequence[tuple[Delivery, str]], owner: str, now: datetime) -> int:
        """Acknowledge messages with the platform's id of each, in one transaction; how many rows were still ours."""
        rows = [
            {"row": row, "holder": owner, "message": message_id, "now": now}
            for delivery, message_id in done
            for row in delivery.ids
        ]
        if not rows:
            return 0
        with self._database.write() as connection:
            ours = connection.execute(statements.SENT, rows).rowcount
            for delivery, message_id in done:
                if delivery.publish and not delivery.publishes:
                    _queue_publishing(connection, delivery, message_id, now)
        return ours

    def retry(
        self,
        delivery: Delivery,
        owner: str,
        due: datetime,
        why: str,
        now: datetime,
        certain: bool = True,
        regroup: bool = False,
        apart: bool = False,
    ) -> bool:
        """Try again when due; False where it is no longer ours. `certain`: this time it was not posted; else the
        platform may have it already. `regroup`: the next try may be with other rows of the chat, under another key.
        `apart`: each row is a message of its own from now on."""
        values: dict[str, Any] = {"state": DeliveryState.QUEUED, "due_at": due, "why": why}
        values["failing_since"] = delivery.failing_since or now
        if certain:
            values["uncertain"] = delivery.uncertain
        if regroup:
            values["bundle"] = None
        if apart:
            values["bundle"] = tables.outbox.c.id
        return self._settle(delivery, owner, values)

    def give_up(self, delivery: Delivery, owner: str, why: str) -> bool:
        """Kept for a person to look at, and to try again after a fix; False where it is no longer ours."""
        return self._settle(delivery, owner, {"state": DeliveryState.DEAD, "why": why})

    def retry_given_up(self, now: datetime) -> int:
        """Try everything again that was given up; how many rows."""
        o = tables.outbox
        again = {
            "state": DeliveryState.QUEUED,
            "due_at": now,
            "attempts": 0,
            "why": None,
            "failing_since": None,
        }
        with self._database.write() as connection:
            return connection.execute(
                update(o).where(o.c.state == DeliveryState.DEAD).values(**again)
            ).rowcount

    def given_up(self, limit: int = 20) -> list[GivenUp]:
        """Why messages were given up, the most frequent reason first."""
        o = tables.outbox.c
        dead = select(o.why, func.count()).where(o.state == DeliveryState.DEAD).group_by(o.why)
        with self._database.read() as connection:
            rows = connection.execute(dead.order_by(func.count().desc()).limit(limit)).all()
        return [GivenUp(why or "", count) for why, count in rows]

    def hold_back(self, address: Address, until: datetime) -> None:
        """The platform asked us to leave a chat alone for a while: all that waits for it, waits until then."""
        o = tables.outbox
        theirs = o.c.chat_id.in_(tables.chat_ids(address))
        sooner = update(o).where(theirs, tables.waiting(o), o.c.due_at < until)
        with self._database.write() as connection:
            connection.execute(sooner.values(due_at=until))

    def set_back(self, by: timedelta, now: datetime) -> None:
        """The clock was set back: what waits for a moment waits no longer than it would have."""
        o = tables.outbox
        later = (
            (o.c.state == DeliveryState.QUEUED) & (o.c.due_at > now) & (o.c.due_at < tables.NEVER)
        )
        milliseconds = round(by.total_seconds() * 1000)
        earlier = type_coerce(o.c.due_at, BigInteger) - milliseconds
        with self._database.write() as connection:
            connection.execute(update(o).where(later).values(due_at=earlier))

    def depth(self) -> dict[DeliveryState, int]:
        """Outbox rows by state."""
        o = tables.outbox.c
        with self._database.read() as connection:
            rows = connection.execute(select(o.state, func.count()).group_by(o.state)).all()
        return {state: count for state, count in rows}

    def fate(self, address: Address, story_id: int) -> Fate:
        """What became of a story for a chat."""
        o, s, about, t = (
            tables.outbox.c,
            tables.subscription.c,
            tables.story_service.c,
            tables.story.c,
        )
        here = tables.chat_ids(address).scalar_subquery()
        row = select(o.state, o.why, o.sent_at).where(
            o.chat_id == here, o.story_id == story_id, o.part == Part()
        )
        followed = select(func.min(s.since)).join(tables.story_service, about.service == s.service)
        since = followed.where(s.chat_id == here, about.story_id == story_id)
        with self._database.read() as connection:
            found = connection.execute(row).one_or_none()
            begun = connection.execute(since).scalar_one()
            told = connection.execute(
                select(t.told_at).where(t.id == story_id)
            ).scalar_one_or_none()
        if found is None:
            return Fate(since=begun, told=told)
        held_for, why = codec.load_wait(found.why or "")
        return Fate(found.state, held_for, why, found.sent_at, begun, told)

    def _settle(self, delivery: Delivery, owner: str, values: dict[str, Any]) -> bool:
        with self._database.write() as connection:
            return settle(connection, delivery, owner, values)


# -- within a transaction


def settle(connection: Connection, delivery: Delivery, owner: str, values: dict[str, Any]) -> bool:
    """Only the holder of the lease may say what became of a message."""
    o = tables.outbox
    mine = (o.c.owner == owner) & (o.c.state == DeliveryState.LEASED)
    settled = update(o).where(o.c.id.in_(delivery.ids), mine).values(owner=None, **values)
    return connection.execute(settled).rowcount > 0


def look_again(connection: Connection, chat_id: int, now: datetime) -> None:
    """What was put aside for a chat is due, to be looked at anew."""
    o = tables.outbox
    held = update(o).where(o.c.chat_id == chat_id, o.c.state == DeliveryState.HELD)
    connection.execute(held.values(state=DeliveryState.QUEUED, due_at=now, why=None))


def purge(connection: Connection, address: Address, services: Sequence[str]) -> None:
    """Opting out wins over the queue: drop what is queued unless another subscription still asks for it."""
    o, s = tables.outbox.c, tables.story_service.c
    here = tables.chat_ids(address)
    mine = select(tables.subscription.c.service).where(tables.subscription.c.chat_id.in_(here))
    still = select(s.story_id).where(s.service.in_(mine))
    gone = select(s.story_id).where(s.service.in_(services))
    unsent = o.chat_id.in_(here) & (o.state != DeliveryState.SENT)
    connection.execute(
        delete(tables.outbox).where(unsent, o.story_id.in_(gone), o.story_id.not_in(still))
    )


def _queue_publishing(
    connection: Connection, delivery: Delivery, message_id: str, now: datetime
) -> None:
    values = {
        "story_id": delivery.alerts[0].story.id,
        "chat_id": delivery.chat_id,
        "part": Part.publishing(message_id),
        "platform": delivery.address.platform,
        "due_at": now,
    }
    connection.execute(insert_new(tables.outbox, connection).values(**values))
