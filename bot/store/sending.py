"""The outbox: alerts claimed for sending, and what became of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Row, func, select, update

from bot.model import Address, Alert, Story
from bot.store import codec, tables
from bot.store.database import Database
from bot.store.telling import story_from

OPEN = ("queued", "leased")


class Sending(Database):
    def claim(self, platform: str, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Alert]:
        """Take alerts that are due, one per chat; they are ours until the lease ends.

        A leased row whose lease ended is due again: its holder died before it knew the answer.
        """
        o = tables.outbox
        due = (
            select(func.min(o.c.id)).where(o.c.platform == platform, o.c.state.in_(OPEN), o.c.due_at <= now)
            .where(o.c.chat_id.not_in(select(o.c.chat_id).where(o.c.state == "leased", o.c.due_at > now)))
            .group_by(o.c.chat_id).order_by(func.min(o.c.due_at), func.min(o.c.id)).limit(limit)
        )  # fmt: skip
        with self._write() as connection:
            ids = list(connection.execute(due).scalars())
            if not ids:
                return []
            taken = update(o).where(o.c.id.in_(ids)).values(
                state="leased", owner=owner, due_at=now + lease, attempts=o.c.attempts + 1
            )  # fmt: skip
            connection.execute(taken)
        return self._alerts(ids)

    def release(self, now: datetime) -> int:
        """At start, when no other process can hold a lease: what was in flight is due again."""
        o = tables.outbox
        with self._write() as connection:
            freed = update(o).where(o.c.state == "leased").values(state="queued", due_at=now, owner="")
            return connection.execute(freed).rowcount

    def sent(self, alert_id: int, owner: str, message_id: str) -> bool:
        return self._settle(alert_id, owner, state="sent", message_id=message_id)

    def retry(self, alert_id: int, owner: str, due: datetime, why: str) -> bool:
        return self._settle(alert_id, owner, state="queued", due_at=due, why=why)

    def bury(self, alert_id: int, owner: str, why: str) -> bool:
        """The platform refused our message: kept for a person to look at."""
        return self._settle(alert_id, owner, state="dead", why=why)

    def pause(self, address: Address, why: str) -> None:
        """Nobody can be reached there: keep everything, send nothing until the chat speaks again."""
        o, c = tables.outbox, tables.chat
        with self._write() as connection:
            here = tables.chat_at(address)
            connection.execute(update(c).where(here).values(state="paused", why=why))
            chats = select(c.c.id).where(here)
            connection.execute(
                update(o).where(o.c.chat_id.in_(chats), o.c.state.in_(OPEN)).values(state="held", why=why, owner="")
            )

    def unhold(self, address: Address, now: datetime) -> int:
        """The chat is back: what was held for it is due."""
        o = tables.outbox
        with self._write() as connection:
            chats = select(tables.chat.c.id).where(tables.chat_at(address))
            due = update(o).where(o.c.chat_id.in_(chats), o.c.state == "held").values(state="queued", due_at=now, why="")
            return connection.execute(due).rowcount

    def move(self, old: Address, new: Address) -> None:
        """The platform gave a chat another id: everything moves, and is merged where both are known."""
        c, s, o = tables.chat, tables.subscription, tables.outbox
        with self._write() as connection:
            ids = {
                where: connection.execute(select(c.c.id).where(tables.chat_at(where))).scalar_one_or_none()
                for where in (old, new)
            }
            if ids[old] is None:
                return
            if ids[new] is None:
                connection.execute(update(c).where(c.c.id == ids[old]).values(chat=new.chat, thread=new.thread))
                return
            for table, columns in ((s, [s.c.service, s.c.region]), (o, [o.c.story_id, o.c.part])):
                there = select(*columns).where(table.c.chat_id == ids[new])
                mine = table.c.chat_id == ids[old]
                for row in connection.execute(there).all():
                    same = [column == value for column, value in zip(columns, row, strict=True)]
                    connection.execute(table.delete().where(mine, *same))
                connection.execute(update(table).where(mine).values(chat_id=ids[new]))
            connection.execute(c.delete().where(c.c.id == ids[old]))

    def depth(self) -> dict[str, int]:
        """Outbox rows by state."""
        o = tables.outbox.c
        with self._read() as connection:
            return {state: n for state, n in connection.execute(select(o.state, func.count()).group_by(o.state))}

    def _settle(self, alert_id: int, owner: str, **values: object) -> bool:
        """Only the holder of the lease may say what became of an alert."""
        o = tables.outbox
        with self._write() as connection:
            mine = update(o).where(o.c.id == alert_id, o.c.owner == owner, o.c.state == "leased")
            return connection.execute(mine.values(owner="", **values)).rowcount == 1

    def _alerts(self, ids: list[int]) -> list[Alert]:
        o, c, s, parts = tables.outbox.c, tables.chat.c, tables.subscription.c, tables.change.c
        about = tables.story_service.c
        columns = (o.id, o.story_id, o.part, o.attempts, o.chat_id, c.platform, c.chat, c.thread)
        with self._read() as connection:
            rows = connection.execute(select(*columns).join(tables.chat, c.id == o.chat_id).where(o.id.in_(ids))).all()
            changes = connection.execute(
                select(parts.story_id, parts.payload).where(parts.story_id.in_({row.story_id for row in rows}))
            ).all()
            regions = connection.execute(
                select(o.id, s.service, s.region).join(about.service.table, about.story_id == o.story_id)
                .join(tables.subscription, (s.chat_id == o.chat_id) & (s.service == about.service)).where(o.id.in_(ids))
            ).all()  # fmt: skip
        stories = {
            story_id: story_from(story_id, [codec.load_change(p) for i, p in changes if i == story_id])
            for story_id in {row.story_id for row in rows}
        }
        return [_alert(row, stories[row.story_id], [r for r in regions if r.id == row.id]) for row in rows]


def _alert(row: Row, story: Story, subscribed: list[Row]) -> Alert:  # type: ignore[type-arg]
    services = tuple(sorted({entry.service for entry in subscribed}))
    regions = frozenset(entry.region for entry in subscribed)
    return Alert(row.id, Address(row.platform, row.chat, row.thread), story, regions, services, row.attempts, row.part)
