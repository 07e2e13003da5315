"""Pages of chats: links that open one once, sessions that keep it open, addresses of feeds."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select

from bot.model import Address
from bot.platform import Place
from bot.store import chats, codec, conditions, tables
from bot.store.database import Database
from bot.store.page_tables import page_key

#: Bytes of chance in a key.
KEY_BYTES = 32


class KeyKind(StrEnum):
    """What somebody can do with a key: open a page once, keep it open, or read its feeds."""

    LINK = "link"
    SESSION = "session"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A chat whose page is open until then, and the channels of its server where it shows them."""

    address: Address
    until: datetime
    places: tuple[Place, ...] = ()


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(KEY_BYTES)


class Pages:
    """`store.pages`. Every method raises StoreError where the database fails.

    Keys are secrets that only who has them knows: what is kept is their sums.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def offer(
        self,
        address: Address,
        key: str,
        until: datetime,
        now: datetime,
        places: Sequence[Place] = (),
    ) -> None:
        """Let a link open the page of a chat once, until then, and no earlier link."""
        with self._database.write() as connection:
            chat_id = _locked(connection, address, now)
            _drop(connection, chat_id, KeyKind.LINK)
            written = _written(places)
            _add(connection, (key, KeyKind.LINK, chat_id), now, until, written)

    def is_offered(self, key: str, now: datetime) -> bool:
        """Whether a link would open a page now."""
        with self._database.read() as connection:
            return _found(connection, key, KeyKind.LINK, now) is not None

    def open(self, key: str, session: str, until: datetime, now: datetime) -> bool:
        """Use a link up, and keep its page open by a session until then; False where it is none.

        Earlier sessions of the chat end: who has the newest link has the page.
        """
        if not self.is_offered(key, now):
            return False  # whoever makes keys up takes nobody's turn to write
        with self._database.write() as connection:
            link = _found(connection, key, KeyKind.LINK, now)
            used = delete(page_key).where(_is(key, KeyKind.LINK))
            if link is None or not connection.execute(used).rowcount:
                return False  # used before, or by somebody faster
            _drop(connection, link.chat_id, KeyKind.SESSION)
            _add(connection, (session, KeyKind.SESSION, link.chat_id), now, until, link.places)
            return True

    def session(self, key: str, now: datetime) -> OpenPage | None:
        """The page that a session keeps open; None where it is over."""
        with self._database.read() as connection:
            found = _found(connection, key, KeyKind.SESSION, now)
        if found is None:
            return None
        return OpenPage(_address(found), found.until, _read(found.places))

    def close(self, key: str) -> None:
        """End a session."""
        with self._database.write() as connection:
            connection.execute(delete(page_key).where(_is(key, KeyKind.SESSION)))

    def offer_feed(self, address: Address, key: str, now: datetime) -> None:
        """Give the feeds of a chat an address, in the place of an earlier one."""
        with self._database.write() as connection:
            chat_id = _locked(connection, address, now)
            _drop(connection, chat_id, KeyKind.FEED)
            _add(connection, (key, KeyKind.FEED, chat_id), now, None, "")

    def drop_feed(self, address: Address) -> None:
        """Give up the address of a chat's feeds."""
        mine = page_key.c.chat_id.in_(conditions.chat_ids(address))
        with self._database.write() as connection:
            connection.execute(delete(page_key).where(mine, page_key.c.kind == KeyKind.FEED))

    def feed_since(self, address: Address) -> datetime | None:
        """Since when the feeds of a chat have the address that they have; None without one."""
        mine = page_key.c.chat_id.in_(conditions.chat_ids(address))
        query = select(page_key.c.since).where(mine, page_key.c.kind == KeyKind.FEED)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def of_feed(self, key: str, now: datetime) -> Address | None:
        """The chat whose feeds have this address."""
        with self._database.read() as connection:
            found = _found(connection, key, KeyKind.FEED, now)
        return _address(found) if found is not None else None

    def tidy(self, now: datetime) -> None:
        """Erase links and sessions that are over."""
        with self._database.write() as connection:
            connection.execute(delete(page_key).where(page_key.c.until <= now))


# -- within a transaction


def _locked(connection: Connection, address: Address, now: datetime) -> int:
    """The number of a chat, whose keys nobody else changes meanwhile."""
    chat_id = chats.find_or_add(connection, address, now)
    mine = select(tables.chat.c.id).where(tables.chat.c.id == chat_id)
    connection.execute(mine.with_for_update())
    return chat_id


def _found(connection: Connection, key: str, kind: KeyKind, now: datetime) -> Any:
    """The row of a key that still works, with the address of its chat."""
    chat = tables.chat.c
    key_columns = (page_key.c.chat_id, page_key.c.places, page_key.c.until)
    columns = (*key_columns, chat.platform, chat.chat, chat.thread)
    query = select(*columns).join(tables.chat, chat.id == page_key.c.chat_id)
    lasts = page_key.c.until.is_(None) | (page_key.c.until > now)
    return connection.execute(query.where(_is(key, kind), lasts)).one_or_none()


def _add(
    connection: Connection,
    made: tuple[str, KeyKind, int],
    now: datetime,
    until: datetime | None,
    places: str,
) -> None:
    """Keep a key of that kind for a chat by its number."""
    key, kind, chat_id = made
    values = {"sum": codec.sum_of(key), "kind": kind, "chat_id": chat_id, "places": places}
    connection.execute(insert(page_key).values(since=now, until=until, **values))


def _drop(connection: Connection, chat_id: int, kind: KeyKind) -> None:
    mine = (page_key.c.chat_id == chat_id) & (page_key.c.kind == kind)
    connection.execute(delete(page_key).where(mine))


def _is(key: str, kind: KeyKind) -> ColumnElement[bool]:
    return (page_key.c.sum == codec.sum_of(key)) & (page_key.c.kind == kind)


def _address(row: Row[Any]) -> Address:
    return Address(row.platform, row.chat, row.thread)


def _written(places: Sequence[Place]) -> str:
    if not places:
        return ""
    rows = []
    for place in places:
        address = place.address
        rows.append([address.platform, address.chat, address.thread, place.name, place.lacks])
    return json.dumps(rows)


def _read(written: str) -> tuple[Place, ...]:
    found = []
    for platform, chat, thread, name, lacks in json.loads(written or "[]"):
        found.append(Place(Address(platform, chat, thread), name, tuple(lacks)))
    return tuple(found)
