"""Settings that move from one chat to another, by a code that works once."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, insert, literal, select, update

from bot.model import Address
from bot.store import tables
from bot.store.database import insert_new
from bot.store.living import Living

_SETTINGS = ("regions", "pace", "remind", "language", "least", "topics")


class Linking(Living):
    def offer(self, address: Address, code: str, until: datetime, now: datetime) -> None:
        """From now until then the code carries the settings of this chat; one before it does no more."""
        t = tables.link_code
        with self._write() as connection:
            chat = self._chat_id(connection, address, now)
            connection.execute(delete(t).where((t.c.chat_id == chat) | (t.c.until <= now)))
            connection.execute(insert(t).values(code=_kept(code), chat_id=chat, until=until))

    def take_over(self, address: Address, code: str, now: datetime) -> int | None:
        """Copy the settings that a code carries; how many services are followed then, None where it carries none."""
        t, s = tables.link_code, tables.subscription
        with self._write() as connection:
            mine = (t.c.code == _kept(code)) & (t.c.until > now)
            giver = connection.execute(select(t.c.chat_id).where(mine)).scalar_one_or_none()
            if giver is None:
                return None
            taker = self._chat_id(connection, address, now)
            connection.execute(delete(t).where(t.c.code == _kept(code)))
            if taker != giver:
                self._copy(connection, giver, taker)
            followed = select(s.c.service).where(s.c.chat_id == taker).distinct()
            return len(connection.execute(followed).all())

    @staticmethod
    def _copy(connection: Connection, giver: int, taker: int) -> None:
        c = tables.chat
        row = connection.execute(select(c).where(c.c.id == giver)).one()
        connection.execute(update(c).where(c.c.id == taker).values({name: getattr(row, name) for name in _SETTINGS}))
        for table in (tables.subscription, tables.acted, tables.answered):
            columns: list[Any] = [column for column in table.c if column.name != "chat_id"]
            theirs = select(literal(taker), *columns).where(table.c.chat_id == giver)
            names = ["chat_id", *(column.name for column in columns)]
            connection.execute(insert_new(table, connection).from_select(names, theirs))


def _kept(code: str) -> str:
    """Codes are kept as sums, so that a copy of the database holds none that works."""
    return sha256(code.encode()).hexdigest()
