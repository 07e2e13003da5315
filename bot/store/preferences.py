"""Preferences: what a chat chose for itself. All of it is one row, read at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.model import Address
from bot.preferences import ChatSettings, Interests, Level, Schedule
from bot.states import ChatState
from bot.store import chats, codec, outbox, tables
from bot.store.database import Database


class Preferences:
    """`store.preferences`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, address: Address) -> ChatSettings | None:
        """What we know of a chat; None where it never chose anything."""
        with self._database.read() as connection:
            row = connection.execute(
                select(tables.chat).where(tables.chat_at(address))
            ).one_or_none()
        return settings_of(row) if row else None

    def set_regions(self, address: Address, regions: frozenset[str], now: datetime) -> int:
        """Choose the regions of a chat, for all it subscribed to; how many subscriptions changed."""
        with self._database.write() as connection:
            chat_id = _set(connection, address, now, regions=" ".join(sorted(regions)))
            return _move_subscriptions(connection, chat_id, regions)

    def set_schedule(self, address: Address, schedule: Schedule, now: datetime) -> None:
        """From now on; what was put aside is looked at again."""
        remind = f" {' '.join(map(str, schedule.reminders))} "
        with self._database.write() as connection:
            chat_id = _set(
                connection, address, now, pace=codec.dump_schedule(schedule), remind=remind
            )
            outbox.look_again(connection, chat_id, now)

    def set_language(self, address: Address, language: str, now: datetime) -> None:
        """The language in which we speak there, by its code."""
        with self._database.write() as connection:
            _set(connection, address, now, language=language)

    def set_mention(self, address: Address, role: str, now: datetime) -> None:
        """The role that alerts call in a channel; "" calls nobody."""
        with self._database.write() as connection:
            _set(connection, address, now, mention=role)

    def set_interests(self, address: Address, interests: Interests, now: datetime) -> None:
        """From which level on a chat wants to hear, and of which topics only."""
        topics = (
            f" {' '.join(sorted(interests.topics))} " if interests.topics else ""
        )  # so that one is found by LIKE
        with self._database.write() as connection:
            _set(connection, address, now, least=int(interests.least), topics=topics)

    def set_publish(self, address: Address, publish: bool) -> None:
        """Whether other servers follow a channel, so that what is posted there is published too."""
        c = tables.chat
        with self._database.write() as connection:
            connection.execute(
                update(c).where(tables.chat_at(address)).values(publish=int(publish))
            )


def settings_of(row: Row[Any]) -> ChatSettings:
    """From the columns of a chat."""
    return ChatSettings(
        language=row.language,
        shared=bool(row.shared),
        mention=row.mention,
        interests=Interests(Level(row.least), frozenset(row.topics.split())),
        schedule=codec.load_schedule(row.pace),
        regions=frozenset(row.regions.split()),
        paused=row.why if row.state is ChatState.PAUSED else None,
    )


def _set(connection: Connection, address: Address, now: datetime, **values: Any) -> int:
    """Write columns of a chat, which is made where it is new; its number."""
    chat_id = chats.find_or_add(connection, address, now)
    connection.execute(update(tables.chat).where(tables.chat.c.id == chat_id).values(**values))
    return chat_id


def _move_subscriptions(connection: Connection, chat_id: int, regions: frozenset[str]) -> int:
    """Every subscription of a chat is for these regions now, as old and as muted as it was; how many there are."""
    t = tables.subscription
    mine = t.c.chat_id == chat_id
    columns = (
        t.c.service,
        func.min(t.c.since).label("since"),
        func.max(t.c.muted_until).label("muted_until"),
    )
    kept = connection.execute(select(*columns).where(mine).group_by(t.c.service)).all()
    connection.execute(delete(t).where(mine))
    rows = [
        {"chat_id": chat_id, "region": region, **row._mapping}
        for row in kept
        for region in sorted(regions)
    ]
    if rows:
        connection.execute(insert(t), rows)
    return len(kept)
