"""Who does what, where several processes share one database; and how long a platform asked us all to wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from bot.store import statements, tables
from bot.store.database import Database, insert_new


class Leasing(Database):
    def take(self, duty: str, owner: str, now: datetime, ttl: timedelta) -> bool:
        """Take or keep a duty; False while another process has it. Who stops renewing loses it after `ttl`."""
        t = tables.lease
        with self._write() as connection:
            connection.execute(insert_new(t, connection).values(name=duty, owner=owner, until=now))
            free = (t.c.owner == owner) | (t.c.until <= now)
            taken = update(t).where(t.c.name == duty, free).values(owner=owner, until=now + ttl)
            return connection.execute(taken).rowcount == 1

    def leave(self, duty: str, owner: str) -> None:
        """Give a duty back, so that another process need not wait."""
        t = tables.lease
        with self._write() as connection:
            connection.execute(delete(t).where(t.c.name == duty, t.c.owner == owner))

    def hold_off(self, platform: str, until: datetime) -> None:
        """A platform asked everybody with this token to wait; it outlives a restart."""
        t, name = tables.lease, f"wait:{platform}"
        with self._write() as connection:
            connection.execute(insert_new(t, connection).values(name=name, owner="", until=until))
            connection.execute(update(t).where(t.c.name == name).values(until=until))

    def held_off(self, platform: str) -> datetime | None:
        """Until when a platform asked everybody to wait."""
        t = tables.lease.c
        with self._read() as connection:
            return connection.execute(select(t.until).where(t.name == f"wait:{platform}")).scalar_one_or_none()

    @staticmethod
    def _may(connection: Connection, duty: str, owner: str, now: datetime) -> bool:
        """Whether this process has the duty; where nobody ever took it, there is only one process."""
        row = connection.execute(statements.LEASE, {"duty": duty}).one_or_none()
        return row is None or (row.owner == owner and row.until > now)
