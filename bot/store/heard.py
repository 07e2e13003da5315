"""Heard: what people said whose work is done, in case a platform says it again after a kill."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, Table, Text, delete, exists, select

from bot.store.columns import Instant
from bot.store.database import Database, insert_new
from bot.store.tables import metadata

#: Telegram keeps what is not confirmed for a day.
KEPT = timedelta(days=2)

# A platform's own number of what was said; nothing of it, and nothing of who said it.
heard = Table(
    "heard",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)


class Heard:
    """`store.heard`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_done(self, platform: str, number: str) -> bool:
        """Whether the work of something that was said is done."""
        same = (heard.c.platform == platform) & (heard.c.number == number)
        with self._database.read() as connection:
            return bool(connection.execute(select(exists().where(same))).scalar())

    def done(self, platform: str, number: str, now: datetime) -> bool:
        """Note that it is; False where it was done before."""
        with self._database.write() as connection:
            noted = insert_new(heard, connection).values(platform=platform, number=number, at=now)
            return connection.execute(noted).rowcount > 0

    def tidy(self, now: datetime) -> None:
        """Forget what no platform says again."""
        with self._database.write() as connection:
            connection.execute(delete(heard).where(heard.c.at <= now - KEPT))
