"""Chats: met, paused, back, moved, merged, exported and forgotten."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, case, delete, exists, insert, literal, select, update

from bot.model import Address
from bot.states import ChatState, DeliveryState, Part
from bot.store import codec, outbox, tables
from bot.store.database import Database, insert_new

#: What moves with a code from one chat to another.
_SETTINGS = ("regions", "pace", "remind", "language", "least", "topics")
#: Columns that an export leaves out: they say nothing about the chat.
_OURS = ("chat_id", "owner", "salt")


class Chats:
    """`store.chats`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def meet(self, address: Address, language: str, shared: bool) -> None:
        """Keep what the platform says of a chat that we know; the language only where nobody has chosen one."""
        c = tables.chat
        spoken = case((c.c.language == "", language), else_=c.c.language)
        with self._database.write() as connection:
            connection.execute(
                update(c).where(tables.chat_at(address)).values(language=spoken, shared=int(shared))
            )

    def pause(self, address: Address, why: str) -> None:
        """Nobody can be reached there: keep everything, send nothing until the chat speaks again."""
        o, c = tables.outbox, tables.chat
        unsent = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.LEASED)
        waiting = o.c.chat_id.in_(tables.chat_ids(address)) & o.c.state.in_(unsent)
        held = {"state": DeliveryState.HELD, "due_at": tables.NEVER, "why": why, "owner": None}
        with self._database.write() as connection:
            connection.execute(
                update(c).where(tables.chat_at(address)).values(state=ChatState.PAUSED, why=why)
            )
            connection.execute(update(o).where(waiting).values(**held))

    def resume(self, address: Address, now: datetime) -> None:
        """A chat speaks: it is active, and what waited for it is due."""
        with self._database.write() as connection:
            find_or_add(connection, address, now)

    def move(self, old: Address, new: Address) -> None:
        """The platform gave a chat another id: everything moves, and is merged where both are known."""
        c = tables.chat
        with self._database.write() as connection:
            there = {
                chat.thread: chat.id
                for chat in connection.execute(select(c).where(_all_threads(new)))
            }
            for chat in connection.execute(select(c).where(_all_threads(old))).all():
                if chat.thread in there:
                    _merge(connection, chat.id, there[chat.thread])
                else:
                    connection.execute(update(c).where(c.c.id == chat.id).values(chat=new.chat))

    def forget(self, address: Address) -> bool:
        """Erase everything about a chat; True where there was anything."""
        theirs = (
            tables.outbox,
            tables.answered,
            tables.acted,
            tables.link_code,
            tables.subscription,
        )
        with self._database.write() as connection:
            for table in theirs:
                connection.execute(
                    delete(table).where(table.c.chat_id.in_(tables.chat_ids(address)))
                )
            return (
                connection.execute(delete(tables.chat).where(tables.chat_at(address))).rowcount > 0
            )

    def export(self, address: Address) -> dict[str, Any]:
        """Everything that is kept about a chat, as plain values by table; empty where nothing is."""
        c = tables.chat
        theirs = (tables.subscription, tables.outbox, tables.answered, tables.acted)
        with self._database.read() as connection:
            row = connection.execute(select(c).where(tables.chat_at(address))).one_or_none()
            if row is None:
                return {}
            found = {
                each.name: connection.execute(select(each).where(each.c.chat_id == row.id)).all()
                for each in theirs
            }
        return {
            "chat": _plain(row),
            **{name: [_plain(each) for each in rows] for name, rows in found.items()},
        }

    def offer(self, address: Address, code: str, until: datetime, now: datetime) -> None:
        """From now until then the code carries the settings of this chat; one before it does no more."""
        t = tables.link_code
        with self._database.write() as connection:
            chat_id = find_or_add(connection, address, now)
            connection.execute(delete(t).where((t.c.chat_id == chat_id) | (t.c.until <= now)))
            connection.execute(insert(t).values(code=_sum(code), chat_id=chat_id, until=until))

    def take_over(self, address: Address, code: str, now: datetime) -> int | None:
        """Copy the settings that a code carries; how many services are followed then, None where it carries none."""
        t, s = tables.link_code, tables.subscription
        carries = (t.c.code == _sum(code)) & (t.c.until > now)
        with self._database.write() as connection:
            giver = connection.execute(select(t.c.chat_id).where(carries)).scalar_one_or_none()
            if giver is None:
                return None
            taker = find_or_add(connection, address, now)
            connection.execute(delete(t).where(t.c.code == _sum(code)))
            if taker != giver:
                _copy(connection, giver, taker)
            followed = select(s.c.service).where(s.c.chat_id == taker).distinct()
            return len(connection.execute(followed).all())


# -- within a transaction


def find_or_add(connection: Connection, address: Address, now: datetime) -> int:
    """The chat at an address, made where it is new. One that was paused is back: what waited for it is due."""
    c = tables.chat
    found = connection.execute(
        select(c.c.id, c.c.state).where(tables.chat_at(address))
    ).one_or_none()
    if found is None:
        return _add(connection, address, now)
    if found.state is ChatState.PAUSED:
        connection.execute(
            update(c).where(c.c.id == found.id).values(state=ChatState.ACTIVE, why="")
        )
        outbox.look_again(connection, found.id, now)
    return int(found.id)


def _add(connection: Connection, address: Address, now: datetime) -> int:
    values = {
        "platform": address.platform,
        "chat": address.chat,
        "thread": address.thread,
        "regions": "",
        "state": ChatState.ACTIVE,
        "why": "",
        "since": now,
    }
    made = insert(tables.chat).values(**values).returning(tables.chat.c.id)
    return int(connection.execute(made).scalar_one())


def _all_threads(address: Address) -> Any:
    c = tables.chat.c
    return (c.platform == address.platform) & (c.chat == address.chat)


def _merge(connection: Connection, old: int, new: int) -> None:
    s, o, a, d = tables.subscription, tables.outbox, tables.answered, tables.acted
    # What was sent to either counts for both: a story that one was told waits no more for the other.
    told = (
        select(o.c.story_id, o.c.part)
        .where(o.c.chat_id == old, o.c.state == DeliveryState.SENT)
        .subquery()
    )
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


def _copy(connection: Connection, giver: int, taker: int) -> None:
    c = tables.chat
    row = connection.execute(select(c).where(c.c.id == giver)).one()
    settings = {name: getattr(row, name) for name in _SETTINGS}
    connection.execute(update(c).where(c.c.id == taker).values(settings))
    for table in (tables.subscription, tables.acted, tables.answered):
        columns: list[Any] = [column for column in table.c if column.name != "chat_id"]
        theirs = select(literal(taker), *columns).where(table.c.chat_id == giver)
        names = ["chat_id", *(column.name for column in columns)]
        connection.execute(insert_new(table, connection).from_select(names, theirs))


def _sum(code: str) -> str:
    """Codes are kept as sums, so that a copy of the database holds none that works."""
    return sha256(code.encode()).hexdigest()


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: _written(value)
        for name, value in row._mapping.items()
        if value not in (None, "") and name not in _OURS
    }


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return codec.dump_part(value) if isinstance(value, Part) else value
