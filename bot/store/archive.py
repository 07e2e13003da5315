"""The archive: the published stories, and those that a chat was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select

from bot.model import Address, Story
from bot.states import DeliveryState, Part
from bot.store import conditions, tables
from bot.store.database import Database
from bot.store.stories import TOLD_TO_ALL, of, read

#: The stories told to all chats that are about terms, not about coverage.
_OF_TERMS = TOLD_TO_ALL & exists().where(
    tables.change.c.story_id == tables.story.c.id,
    tables.change.c.uid.not_like("coverage:%"),
)


class Archive:
    """The facet `store.archive`: published stories. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def published(self, services: Sequence[str], limit: int, skip: int = 0) -> list[Story]:
        """The newest published stories about terms, after the first `skip`.

        Only those of `services`, or of all services if it is empty.
        """
        with self._database.read() as connection:
            return read(connection, _public(services) & _OF_TERMS, limit, skip)

    def count(self, services: Sequence[str]) -> int:
        """How many stories `published` has for these services."""
        query = select(func.count()).select_from(tables.story)
        with self._database.read() as connection:
            found = connection.execute(query.where(_public(services), _OF_TERMS))
            return int(found.scalar_one())

    def coming(self, since: datetime, limit: int, services: Sequence[str] = ()) -> list[Story]:
        """Stories with a day to act by, from `since` on, the nearest first.

        Only those of `services`, or of all services if it is empty.
        """
        story = tables.story.c
        ahead = _public(services) & _OF_TERMS & (story.deadline >= since) & (story.void == 0)
        nearest = select(story.id).where(ahead).order_by(story.deadline, story.id).limit(limit)
        with self._database.read() as connection:
            ids = list(connection.execute(nearest).scalars())
            found = read(connection, story.id.in_(ids), limit)
        return sorted(found, key=lambda each: ids.index(each.id))

    def heard(self, address: Address, limit: int) -> list[tuple[Story, datetime]]:
        """The newest stories that a chat was told, each with the time it was sent."""
        queue = tables.outbox.c
        mine = queue.chat_id.in_(conditions.chat_ids(address)) & (queue.part == Part())
        sent = select(queue.story_id, queue.sent_at).where(mine, queue.state == DeliveryState.SENT)
        with self._database.read() as connection:
            rows = connection.execute(sent.order_by(queue.sent_at.desc()).limit(limit)).all()
            when = {row.story_id: row.sent_at for row in rows}
            found = read(connection, tables.story.c.id.in_(when), limit)
        told = [(story, when[story.id]) for story in found if story.lead.services]
        return sorted(told, key=lambda pair: pair[1], reverse=True)


def _public(services: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a story is about one of these services; about any, if none are named."""
    if services:
        return of(services)
    return exists().where(tables.story_service.c.story_id == tables.story.c.id)
