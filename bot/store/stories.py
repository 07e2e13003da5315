"""Stories: publishing them with their outbox rows, and finding them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, exists, insert, select

from bot.matcher import Audience
from bot.model import Address, Change, Held, Item, Record, Story, Verdict
from bot.preferences import Level
from bot.states import Part
from bot.store import chats, codec, documents, fan_out, items, tables
from bot.store.database import Database, insert_new
from bot.timing import is_urgent
from bot.understand.opt_out import shaken
from bot.understand.stories import MEMORY, is_event, story_from, told_to_all, worth_a_note

#: So many stories are looked through for one that a new part could join.
MOST_NEAR = 100
#: So many of the stories that put a service's how-to in doubt are read.
MOST_SHAKEN = 20
#: So many more are read than are shown: some are told to nobody by themselves.
SPARE = 5


@dataclass(frozen=True, slots=True)
class JudgedChange:
    """A change, whatever its verdict, and the number of the story that it became part of."""

    change: Change
    story_id: int | None


class Stories:
    """`store.stories`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(
        self,
        item: Item,
        change: Change,
        held: Held | None,
        story: Story | None,
        audience: Audience,
        now: datetime,
    ) -> int:
        """Settle an item in one transaction: seen, the change, the document's memory, the story, and one outbox
        row per chat, or where there are many chats the first of them and the mark from which `fan_out` goes on.
        Returns the number of alerts queued; 0 where it was settled before.

        A change that is not material is kept without a story. A part that joins a story reaches only
        those who would have had it at the time and were not told.
        """
        with self._database.write() as connection:
            if not items.mark_seen(
                connection, item.uid, "; ".join(reason.code for reason in change.why)
            ):
                return 0
            if held:
                documents.write(connection, held)
            known = story.id if story else None
            if known is None and not _to_be_told(connection, change):
                add_change(connection, change, None)
                return 0
            story_id = known or add_story(connection, change, now)
            add_part(connection, change, story_id)
            # A new story is for all who follow it now, even if the clock was set back since they began to.
            since = _told_at(connection, story_id) if story else tables.NEVER
            if story and worth_a_note(story, change):
                everywhere = Audience(change.services, None)
                fan_out.spread(
                    connection,
                    story_id,
                    Part.addition(change.uid),
                    everywhere,
                    now,
                    now,
                    urgent=False,
                )
            if change.record is Record.TAKEN_BACK:
                return 0
            urgent = is_urgent(deadline_of(change), now)
            return fan_out.spread(connection, story_id, Part(), audience, since, now, urgent)

    def tell_one(self, address: Address, change: Change, now: datetime) -> bool:
        """A story for one chat only; False where it was told before."""
        with self._database.write() as connection:
            if is_known(connection, change):
                return False
            story_id = add_story(connection, change, now)
            add_change(connection, change, story_id)
            chat_id = chats.find_or_add(connection, address, now)
            row = {
                "story_id": story_id,
                "chat_id": chat_id,
                "platform": address.platform,
                "due_at": now,
            }
            connection.execute(insert(tables.outbox).values(**row))
            return True

    def get(self, story_id: int) -> Story | None:
        """A story by its number."""
        with self._database.read() as connection:
            return next(iter(read(connection, tables.story.c.id == story_id, 1)), None)

    def near(self, services: Sequence[str], when: datetime) -> list[Story]:
        """The stories that a new part about these services, dated `when`, could join; the latest first."""
        recorded = tables.story.c.recorded.between(when - MEMORY, when + MEMORY)
        with self._database.read() as connection:
            return list(filter(is_event, read(connection, _of(services) & recorded, MOST_NEAR)))

    def recent(self, services: Sequence[str], limit: int) -> list[Story]:
        """The newest stories of some services, the latest first."""
        with self._database.read() as connection:
            return list(filter(told_to_all, read(connection, _of(services), limit + SPARE)))[:limit]

    def shaken(self, service: str) -> list[Story]:
        """The newest stories of a service that took away or reworded a way to say no."""
        touched = select(tables.change.c.story_id).where(tables.SHAKEN)
        with self._database.read() as connection:
            return read(connection, _of([service]) & tables.story.c.id.in_(touched), MOST_SHAKEN)

    def recent_minor(self, services: Sequence[str], limit: int) -> list[Change]:
        """The newest changes that were too small to tell anybody."""
        t = tables.change.c
        small = t.service.in_(services) & (t.verdict == Verdict.MINOR)
        query = select(t.payload).where(small).order_by(t.recorded.desc()).limit(limit)
        with self._database.read() as connection:
            return [codec.load_change(text) for text in connection.execute(query).scalars()]

    def changes(self, services: Iterable[str], limit: int) -> list[JudgedChange]:
        """The newest changes of some services, whatever their verdict."""
        t = tables.change.c
        theirs = t.service.in_(list(services))
        query = select(t.payload, t.story_id).where(theirs).order_by(t.recorded.desc()).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [JudgedChange(codec.load_change(row.payload), row.story_id) for row in rows]


