"""Stories: publishing them with their outbox rows, and finding them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select, update

from bot.habits import Level
from bot.matcher import Audience
from bot.model import Change, Held, Item, ItemState, Part, Record, Story, Verdict
from bot.pace import is_urgent
from bot.reasons import Noise, Unread
from bot.store import codec, tables
from bot.store.database import insert_new
from bot.store.fanning import Fanning
from bot.understand.optout import shaken
from bot.understand.stories import MEMORY, story_from, worth_a_note


class Telling(Fanning):
    def publish(
        self, item: Item, change: Change, held: Held | None, story: Story | None, audience: Audience, now: datetime
    ) -> int:
        """Settle an item in one transaction: seen, the change, the document's memory, the story, and one outbox
        row per chat, or where there are many chats the first of them and the mark from which `fan_out` goes on.
        Returns the number of alerts queued; 0 where it was settled before.

        A change that is not material is kept without a story. A part that joins a story reaches only
        those who would have had it at the time and were not told.
        """
        with self._write() as connection:
            if not self._mark_seen(connection, item.uid, "; ".join(reason.code for reason in change.why)):
                return 0
            if held:
                self._remember(connection, held)
            known = story.id if story else None
            if known is None and not self._to_be_told(connection, change):
                self._add_change(connection, change, None)
                return 0
            story_id = known or self._new_story(connection, change, now)
            self._add_part(connection, change, story_id)
            # A new story is for all who follow it now, even if the clock was set back since they began to.
            since = self._told_at(connection, story_id) if story else tables.NEVER
            if story and worth_a_note(story, change):
                self._spread(
                    connection, story_id, Part.addition(change.uid), Audience(change.services, None), now, now, urgent=False
                )
            if change.record is Record.TAKEN_BACK:
                return 0
            return self._spread(connection, story_id, Part(), audience, since, now, is_urgent(deadline_of(change), now))

    @staticmethod
    def _to_be_told(connection: Connection, change: Change) -> bool:
        """What matters is a story; a small edit is one where somebody who follows the service asked for everything."""
        if change.verdict is not Verdict.MINOR:
            return change.verdict is Verdict.MATERIAL
        s, c = tables.subscription.c, tables.chat.c
        keen = exists().where(s.service.in_(change.services), s.chat_id == c.id, c.least == Level.EVERYTHING)
        return bool(connection.execute(select(keen)).scalar_one())

    def hold(self, item: Item, change: Change, held: Held, due: datetime) -> None:
        """Keep a doubtful change back until `due`; the document's memory goes on."""
        t = tables.item
        with self._write() as connection:
            waiting = update(t).where(t.c.uid == item.uid, t.c.state == ItemState.NEW)
            if connection.execute(waiting.values(state=ItemState.HELD, due_at=due, held=codec.dump_change(change))).rowcount:
                self._remember(connection, held)

    def remember(self, held: Held) -> None:
        """Keep what was learnt of a document."""
        with self._write() as connection:
            self._remember(connection, held)

    def skip(self, item: Item, why: Noise | Unread, held: Held | None = None, stale: bool = False) -> None:
        """Settle an item that is no news to anybody, keeping what was learnt from it.

        `stale`: its text was not fetched, so what we hold of its document is out of date and is dropped.
        """
        with self._write() as connection:
            if not self._mark_seen(connection, item.uid, why):
                return
            if held:
                self._remember(connection, held)
            elif stale and item.document:
                connection.execute(delete(tables.document).where(tables.document.c.key == item.document.key))

    def story(self, story_id: int) -> Story | None:
        with self._read() as connection:
            return next(iter(self._stories(connection, tables.story.c.id == story_id, 1)), None)

    def stories_about(self, services: Sequence[str], when: datetime) -> list[Story]:
        """The stories that a new part about these services, dated `when`, could join."""
        near = tables.story.c.recorded.between(when - MEMORY, when + MEMORY)
        with self._read() as connection:
            return _told(self._stories(connection, self._of(services) & near, 100))

    def recent(self, services: Sequence[str], limit: int) -> list[Story]:
        """The newest stories of some services, the latest first."""
        with self._read() as connection:
            return _told(self._stories(connection, self._of(services), limit + 5))[:limit]

    def shaken(self, service: str) -> list[Story]:
        """The newest stories of a service that took away or reworded a way to say no."""
        touched = select(tables.change.c.story_id).where(tables.SHAKEN)
        with self._read() as connection:
            return self._stories(connection, self._of([service]) & tables.story.c.id.in_(touched), 20)

    def recent_minor(self, services: Sequence[str], limit: int) -> list[Change]:
        """The newest changes that were too small to tell anybody."""
        t = tables.change.c
        query = (
            select(t.payload).where(t.service.in_(services), t.verdict == Verdict.MINOR)
            .order_by(t.recorded.desc()).limit(limit)
        )  # fmt: skip
        with self._read() as connection:
            return [codec.load_change(text) for text in connection.execute(query).scalars()]

    def counts(self) -> dict[str, int]:
        """Changes by verdict, for the operator."""
        t = tables.change.c
        with self._read() as connection:
            return {v: n for v, n in connection.execute(select(t.verdict, func.count()).group_by(t.verdict))}

    @staticmethod
    def _of(services: Sequence[str]) -> ColumnElement[bool]:
        about = select(tables.story_service.c.story_id).where(tables.story_service.c.service.in_(services))
        return tables.story.c.id.in_(about)

    @staticmethod
    def _stories(connection: Connection, where: ColumnElement[bool], limit: int) -> list[Story]:
        t, parts = tables.story.c, tables.change.c
        ids = list(
            connection.execute(select(t.id).where(where).order_by(t.recorded.desc(), t.id.desc()).limit(limit)).scalars()
        )
        found: dict[int, list[Change]] = {story_id: [] for story_id in ids}
        rows = connection.execute(select(parts.story_id, parts.payload).where(parts.story_id.in_(ids)))
        for row in rows:
            found[row.story_id].append(codec.load_change(row.payload))
        return [story_from(story_id, changes) for story_id, changes in found.items() if changes]

    @staticmethod
    def _mark_seen(connection: Connection, uid: str, why: str) -> bool:
        t = tables.item
        done = (
            update(t)
            .where(t.c.uid == uid, t.c.state.in_((ItemState.NEW, ItemState.HELD)))
            .values(state=ItemState.SEEN, payload=None, held=None, why=why)
        )
        return connection.execute(done).rowcount == 1

    @staticmethod
    def _remember(connection: Connection, held: Held) -> None:
        t = tables.document
        connection.execute(delete(t).where(t.c.key == held.document.key))
        connection.execute(insert(t).values(
            key=held.document.key, recorded=held.recorded, text=codec.squeeze(held.text),
            sentences=codec.pack(held.sentences), versions=codec.pack(held.versions),
            version=held.version, lived=held.lived, returns=held.returns, pages=held.pages,
        ))  # fmt: skip

    @staticmethod
    def _add_change(connection: Connection, change: Change, story_id: int | None) -> None:
        service = change.services[0] if change.services else ""
        connection.execute(insert_new(tables.change, connection).values(
            uid=change.uid, story_id=story_id, service=service, recorded=change.recorded,
            verdict=change.verdict, payload=codec.dump_change(change), shaken=int(shaken(change)),
        ))  # fmt: skip

    @classmethod
    def _add_part(cls, connection: Connection, change: Change, story_id: int) -> None:
        """The story is about the services of all its parts."""
        cls._add_change(connection, change, story_id)
        services = [{"service": service, "story_id": story_id} for service in change.services]
        connection.execute(insert_new(tables.story_service, connection), services)

    @staticmethod
    def _new_story(connection: Connection, change: Change, now: datetime) -> int:
        row = insert(tables.story).values(told_at=now, recorded=change.recorded, deadline=deadline_of(change))
        return int(connection.execute(row.returning(tables.story.c.id)).scalar_one())

    @staticmethod
    def _told_at(connection: Connection, story_id: int) -> datetime:
        told: datetime = connection.execute(select(tables.story.c.told_at).where(tables.story.c.id == story_id)).scalar_one()
        return told


def _told(stories: list[Story]) -> list[Story]:
    """Without the dates of the catalogue, which are no events, and small edits, which others are not told."""
    return [s for s in stories if s.lead.record is not Record.DEADLINE and s.lead.verdict is not Verdict.MINOR]


def deadline_of(change: Change) -> datetime | None:
    """The day on which a change comes into force, if the text gives it: until then there is something to do."""
    day = change.effective
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
