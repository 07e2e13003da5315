"""Operators: what keeps their pages open, and the record of what they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from bot.store.codec import sum_of
from bot.store.database import Database
from bot.store.watch_tables import audit, operator_session

#: The record is kept for so long.
KEPT = timedelta(days=400)
#: Letters of the sum of a session by which the record tells sessions apart.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Deed:
    """What an operator did: from which session or chat, the deed, and to what."""

    at: datetime
    who: str
    did: str
    what: str


class Operators:
    """`store.operators`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, key: str, until: datetime, now: datetime) -> None:
        """Open the pages to a session until then."""
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
        """Write down what an operator did."""
        with self._database.write() as connection:
            connection.execute(insert(audit).values(at=now, who=who, did=did, what=what))

    def deeds(self, limit: int, skip: int = 0) -> list[Deed]:
        """What operators did, the latest first."""
        latest = select(audit.c.at, audit.c.who, audit.c.did, audit.c.what)
        query = latest.order_by(audit.c.id.desc()).limit(limit).offset(skip)
        with self._database.read() as connection:
            return [Deed(*row) for row in connection.execute(query).all()]

    def tidy(self, now: datetime) -> None:
        """Forget what was done long ago."""
        with self._database.write() as connection:
            connection.execute(delete(audit).where(audit.c.at < now - KEPT))


def shown(key: str) -> str:
    """How the record names a session."""
    return sum_of(key)[:SHOWN]
