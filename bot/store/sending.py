"""The outbox: alerts claimed for sending, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, delete, func, select, type_coerce, update

from bot.habits import Chatter
from bot.model import Address, Alert, Delivery, DeliveryState, Part, Story
from bot.pace import Waiting, plan
from bot.store import codec, statements, tables
from bot.store.database import insert_new
from bot.store.leasing import Leasing
from bot.understand.stories import story_from

#: Stories that are kept decoded while they are being sent.
STORIES = 256
#: Where chats want nothing now (at night, say), so many are looked at and put aside together.
LOOK_AHEAD = 500
#: Rows that are read at once beyond those that are needed: some are for the same chat, or for a busy one.
PAGE = 16


class Sending(Leasing):
    def claim(
        self, platform: str, owner: str, now: datetime, lease: timedelta, limit: int, busy: Collection[int] = ()
    ) -> list[Delivery]:
        """Take what is due, one message per chat, the urgent first and then the oldest; ours until the lease ends.

        What a chat does not want now is put aside. `busy` are chats to pass over.
        Nothing is claimed by a process that lost the duty of sending for the platform.
        """
        with self._write() as connection:
            if not self._may(connection, f"send:{platform}", owner, now):
                return []
            messages: list[tuple[int, ...]] = []
            looked, look_at = set(busy), limit
            while len(messages) < limit and (chats := self._next_chats(connection, platform, now, look_at, looked)):
                looked.update(chats)
                plans = self._plans(connection, chats, now)
                messages += plans
                look_at = limit - len(messages) if len(plans) == len(chats) else LOOK_AHEAD
            # A number alone can come again: after a restore, say. Then the platform would swallow the later message.
            salt = token_hex(4)
            claimed = self._deliveries(connection, messages[:limit], salt)
            self._lease(connection, claimed, owner, now, now + lease, salt)
            return claimed

    def release(self, now: datetime, platform: str | None = None, but: str = "") -> int:
        """When no other process can be sending: what others had in flight is due again, and may have arrived. `but`
        are those that this process still has."""
        o = tables.outbox
        with self._write() as connection:
            others = [tables.leased(o), o.c.owner != but, *([o.c.platform == platform] if platform else [])]
            freed = update(o).where(*others)
            return connection.execute(freed.values(state=DeliveryState.QUEUED, due_at=now, owner=None)).rowcount

    def sent(self, done: Sequence[tuple[Delivery, str]], owner: str, now: datetime) -> int:
        """Acknowledge messages with the platform's id of each, in one transaction; how many rows were still ours."""
        rows = [
            {"row": row, "holder": owner, "message": message_id, "now": now}
            for delivery, message_id in done
            for row in delivery.ids
        ]
        if not rows:
            return 0
        with self._write() as connection:
            ours = connection.execute(statements.SENT, rows).rowcount
            for delivery, message_id in done:
                if delivery.publish and not delivery.publishes:
                    self._queue_publishing(connection, delivery, message_id, now)
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
    ) -> bool:
        """Try again when due. `certain`: this time it was not posted; else the platform may have it already.
        `regroup`: the next try may be with other rows of the chat, under another key."""
        values: dict[str, Any] = {"state": DeliveryState.QUEUED, "due_at": due, "why": why}
        values["failing_since"] = delivery.failing_since or now
        if certain:
            values["uncertain"] = delivery.uncertain
        if regroup:
            values["bundle"] = None
        return self._settle(delivery, owner, **values)

    def bury(self, delivery: Delivery, owner: str, why: str) -> bool:
        """Given up: kept for a person to look at, and to try again after a fix."""
        return self._settle(delivery, owner, state=DeliveryState.DEAD, why=why)

    def exhume(self, now: datetime) -> int:
        """Try everything again that was given up."""
        o = tables.outbox
        with self._write() as connection:
            again = {"state": DeliveryState.QUEUED, "due_at": now, "attempts": 0, "why": None, "failing_since": None}
            return connection.execute(update(o).where(o.c.state == DeliveryState.DEAD).values(**again)).rowcount

    def dead(self, limit: int = 20) -> list[tuple[str, int]]:
        """Why messages were given up, and how many of each."""
        o = tables.outbox.c
        query = (
            select(o.why, func.count())
            .where(o.state == DeliveryState.DEAD)
            .group_by(o.why)
            .order_by(func.count().desc())
            .limit(limit)
        )
        with self._read() as connection:
            return [(why or "", n) for why, n in connection.execute(query)]

    def wait(self, address: Address, until: datetime) -> None:
        """The platform asked us to leave a chat alone for a while: all that waits for it, waits until then."""
        o = tables.outbox
        with self._write() as connection:
            theirs = o.c.chat_id.in_(select(tables.chat.c.id).where(tables.chat_at(address)))
            connection.execute(update(o).where(theirs, tables.waiting(o), o.c.due_at < until).values(due_at=until))

    def set_back(self, by: timedelta, now: datetime) -> None:
        """The clock was set back: what waits for a moment waits no longer than it would have."""
        o, ms = tables.outbox, round(by.total_seconds() * 1000)
        with self._write() as connection:
            later = (o.c.state == DeliveryState.QUEUED) & (o.c.due_at > now) & (o.c.due_at < tables.NEVER)
            earlier = type_coerce(o.c.due_at, BigInteger) - ms
            connection.execute(update(o).where(later).values(due_at=earlier))

    def depth(self) -> dict[DeliveryState, int]:
        """Outbox rows by state."""
        o = tables.outbox.c
        with self._read() as connection:
            return {state: n for state, n in connection.execute(select(o.state, func.count()).group_by(o.state))}

    @staticmethod
    def _queue_publishing(connection: Connection, delivery: Delivery, message_id: str, now: datetime) -> None:
        first = delivery.alerts[0]
        connection.execute(insert_new(tables.outbox, connection).values(
            story_id=first.story.id, chat_id=delivery.chat_id, part=Part.publishing(message_id),
            platform=delivery.address.platform, due_at=now,
        ))  # fmt: skip

    # -- claiming

    @staticmethod
    def _next_chats(connection: Connection, platform: str, now: datetime, limit: int, without: set[int]) -> list[int]:
        """Chats with something due: the urgent first, in the order of one index."""
        found: dict[int, None] = {}
        for urgent in (1, 0):
            place = {"due": tables.EPOCH, "id": 0}
            while len(found) < limit:
                given = {"platform": platform, "urgent": urgent, "now": now, "many": limit + PAGE, **place}
                rows = connection.execute(statements.NEXT, given).all()
                found.update((row.chat_id, None) for row in rows if row.chat_id not in without)
                if len(rows) < limit + PAGE:
                    break
                place = {"due": rows[-1].due_at, "id": rows[-1].id}
        return list(found)[:limit]

    @staticmethod
    def _plans(connection: Connection, chats: list[int], now: datetime) -> list[tuple[int, ...]]:
        """The rows of each message to send now; what is not wanted now is put aside."""
        o = tables.outbox.c
        rows: dict[int, list[Waiting]] = {}
        paces: dict[int, str] = {}
        for row in connection.execute(statements.DUE, {"chats": chats, "now": now}):
            paces[row.chat_id] = row.pace
            waiting = Waiting(row.id, row.story_id, row.part, row.deadline, row.state is DeliveryState.HELD, row.bundle)
            rows.setdefault(row.chat_id, []).append(waiting)
        plans = {chat: plan(waiting, codec.load_pace(paces[chat]), now) for chat, waiting in rows.items()}
        aside = {key: until for found in plans.values() for key, until in found.hold.items()}
        for moment in set(aside.values()):
            ids = [key for key, until in aside.items() if until == moment]
            held = update(tables.outbox).where(o.id.in_(ids))
            connection.execute(held.values(state=DeliveryState.HELD, due_at=moment[0], why=moment[1]))
        if useless := [key for found in plans.values() for key in found.drop]:
            connection.execute(delete(tables.outbox).where(o.id.in_(useless)))
        return [plans[chat].send for chat in chats if chat in plans and plans[chat].send]

    @staticmethod
    def _lease(
        connection: Connection,
        claimed: Sequence[Delivery],
        owner: str,
        now: datetime,
        until: datetime,
        salt: str,
    ) -> None:
        """From now on each may have been posted, until its sender says otherwise."""
        if not claimed:
            return
        ids = [row for delivery in claimed for row in delivery.ids]
        connection.execute(statements.TAKE, {"ids": ids, "holder": owner, "until": until, "now": now, "fresh": salt})
        for delivery in claimed:
            if len(delivery.ids) > 1:
                connection.execute(statements.BUNDLE, {"ids": delivery.ids})

    def _settle(self, delivery: Delivery, owner: str, **values: object) -> bool:
        """Only the holder of the lease may say what became of a message."""
        o = tables.outbox
        with self._write() as connection:
            mine = update(o).where(o.c.id.in_(delivery.ids), o.c.owner == owner, o.c.state == DeliveryState.LEASED)
            return connection.execute(mine.values(owner=None, **values)).rowcount > 0

    # -- reading what was claimed

    def _deliveries(self, connection: Connection, messages: Sequence[Sequence[int]], salt: str) -> list[Delivery]:
        ids = [row for rows in messages for row in rows]
        if not ids:
            return []
        rows = {row.id: row for row in connection.execute(statements.TO_SEND, {"ids": ids})}
        stories = self._read_stories(connection, {row.story_id for row in rows.values()})
        followed = self._followed(connection, ids)
        return [_delivery([rows[key] for key in message], stories, followed, salt) for message in messages]

    def _read_stories(self, connection: Connection, ids: set[int]) -> dict[int, Story]:
        """Stories with all their parts; one that has not grown since it was read is not read again."""
        parts = tables.change.c
        sizes = {story_id: size for story_id, size in connection.execute(statements.SIZES, {"stories": list(ids)})}
        cache = self.__dict__.setdefault("_stories_read", {})
        if new := [story_id for story_id, size in sizes.items() if (story_id, size) not in cache]:
            if len(cache) > STORIES:
                cache.clear()
                new = list(sizes)
            rows = connection.execute(select(parts.story_id, parts.payload).where(parts.story_id.in_(new))).all()
            for story_id in new:
                found = [codec.load_change(payload) for number, payload in rows if number == story_id]
                cache[story_id, sizes[story_id]] = story_from(story_id, found)
        return {story_id: cache[story_id, size] for story_id, size in sizes.items()}

    @staticmethod
    def _followed(connection: Connection, ids: list[int]) -> Followed:
        found: dict[int, list[tuple[str, str]]] = {}
        for key, service, region in connection.execute(statements.FOLLOWED, {"ids": ids}):
            found.setdefault(key, []).append((service, region))
        return {key: (tuple(sorted({s for s, _ in pairs})), frozenset(r for _, r in pairs)) for key, pairs in found.items()}


