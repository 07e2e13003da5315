"""Leases on duties (polling, sending, answering) for processes that share a database.

Also how long a platform asked all of them to wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from bot.store import statements, tables
from bot.store.database import Database, insert_new


class Leases:
    """The facet `store.leases`: leases on duties. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, duty: str, owner: str, now: datetime, ttl: timedelta) -> bool:
        """Take or renew the lease on a duty; False while another process has it.

        A process that stops renewing loses it after `ttl`.
        """
        lease = tables.lease.c
        free = (lease.owner == owner) | (lease.until <= now)
        taken = update(tables.lease).where(lease.name == duty, free)
        with self._database.write() as connection:
            fresh = insert_new(tables.lease, connection)
            connection.execute(fresh.values(name=duty, owner=owner, until=now))
            return connection.execute(taken.values(owner=owner, until=now + ttl)).rowcount == 1

    def holder(self, duty: str, now: datetime) -> str:
        """The process that has a duty, or ""."""
        lease = tables.lease.c
        held = select(lease.owner).where(lease.name == duty, lease.until > now)
        with self._database.read() as connection:
            return connection.execute(held).scalar_one_or_none() or ""

    def leave(self, duty: str, owner: str) -> None:
        """Release a duty, so that another process need not wait."""
        lease = tables.lease.c
        mine = update(tables.lease).where(lease.name == duty, lease.owner == owner)
        with self._database.write() as connection:
            # The row stays, so that a late claim sees that the duty is no longer its own.
            connection.execute(mine.values(owner="", until=tables.EPOCH))

    def hold_off(self, platform: str, until: datetime) -> None:
        """Record that a platform asked the whole token to wait; it survives a restart."""
        name = _wait(platform)
        known = update(tables.lease).where(tables.lease.c.name == name)
        with self._database.write() as connection:
            fresh = insert_new(tables.lease, connection)
            connection.execute(fresh.values(name=name, owner="", until=until))
            connection.execute(known.values(until=until))

    def held_off(self, platform: str) -> datetime | None:
        """The time until which a platform asked everybody to wait; None if it never did."""
        lease = tables.lease.c
        asked = select(lease.until).where(lease.name == _wait(platform))
        with self._database.read() as connection:
            return connection.execute(asked).scalar_one_or_none()


def may(connection: Connection, duty: str, owner: str, now: datetime) -> bool:
    """Whether a process has a duty; if nobody ever took it, there is only one process."""
    row = connection.execute(statements.LEASE, {"duty": duty}).one_or_none()
    if row is None:
        return True
    return bool(row.owner == owner and row.until > now)


def _wait(platform: str) -> str:
    return f"wait:{platform}"
