"""Handled updates, in case a platform repeats them after a crash."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, Table, Text, delete, exists, select

from bot.store.columns import Instant
from bot.store.database import Database, insert_new
from bot.store.tables import metadata

#: How long they are kept; Telegram keeps unconfirmed updates for a day.
KEPT = timedelta(days=2)

# A platform's id of an update; nothing of what was said, or by whom.
heard = Table(
    "heard",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)


class Heard:
    """The facet `store.heard`: handled updates. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_done(self, platform: str, number: str) -> bool:
        """Whether an update has been handled."""
        same = (heard.c.platform == platform) & (heard.c.number == number)
        with self._database.read() as connection:
            return bool(connection.execute(select(exists().where(same))).scalar())

    def done(self, platform: str, number: str, now: datetime) -> bool:
        """Record that an update has been handled; False if it already was."""
        with self._database.write() as connection:
            noted = insert_new(heard, connection).values(platform=platform, number=number, at=now)
            return connection.execute(noted).rowcount > 0

    def tidy(self, now: datetime) -> None:
        """Delete the records of updates that no platform repeats any more."""
        with self._database.write() as connection:
            connection.execute(delete(heard).where(heard.c.at <= now - KEPT))