Followed = dict[int, tuple[tuple[str, ...], frozenset[str]]]


def _delivery(
    rows: list[Row],  # type: ignore[type-arg]
    stories: dict[int, Story],
    followed: Followed,
    salt: str,
) -> Delivery:
    first, nothing = rows[0], ((), frozenset[str]())
    alerts = tuple(Alert(row.id, stories[row.story_id], followed.get(row.id, nothing)[0], row.part) for row in rows)
    return Delivery(
        _key(rows, salt), first.chat_id, Address(first.platform, first.chat, first.thread), alerts,
        regions=frozenset(region for row in rows for region in followed.get(row.id, nothing)[1]),
        pace=codec.load_pace(first.pace), attempts=first.attempts + 1, publish=bool(first.publish),
        uncertain=min((row.uncertain for row in rows if row.uncertain), default=None),
        failing_since=min((row.failing_since for row in rows if row.failing_since), default=None),
        reply_to=(first.reply_to or "") if len(rows) == 1 else "",
        chat=Chatter(first.language, bool(first.shared), first.mention),
    )  # fmt: skip


def _key(rows: list[Row], fresh: str) -> str:  # type: ignore[type-arg]
    """The key of a message: its number and a salt, at most 25 characters; of one that was tried before, the same again."""
    first = rows[0]
    if first.bundle is None:
        return f"{min(row.id for row in rows)}-{fresh}"
    # What an earlier version tried had no salt.
    return f"{first.bundle}-{first.salt}" if first.salt else str(first.bundle)
