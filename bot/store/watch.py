"""Monitoring: reports of the processes, counts of messages sent, and alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from bot.store.database import Database, insert_new
from bot.store.watch_tables import alarm, process, tally

#: How long the counts of a minute are kept, and the report of a silent process.
KEPT = timedelta(days=7)
SILENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Process:
    """A process, and its report on itself, as JSON."""

    owner: str
    seen_at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one platform in one minute: messages sent, failed, and requests to wait."""

    minute: datetime
    platform: str
    sent: int = 0
    failed: int = 0
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm: its name, what it is about ("" for all), since when, and its text."""

    name: str
    about: str
    since: datetime
    words: str


class Watch:
    """The facet `store.watch`: reports, counts and alarms. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, owner: str, said: str, tallies: Sequence[Tally], now: datetime) -> None:
        """Store a process's report on itself, and its counts since the last report."""
        mine = update(process).where(process.c.owner == owner)
        with self._database.write() as connection:
            fresh = insert_new(process, connection)
            connection.execute(fresh.values(owner=owner, seen_at=now, said=said))
            connection.execute(mine.values(seen_at=now, said=said))
            for each in tallies:
                key = {"minute": each.minute, "platform": each.platform}
                none = {"sent": 0, "failed": 0, "waits": 0}
                connection.execute(insert_new(tally, connection).values(**key, **none))
                row = tally.c
                theirs = (row.minute == each.minute) & (row.platform == each.platform)
                more = {
                    "sent": row.sent + each.sent,
                    "failed": row.failed + each.failed,
                    "waits": row.waits + each.waits,
                }
                connection.execute(update(tally).where(theirs).values(**more))

    def leave(self, owner: str) -> None:
        """Delete the report of a process that ends."""
        with self._database.write() as connection:
            connection.execute(delete(process).where(process.c.owner == owner))

    def alone(self, owner: str) -> None:
        """Delete the reports of all other processes, which were killed."""
        with self._database.write() as connection:
            connection.execute(delete(process).where(process.c.owner != owner))

    def processes(self, now: datetime) -> list[Process]:
        """The processes that reported lately, by name."""
        lately = process.c.seen_at > now - SILENT
        with self._database.read() as connection:
            rows = connection.execute(select(process).where(lately).order_by(process.c.owner)).all()
        return [Process(row.owner, row.seen_at, row.said) for row in rows]

    def tallies(self, since: datetime) -> list[Tally]:
        """The counts of each minute from `since` on, the earliest first."""
        in_order = select(tally).where(tally.c.minute >= since).order_by(tally.c.minute)
        with self._database.read() as connection:
            return [Tally(*row) for row in connection.execute(in_order).all()]

    def tidy(self, now: datetime) -> None:
        """Delete old counts and reports."""
        with self._database.write() as connection:
            connection.execute(delete(tally).where(tally.c.minute < now - KEPT))
            connection.execute(delete(process).where(process.c.seen_at < now - SILENT))

    def alarms(self) -> list[Alarm]:
        """The current alarms, the longest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(alarm).order_by(alarm.c.since, alarm.c.name)).all()
        return [Alarm(*row) for row in rows]

    def begin_alarm(self, begun: Alarm) -> bool:
        """Begin an alarm; False if it had already begun."""
        with self._database.write() as connection:
            fresh = insert_new(alarm, connection)
            values = {"name": begun.name, "about": begun.about, "since": begun.since}
            return connection.execute(fresh.values(**values, words=begun.words)).rowcount > 0

    def reword_alarm(self, known: Alarm) -> None:
        """Update the text of an alarm."""
        mine = (alarm.c.name == known.name) & (alarm.c.about == known.about)
        with self._database.write() as connection:
            connection.execute(update(alarm).where(mine).values(words=known.words))

    def end_alarm(self, over: Alarm) -> bool:
        """End an alarm; False if another process already has."""
        mine = (alarm.c.name == over.name) & (alarm.c.about == over.about)
        with self._database.write() as connection:
            return connection.execute(delete(alarm).where(mine)).rowcount > 0
