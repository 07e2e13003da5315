"""Leases: which process polls, sends and answers, where several share a database; and how long a platform asked all
of them to wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from bot.store import statements, tables
from bot.store.database import Database, insert_new


class Leases:
    """`store.leases`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, duty: str, owner: str, now: datetime, ttl: timedelta) -> bool:
        """Take or keep a duty; False while another process has it. Who stops renewing loses it after `ttl`."""
        t = tables.lease
        free = (t.c.owner == owner) | (t.c.until <= now)
        with self._database.write() as connection:
            connection.execute(insert_new(t, connection).values(name=duty, owner=owner, until=now))
            taken = update(t).where(t.c.name == duty, free).values(owner=owner, until=now + ttl)
            return connection.execute(taken).rowcount == 1

    def leave(self, duty: str, owner: str) -> None:
        """Give a duty back, so that another process need not wait."""
        t = tables.lease
        with self._database.write() as connection:
            connection.execute(delete(t).where(t.c.name == duty, t.c.owner == owner))

    def hold_off(self, platform: str, until: datetime) -> None:
        """A platform asked everybody with this token to wait; it outlives a restart."""
        t, name = tables.lease, _wait(platform)
        with self._database.write() as connection:
            connection.execute(insert_new(t, connection).values(name=name, owner="", until=until))
            connection.execute(update(t).where(t.c.name == name).values(until=until))

    def held_off(self, platform: str) -> datetime | None:
        """Until when a platform asked everybody to wait; None where it never did."""
        t = tables.lease.c
        with self._database.read() as connection:
            return connection.execute(
                select(t.until).where(t.name == _wait(platform))
            ).scalar_one_or_none()


def may(connection: Connection, duty: str, owner: str, now: datetime) -> bool:
    """Whether a process has a duty; where nobody ever took it, there is only one process."""
    row = connection.execute(statements.LEASE, {"duty": duty}).one_or_none()
    return row is None or (row.owner == owner and row.until > now)


def _wait(platform: str) -> str:
    return f"wait:{platform}"
