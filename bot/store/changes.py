"""Changes: every one that was understood, whatever its verdict, and their counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.model import Change
from bot.store import codec, tables
from bot.store.database import Database
from bot.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class JudgedChange:
    """A change, whatever its verdict, and the id of its story, or None."""

    change: Change
    story_id: int | None


class Changes:
    """The facet `store.changes`: all changes. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, services: Iterable[str], limit: int, noise: bool = True) -> list[JudgedChange]:
        """The newest changes of some services, whatever their verdict; `noise` can be left out."""
        change = tables.change.c
        theirs = select(change.payload, change.story_id).where(change.service.in_(list(services)))
        if not noise:
            theirs = theirs.where(change.verdict != Verdict.NOISE)
        newest = theirs.order_by(change.recorded.desc()).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(newest).all()
        return [JudgedChange(codec.load_change(row.payload), row.story_id) for row in rows]

    def minor(self, services: Sequence[str], limit: int) -> list[Change]:
        """The newest changes that were too small to tell anybody."""
        change = tables.change.c
        small = change.service.in_(services) & (change.verdict == Verdict.MINOR)
        query = select(change.payload).where(small).order_by(change.recorded.desc()).limit(limit)
        with self._database.read() as connection:
            return [codec.load_change(text) for text in connection.execute(query).scalars()]

    def stories_begun(self, source: str, service: str, since: datetime) -> int:
        """How many stories of a service a source has begun since `since`."""
        change, item, story = tables.change.c, tables.item.c, tables.story.c
        theirs = select(func.count(change.story_id.distinct())).where(
            change.service == service,
            change.uid == item.uid,
            item.source_id == source,
            change.story_id == story.id,
            story.told_at >= since,
        )
        with self._database.read() as connection:
            return int(connection.execute(theirs).scalar_one())

    def counts(self, services: Iterable[str]) -> dict[Verdict, int]:
        """The number of recorded versions of some services' texts, by verdict."""
        change = tables.change.c
        theirs = select(change.verdict, func.count()).where(
            change.service.in_(list(services)), change.uid.like("commit:%")
        )
        with self._database.read() as connection:
            rows = connection.execute(theirs.group_by(change.verdict)).all()
        found = dict.fromkeys(Verdict, 0)
        return found | {Verdict(verdict): count for verdict, count in rows}
