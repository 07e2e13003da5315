"""The outbox: alerts claimed for sending, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, case, delete, func, literal, select, type_coerce, update

from bot.model import Address, Alert, Delivery, Story
from bot.pace import PUBLISH, Waiting, plan
from bot.store import codec, tables
from bot.store.database import insert_new
from bot.store.leasing import Leasing
from bot.store.telling import story_from

WAITING = ("queued", "held")
#: Stories that are kept decoded while they are being sent.
STORIES = 256
#: Where chats want nothing now (at night, say), so many are looked at and put aside together.
LOOK_AHEAD = 500


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
            claimed = self._deliveries(connection, messages[:limit])
            self._lease(connection, claimed, owner, now, now + lease)
            return claimed

    def release(self, now: datetime, platform: str | None = None) -> int:
        """When no other process can be sending: what was in flight is due again, and may have arrived."""
        o = tables.outbox
        with self._write() as connection:
            freed = update(o).where(o.c.state == "leased", *([o.c.platform == platform] if platform else []))
            return connection.execute(freed.values(state="queued", due_at=now, owner=None)).rowcount

    def sent(self, done: Sequence[tuple[Delivery, str]], owner: str, now: datetime) -> int:
        """Acknowledge messages with the platform's id of each, in one transaction; how many rows were still ours."""
        o, rows = tables.outbox, 0
        with self._write() as connection:
            for delivery, message_id in done:
                mine = o.c.id.in_(delivery.ids) & (o.c.owner == owner) & (o.c.state == "leased")
                values = {"state": "sent", "owner": None, "message_id": message_id, "sent_at": now, "why": None}
                rows += connection.execute(update(o).where(mine).values(**values)).rowcount
                if delivery.publish and not delivery.publishes:
                    self._queue_publishing(connection, delivery, message_id, now)
        return rows

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
        values: dict[str, Any] = {"state": "queued", "due_at": due, "why": why}
        values["failing_since"] = delivery.failing_since or now
        if certain:
            values["uncertain"] = delivery.uncertain
        if regroup:
            values["bundle"] = None
        return self._settle(delivery, owner, **values)

    def bury(self, delivery: Delivery, owner: str, why: str) -> bool:
        """Given up: kept for a person to look at, and to try again after a fix."""
        return self._settle(delivery, owner, state="dead", why=why)

    def exhume(self, now: datetime) -> int:
        """Try everything again that was given up."""
        o = tables.outbox
        with self._write() as connection:
            again = {"state": "queued", "due_at": now, "attempts": 0, "why": None, "failing_since": None}
            return connection.execute(update(o).where(o.c.state == "dead").values(**again)).rowcount

    def dead(self, limit: int = 20) -> list[tuple[str, int]]:
        """Why messages were given up, and how many of each."""
        o = tables.outbox.c
        query = select(o.why, func.count()).where(o.state == "dead").group_by(o.why).order_by(func.count().desc()).limit(limit)
        with self._read() as connection:
            return [(why or "", n) for why, n in connection.execute(query)]

    def wait(self, address: Address, until: datetime) -> None:
        """The platform asked us to leave a chat alone for a while: all that waits for it, waits until then."""
        o = tables.outbox
        with self._write() as connection:
            theirs = o.c.chat_id.in_(select(tables.chat.c.id).where(tables.chat_at(address)))
            connection.execute(update(o).where(theirs, o.c.state.in_(WAITING), o.c.due_at < until).values(due_at=until))

    def set_back(self, by: timedelta, now: datetime) -> None:
        """The clock was set back: what waits for a moment waits no longer than it would have."""
        o, ms = tables.outbox, round(by.total_seconds() * 1000)
        with self._write() as connection:
            later = (o.c.state == "queued") & (o.c.due_at > now) & (o.c.due_at < tables.NEVER)
            earlier = type_coerce(o.c.due_at, BigInteger) - ms
            connection.execute(update(o).where(later).values(due_at=earlier))

    def depth(self) -> dict[str, int]:
        """Outbox rows by state."""
        o = tables.outbox.c
        with self._read() as connection:
            return {state: n for state, n in connection.execute(select(o.state, func.count()).group_by(o.state))}

    @staticmethod
    def _queue_publishing(connection: Connection, delivery: Delivery, message_id: str, now: datetime) -> None:
        first = delivery.alerts[0]
        connection.execute(insert_new(tables.outbox, connection).values(
            story_id=first.story.id, chat_id=delivery.chat_id, part=f"{PUBLISH}{message_id}",
            platform=delivery.address.platform, due_at=now,
        ))  # fmt: skip

    # -- claiming

    @staticmethod
    def _next_chats(connection: Connection, platform: str, now: datetime, limit: int, without: set[int]) -> list[int]:
        """Chats with something due. Two ranges of one index; a chat with many rows is passed over once it is known."""
        o, found = tables.outbox.c, list[int]()
        for urgent in (1, 0):
            while len(found) < limit:
                query = (
                    select(o.chat_id)
                    .where(o.platform == platform, o.state.in_(WAITING), o.urgent == urgent, o.due_at <= now)
                    .where(o.chat_id.not_in([*without, *found])).order_by(o.due_at, o.id).limit(limit - len(found))
                    .with_for_update(skip_locked=True)
                )  # fmt: skip
                rows = list(dict.fromkeys(connection.execute(query).scalars()))
                if not rows:
                    break
                found += rows
        return found

    @staticmethod
    def _plans(connection: Connection, chats: list[int], now: datetime) -> list[tuple[int, ...]]:
        """The rows of each message to send now; what is not wanted now is put aside."""
        o, c, t = tables.outbox.c, tables.chat.c, tables.story.c
        query = (
            select(o.chat_id, o.id, o.story_id, o.part, o.bundle, o.state, t.deadline, c.pace)
            .join(tables.chat, c.id == o.chat_id).join(tables.story, t.id == o.story_id)
            .where(o.chat_id.in_(chats), o.state.in_(WAITING), o.due_at <= now).order_by(o.urgent.desc(), o.due_at, o.id)
        )  # fmt: skip
        rows: dict[int, list[Waiting]] = {}
        paces: dict[int, str] = {}
        for row in connection.execute(query):
            paces[row.chat_id] = row.pace
            waiting = Waiting(row.id, row.story_id, row.part, row.deadline, row.state == "held", row.bundle)
            rows.setdefault(row.chat_id, []).append(waiting)
        plans = {chat: plan(waiting, codec.load_pace(paces[chat]), now) for chat, waiting in rows.items()}
        aside = {key: until for found in plans.values() for key, until in found.hold.items()}
        for moment in set(aside.values()):
            ids = [key for key, until in aside.items() if until == moment]
            held = update(tables.outbox).where(o.id.in_(ids))
            connection.execute(held.values(state="held", due_at=moment[0], why=moment[1]))
        if useless := [key for found in plans.values() for key in found.drop]:
            connection.execute(delete(tables.outbox).where(o.id.in_(useless)))
        return [plans[chat].send for chat in chats if chat in plans and plans[chat].send]

    @staticmethod
    def _lease(connection: Connection, claimed: Sequence[Delivery], owner: str, now: datetime, until: datetime) -> None:
        """One statement. From now on each may have been posted, until its sender says otherwise."""
        o = tables.outbox
        bundle = {row: delivery.key for delivery in claimed for row in delivery.ids}
        if bundle:
            several = {row: key for row, key in bundle.items() if row != key}
            key_of = case(several, value=o.c.id, else_=o.c.id) if several else o.c.id
            uncertain = func.coalesce(o.c.uncertain, literal(now, o.c.uncertain.type))
            taken = update(o).where(o.c.id.in_(list(bundle))).values(
                state="leased", owner=owner, due_at=until, attempts=o.c.attempts + 1, bundle=key_of, uncertain=uncertain
            )  # fmt: skip
            connection.execute(taken)

    def _settle(self, delivery: Delivery, owner: str, **values: object) -> bool:
        """Only the holder of the lease may say what became of a message."""
        o = tables.outbox
        with self._write() as connection:
            mine = update(o).where(o.c.id.in_(delivery.ids), o.c.owner == owner, o.c.state == "leased")
            return connection.execute(mine.values(owner=None, **values)).rowcount > 0

    # -- reading what was claimed

    def _deliveries(self, connection: Connection, messages: Sequence[Sequence[int]]) -> list[Delivery]:
        ids = [row for rows in messages for row in rows]
        if not ids:
            return []
        o, c, told = tables.outbox.c, tables.chat.c, tables.outbox.alias("told").c
        columns = (
            o.id, o.story_id, o.part, o.attempts, o.bundle, o.uncertain, o.failing_since, o.chat_id,
            c.platform, c.chat, c.thread, c.pace, c.publish, told.message_id.label("reply_to"),
        )  # fmt: skip
        first = (told.chat_id == o.chat_id) & (told.story_id == o.story_id) & (told.part == "") & (o.part != "")
        query = (
            select(*columns).join(tables.chat, c.id == o.chat_id).outerjoin(told.id.table, first).where(o.id.in_(ids))
        )  # fmt: skip
        rows = {row.id: row for row in connection.execute(query)}
        stories = self._read_stories(connection, {row.story_id for row in rows.values()})
        followed = self._followed(connection, ids)
        return [_delivery([rows[key] for key in message], stories, followed) for message in messages]

    def _read_stories(self, connection: Connection, ids: set[int]) -> dict[int, Story]:
        """Stories with all their parts; one that has not grown since it was read is not read again."""
        parts = tables.change.c
        counted = select(parts.story_id, func.count()).where(parts.story_id.in_(ids)).group_by(parts.story_id)
        sizes = {story_id: size for story_id, size in connection.execute(counted)}
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
        """Of each row: the services of its story that the chat follows, and the regions in which it does."""
        o, s, about = tables.outbox.c, tables.subscription.c, tables.story_service.c
        query = (
            select(o.id, s.service, s.region).join(about.service.table, about.story_id == o.story_id)
            .join(tables.subscription, (s.chat_id == o.chat_id) & (s.service == about.service)).where(o.id.in_(ids))
        )  # fmt: skip
        found: dict[int, list[tuple[str, str]]] = {}
        for key, service, region in connection.execute(query):
            found.setdefault(key, []).append((service, region))
        return {key: (tuple(sorted({s for s, _ in pairs})), frozenset(r for _, r in pairs)) for key, pairs in found.items()}


Followed = dict[int, tuple[tuple[str, ...], frozenset[str]]]


def _delivery(rows: list[Row], stories: dict[int, Story], followed: Followed) -> Delivery:  # type: ignore[type-arg]
    first, nothing = rows[0], ((), frozenset[str]())
    key = min(row.id for row in rows) if first.bundle is None else first.bundle
    alerts = tuple(Alert(row.id, stories[row.story_id], followed.get(row.id, nothing)[0], row.part) for row in rows)
    return Delivery(
        key, first.chat_id, Address(first.platform, first.chat, first.thread), alerts,
        regions=frozenset(region for row in rows for region in followed.get(row.id, nothing)[1]),
        pace=codec.load_pace(first.pace), attempts=first.attempts + 1, publish=bool(first.publish),
        uncertain=min((row.uncertain for row in rows if row.uncertain), default=None),
        failing_since=min((row.failing_since for row in rows if row.failing_since), default=None),
        reply_to=(first.reply_to or "") if len(rows) == 1 else "",
    )  # fmt: skip
