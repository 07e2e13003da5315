"""What we hold and why: of a story for a chat, of a service, and of the chat itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.model import Address, Change, DeliveryState, Part
from bot.reasons import HeldFor
from bot.store import codec, tables
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a story for a chat: `state` is the outbox's, None where it never was in it; `held_for` is what it
    waits for, `why` what the platform said. `since` is when the chat began to follow one of the story's services, `told`
    when the story was published."""

    state: DeliveryState | None = None
    held_for: HeldFor | None = None
    why: str = ""
    sent_at: datetime | None = None
    since: datetime | None = None
    told: datetime | None = None


class Explaining(Database):
    def fate(self, address: Address, story_id: int) -> Fate:
        o, c, s, about, t = tables.outbox.c, tables.chat.c, tables.subscription.c, tables.story_service.c, tables.story.c
        here = select(c.id).where(tables.chat_at(address)).scalar_subquery()
        row = select(o.state, o.why, o.sent_at).where(o.chat_id == here, o.story_id == story_id, o.part == Part())
        since = select(func.min(s.since)).join(tables.story_service, about.service == s.service).where(
            s.chat_id == here, about.story_id == story_id
        )  # fmt: skip
        with self._read() as connection:
            found = connection.execute(row).one_or_none()
            begun = connection.execute(since).scalar_one()
            told = connection.execute(select(t.told_at).where(t.id == story_id)).scalar_one_or_none()
        if found is None:
            return Fate(since=begun, told=told)
        return Fate(found.state, *codec.load_wait(found.why or ""), found.sent_at, begun, told)

    def changes(self, services: Iterable[str], limit: int) -> list[tuple[Change, int | None]]:
        """The newest changes of some services, whatever their verdict, with the story that each became part of."""
        t = tables.change.c
        query = select(t.payload, t.story_id).where(t.service.in_(list(services))).order_by(t.recorded.desc()).limit(limit)
        with self._read() as connection:
            return [(codec.load_change(row.payload), row.story_id) for row in connection.execute(query)]

    def documents(self, collections: Iterable[str], folders: Iterable[str]) -> list[tuple[str, datetime]]:
        """The documents of a service that we have read, and when their last version was recorded."""
        t = tables.document.c
        prefixes = [f"{collection}/{folder}/" for collection in collections for folder in folders]
        if not prefixes:
            return []
        ours = [t.key.startswith(prefix, autoescape=True) for prefix in prefixes]
        with self._read() as connection:
            found = [row for each in ours for row in connection.execute(select(t.key, t.recorded).where(each))]
        return sorted((row.key, row.recorded) for row in found)

    def kept(self, address: Address) -> dict[str, Any]:
        """Everything that is kept about a chat, as plain values; empty where nothing is."""
        c = tables.chat
        with self._read() as connection:
            row = connection.execute(select(c).where(tables.chat_at(address))).one_or_none()
            if row is None:
                return {}
            mine = (tables.subscription, tables.outbox, tables.answered, tables.acted)
            found = {table.name: connection.execute(select(table).where(table.c.chat_id == row.id)).all() for table in mine}
        plain = {name: [_plain(each) for each in rows] for name, rows in found.items()}
        return {"chat": _plain(row), **plain}


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row._mapping.items()
        if value not in (None, "") and name not in ("chat_id", "owner")
    }
