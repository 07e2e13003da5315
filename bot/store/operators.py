"""Operators: the sessions on their pages, and the audit log of their actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from bot.store.codec import sum_of
from bot.store.database import Database
from bot.store.watch_tables import audit, operator_session

#: How long the audit log is kept.
KEPT = timedelta(days=400)
#: Characters of a session's hash that the audit log shows.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry of the audit log: who (a session or chat) did what, and to what."""

    at: datetime
    who: str
    did: str
    what: str


class Operators:
    """The facet `store.operators`: sessions and audit log. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, key: str, until: datetime, now: datetime) -> None:
        """Open a session until `until`."""
        over = delete(operator_session).where(operator_session.c.until <= now)
        with self._database.write() as connection:
            connection.execute(over)
            connection.execute(insert(operator_session).values(sum=sum_of(key), until=until))

    def is_open(self, key: str, now: datetime) -> bool:
        """Whether a session is open."""
        mine = (operator_session.c.sum == sum_of(key)) & (operator_session.c.until > now)
        with self._database.read() as connection:
            found = connection.execute(select(operator_session.c.sum).where(mine)).first()
        return found is not None

    def close(self, key: str) -> None:
        """End a session."""
        mine = operator_session.c.sum == sum_of(key)
        with self._database.write() as connection:
            connection.execute(delete(operator_session).where(mine))

    def note(self, who: str, did: str, what: str, now: datetime) -> None:
        """Add an entry to the audit log."""
        with self._database.write() as connection:
            connection.execute(insert(audit).values(at=now, who=who, did=did, what=what))

    def deeds(self, limit: int, skip: int = 0) -> list[Deed]:
        """Entries of the audit log, the latest first."""
        latest = select(audit.c.at, audit.c.who, audit.c.did, audit.c.what)
        query = latest.order_by(audit.c.id.desc()).limit(limit).offset(skip)
        with self._database.read() as connection:
            return [Deed(*row) for row in connection.execute(query).all()]

    def tidy(self, now: datetime) -> None:
        """Delete old entries of the audit log."""
        with self._database.write() as connection:
            connection.execute(delete(audit).where(audit.c.at < now - KEPT))


def shown(key: str) -> str:
    """The name of a session in the audit log."""
    return sum_of(key)[:SHOWN]
