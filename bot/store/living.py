"""Whether a chat can be told: new, paused, back, moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from bot.model import Address, ChatState, DeliveryState
from bot.store import tables
from bot.store.database import Database


class Living(Database):
    def pause(self, address: Address, why: str) -> None:
        """Nobody can be reached there: keep everything, send nothing until the chat speaks again."""
        o, c = tables.outbox, tables.chat
        with self._write() as connection:
            here = tables.chat_at(address)
            connection.execute(update(c).where(here).values(state=ChatState.PAUSED, why=why))
            waiting = o.c.chat_id.in_(select(c.c.id).where(here)) & o.c.state.in_(
                (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.LEASED)
            )
            held = {"state": DeliveryState.HELD, "due_at": tables.NEVER, "why": why, "owner": None}
            connection.execute(update(o).where(waiting).values(**held))

    def paused(self, address: Address) -> str | None:
        """Why a chat is paused, or None where it is active or unknown."""
        c = tables.chat.c
        query = select(c.why).where(tables.chat_at(address), c.state == ChatState.PAUSED)
        with self._read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def resume(self, address: Address, now: datetime) -> None:
        """A chat speaks: it is active, and what waited for it is due."""
        with self._write() as connection:
            self._chat_id(connection, address, now)

    def set_publish(self, address: Address, publish: bool) -> None:
        """Whether other servers follow a channel, so that what is posted there is published too."""
        c = tables.chat
        with self._write() as connection:
            connection.execute(update(c).where(tables.chat_at(address)).values(publish=int(publish)))

    def move(self, old: Address, new: Address) -> None:
        """The platform gave a chat another id: everything moves, and is merged where both are known."""
        c = tables.chat
        with self._write() as connection:
            there = {
                chat.thread: chat.id
                for chat in connection.execute(select(c).where(c.c.platform == new.platform, c.c.chat == new.chat))
            }
            moving = connection.execute(select(c).where(c.c.platform == old.platform, c.c.chat == old.chat)).all()
            for chat in moving:
                if chat.thread in there:
                    self._merge(connection, chat.id, there[chat.thread])
                else:
                    connection.execute(update(c).where(c.c.id == chat.id).values(chat=new.chat))

    @staticmethod
    def _merge(connection: Connection, old: int, new: int) -> None:
        s, o, a, d = tables.subscription, tables.outbox, tables.answered, tables.acted
        # What was sent to either counts for both: a story that one was told waits no more for the other.
        told = select(o.c.story_id, o.c.part).where(o.c.chat_id == old, o.c.state == DeliveryState.SENT).subquery()
        again = exists().where(told.c.story_id == o.c.story_id, told.c.part == o.c.part)
        connection.execute(delete(o).where(o.c.chat_id == new, o.c.state != DeliveryState.SENT, again))
        known = (
            (s, (s.c.service, s.c.region)),
            (o, (o.c.story_id, o.c.part)),
            (a, (a.c.story_id,)),
            (d, (d.c.service, d.c.control)),
        )
        for table, keys in known:
            theirs = table.alias()
            twin = exists().where(theirs.c.chat_id == new, *(theirs.c[key.name] == key for key in keys))
            connection.execute(delete(table).where(table.c.chat_id == old, twin))
            connection.execute(update(table).where(table.c.chat_id == old).values(chat_id=new))
        connection.execute(delete(tables.chat).where(tables.chat.c.id == old))

    @classmethod
    def _chat_id(cls, connection: Connection, address: Address, now: datetime) -> int:
        """The chat at an address, made where it is new. One that was paused is back: what waited for it is due."""
        c = tables.chat
        found = connection.execute(select(c.c.id, c.c.state).where(tables.chat_at(address))).one_or_none()
        if found is None:
            fresh = {"platform": address.platform, "chat": address.chat, "thread": address.thread}
            made = insert(c).values(**fresh, regions="", state=ChatState.ACTIVE, why="", since=now)
            return int(connection.execute(made.returning(c.c.id)).scalar_one())
        if found.state is ChatState.PAUSED:
            connection.execute(update(c).where(c.c.id == found.id).values(state=ChatState.ACTIVE, why=""))
            cls._look_again(connection, found.id, now)
        return int(found.id)

    @staticmethod
    def _answered(connection: Connection, chat: int, story_id: int, answer: str, now: datetime) -> None:
        """A story with a date is answered: its reminders end, queued ones too."""
        a, o = tables.answered, tables.outbox
        connection.execute(delete(a).where(a.c.chat_id == chat, a.c.story_id == story_id))
        connection.execute(insert(a).values(chat_id=chat, story_id=story_id, answer=answer, at=now))
        queued = (o.c.state != DeliveryState.SENT) & tables.is_reminder(o)
        connection.execute(delete(o).where(o.c.chat_id == chat, o.c.story_id == story_id, queued))

    @staticmethod
    def _look_again(connection: Connection, chat: int, now: datetime) -> None:
        """What was put aside for a chat is due, to be looked at anew."""
        o = tables.outbox
        held = update(o).where(o.c.chat_id == chat, o.c.state == DeliveryState.HELD)
        connection.execute(held.values(state=DeliveryState.QUEUED, due_at=now, why=None))