# -- within a transaction


def read(connection: Connection, where: ColumnElement[bool], limit: int) -> list[Story]:
    """Stories with all their parts, the latest first."""
    t, parts = tables.story.c, tables.change.c
    newest = select(t.id).where(where).order_by(t.recorded.desc(), t.id.desc()).limit(limit)
    found: dict[int, list[Change]] = {
        story_id: [] for story_id in connection.execute(newest).scalars()
    }
    rows = connection.execute(
        select(parts.story_id, parts.payload).where(parts.story_id.in_(found))
    )
    for row in rows:
        found[row.story_id].append(codec.load_change(row.payload))
    return [story_from(story_id, changes) for story_id, changes in found.items() if changes]


def is_known(connection: Connection, change: Change) -> bool:
    """Whether a change was kept before."""
    return bool(
        connection.execute(select(exists().where(tables.change.c.uid == change.uid))).scalar_one()
    )


def add_story(connection: Connection, change: Change, now: datetime) -> int:
    """A new story that begins with a change; its number."""
    row = insert(tables.story).values(
        told_at=now, recorded=change.recorded, deadline=deadline_of(change)
    )
    return int(connection.execute(row.returning(tables.story.c.id)).scalar_one())


def add_change(connection: Connection, change: Change, story_id: int | None) -> None:
    """Keep a change, as a part of a story where it has one."""
    values = {
        "uid": change.uid,
        "story_id": story_id,
        "service": change.services[0] if change.services else "",
        "recorded": change.recorded,
        "verdict": change.verdict,
        "payload": codec.dump_change(change),
        "shaken": int(shaken(change)),
    }
    connection.execute(insert_new(tables.change, connection).values(**values))


def add_part(connection: Connection, change: Change, story_id: int) -> None:
    """The story is about the services of all its parts."""
    add_change(connection, change, story_id)
    services = [{"service": service, "story_id": story_id} for service in change.services]
    connection.execute(insert_new(tables.story_service, connection), services)


def deadline_of(change: Change) -> datetime | None:
    """The day on which a change comes into force, if the text gives it: until then there is something to do."""
    day = change.effective
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def _to_be_told(connection: Connection, change: Change) -> bool:
    """What matters is a story; a small edit is one where somebody who follows the service asked for everything."""
    if change.verdict is not Verdict.MINOR:
        return change.verdict is Verdict.MATERIAL
    s, c = tables.subscription.c, tables.chat.c
    keen = exists().where(
        s.service.in_(change.services), s.chat_id == c.id, c.least == Level.EVERYTHING
    )
    return bool(connection.execute(select(keen)).scalar_one())


def _told_at(connection: Connection, story_id: int) -> datetime:
    t = tables.story.c
    told: datetime = connection.execute(select(t.told_at).where(t.id == story_id)).scalar_one()
    return told


def _of(services: Sequence[str]) -> ColumnElement[bool]:
    t = tables.story_service.c
    return tables.story.c.id.in_(select(t.story_id).where(t.service.in_(services)))
