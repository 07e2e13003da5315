"""Preferences: a chat's settings, which are one row and read at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.model import Address
from bot.preferences import ChatSettings, Interests, Level, Schedule
from bot.states import ChatState
from bot.store import chats, codec, conditions, outbox, tables
from bot.store.database import Database
from bot.verdicts import Role


class Preferences:
    """The facet `store.preferences`: settings of chats. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, address: Address) -> ChatSettings | None:
        """The settings of a chat; None if it is unknown."""
        with self._database.read() as connection:
            here = select(tables.chat).where(conditions.chat_at(address))
            row = connection.execute(here).one_or_none()
        if row is None:
            return None
        return settings_of(row)

    def set_regions(self, address: Address, regions: frozenset[str], now: datetime) -> int:
        """Set a chat's regions, for all that it follows; return how many services that is."""
        with self._database.write() as connection:
            chat_id = _set(connection, address, now, regions=" ".join(sorted(regions)))
            return _move_subscriptions(connection, chat_id, regions)

    def set_schedule(self, address: Address, schedule: Schedule, now: datetime) -> None:
        """Set when a chat is told; rows that were put aside are planned anew."""
        values = {
            "pace": codec.dump_schedule(schedule),
            "remind": f" {' '.join(map(str, schedule.reminders))} ",
        }
        with self._database.write() as connection:
            chat_id = _set(connection, address, now, **values)
            outbox.look_again(connection, chat_id, now)

    def set_language(self, address: Address, language: str, now: datetime) -> None:
        """Set the language of a chat, by its code."""
        with self._database.write() as connection:
            _set(connection, address, now, language=language)

    def set_mention(self, address: Address, role: str, now: datetime) -> None:
        """Set the role that alerts in a channel notify; "" for none."""
        with self._database.write() as connection:
            _set(connection, address, now, mention=role)

    def set_interests(self, address: Address, interests: Interests, now: datetime) -> None:
        """Set from which level on a chat hears of changes, of which topics, and in which roles."""
        values = {
            "least": int(interests.least),
            "topics": codec.dump_words(interests.topics),
            "roles": codec.dump_words(interests.roles),
        }
        with self._database.write() as connection:
            _set(connection, address, now, **values)

    def set_publish(self, address: Address, publish: bool) -> None:
        """Set whether messages in a channel are also published to its followers."""
        here = update(tables.chat).where(conditions.chat_at(address))
        with self._database.write() as connection:
            connection.execute(here.values(publish=int(publish)))


def settings_of(row: Row[Any]) -> ChatSettings:
    """The settings in a row of the chat table."""
    paused = None
    if row.state is not ChatState.ACTIVE:
        paused = row.why
    interests = Interests(
        least=Level(row.least),
        topics=frozenset(row.topics.split()),
        roles=frozenset(map(Role, row.roles.split())),
    )
    return ChatSettings(
        language=row.language,
        shared=bool(row.shared),
        mention=row.mention,
        interests=interests,
        schedule=codec.load_schedule(row.pace),
        regions=frozenset(row.regions.split()),
        paused=paused,
        server=row.server,
        manager=row.manager,
    )


def _set(connection: Connection, address: Address, now: datetime, **values: Any) -> int:
    """Set columns of a chat, which is added if it is new; return its id."""
    chat_id = chats.find_or_add(connection, address, now)
    connection.execute(update(tables.chat).where(tables.chat.c.id == chat_id).values(**values))
    return chat_id


def _move_subscriptions(connection: Connection, chat_id: int, regions: frozenset[str]) -> int:
    """Give every subscription of a chat these regions, and leave the rest of it as it was.

    Returns how many services the chat follows.
    """
    subscription = tables.subscription.c
    mine = subscription.chat_id == chat_id
    columns = (
        subscription.service,
        func.min(subscription.since).label("since"),
        func.max(subscription.muted_until).label("muted_until"),
        conditions.kinds_of_all_rows(subscription).label("kinds"),
    )
    by_service = select(*columns).where(mine).group_by(subscription.service)
    kept = connection.execute(by_service).all()
    connection.execute(delete(tables.subscription).where(mine))
    rows: list[dict[str, Any]] = []
    for row in kept:
        values = {"chat_id": chat_id, **row._mapping}
        rows += [{**values, "region": region} for region in sorted(regions)]
    if rows:
        connection.execute(insert(tables.subscription), rows)
    return len(kept)
