"""A cache of decoded stories for sending."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.model import Story
from bot.store import codec, statements, tables
from bot.understand.stories import story_from

#: The cache is emptied when it holds more stories than this.
STORIES = 256


class StoryCache:
    """Stories that are being sent, decoded once; one that has grown is read again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Story] = {}

    def read(self, connection: Connection, ids: set[int]) -> dict[int, Story]:
        """Stories with all their parts, by id."""
        rows = connection.execute(statements.SIZES, {"stories": list(ids)})
        sizes: dict[int, int] = dict(rows.all())
        if len(self._known) > STORIES:
            self._known.clear()
        new = [number for number, size in sizes.items() if (number, size) not in self._known]
        if new:
            self._decode(connection, new, sizes)
        return {number: self._known[number, size] for number, size in sizes.items()}

    def _decode(self, connection: Connection, new: list[int], sizes: dict[int, int]) -> None:
        part = tables.change.c
        query = select(part.story_id, part.payload).where(part.story_id.in_(new))
        rows = connection.execute(query).all()
        for number in new:
            changes = [codec.load_change(row.payload) for row in rows if row.story_id == number]
            self._known[number, sizes[number]] = story_from(number, changes)
