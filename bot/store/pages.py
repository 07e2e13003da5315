"""Keys to chats' own pages: one-time links, sessions, and addresses of feeds."""

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

#: Random bytes in a key.
KEY_BYTES = 32


class KeyKind(StrEnum):
    """What a key does: open a page once, keep it open, or read its feeds."""

    LINK = "link"
    SESSION = "session"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A chat whose page is open until `until`, and the channels of its server, if it shows them."""

    address: Address
    until: datetime
    places: tuple[Place, ...] = ()


def new_key() -> str:
    """A random key."""
    return secrets.token_urlsafe(KEY_BYTES)


class Pages:
    """The facet `store.pages`: keys to chats' pages and feeds. Every method may raise StoreError.

    Keys are secrets of those who hold them; only their hashes are stored.
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
        """Let a link open the page of a chat once, until `until`; earlier links stop working."""
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
        """Use up a link and open a session until `until`; False if the link is not valid.

        Earlier sessions of the chat end: the page belongs to whoever has the newest link.
        """
        if not self.is_offered(key, now):
            return False  # guessed keys must not take up turns to write
        with self._database.write() as connection:
            link = _found(connection, key, KeyKind.LINK, now)
            used = delete(page_key).where(_is(key, KeyKind.LINK))
            if link is None or not connection.execute(used).rowcount:
                return False  # used before, or by somebody faster
            _drop(connection, link.chat_id, KeyKind.SESSION)
            _add(connection, (session, KeyKind.SESSION, link.chat_id), now, until, link.places)
            return True

    def session(self, key: str, now: datetime) -> OpenPage | None:
        """The page that a session keeps open, or None if the session is over."""
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
        """Give a chat's feeds a new address; an earlier one stops working."""
        with self._database.write() as connection:
            chat_id = _locked(connection, address, now)
            _drop(connection, chat_id, KeyKind.FEED)
            _add(connection, (key, KeyKind.FEED, chat_id), now, None, "")

    def drop_feed(self, address: Address) -> None:
        """Delete the address of a chat's feeds."""
        mine = page_key.c.chat_id.in_(conditions.chat_ids(address))
        with self._database.write() as connection:
            connection.execute(delete(page_key).where(mine, page_key.c.kind == KeyKind.FEED))

    def feed_since(self, address: Address) -> datetime | None:
        """When the current address of a chat's feeds was made; None without one."""
        mine = page_key.c.chat_id.in_(conditions.chat_ids(address))
        query = select(page_key.c.since).where(mine, page_key.c.kind == KeyKind.FEED)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def of_feed(self, key: str, now: datetime) -> Address | None:
        """The chat whose feeds have this address, or None."""
        with self._database.read() as connection:
            found = _found(connection, key, KeyKind.FEED, now)
        return _address(found) if found is not None else None

    def tidy(self, now: datetime) -> None:
        """Delete links and sessions that have expired."""
        with self._database.write() as connection:
            connection.execute(delete(page_key).where(page_key.c.until <= now))


# -- within a transaction


def _locked(connection: Connection, address: Address, now: datetime) -> int:
    """The id of a chat, whose row is locked so that nobody else changes its keys meanwhile."""
    chat_id = chats.find_or_add(connection, address, now)
    mine = select(tables.chat.c.id).where(tables.chat.c.id == chat_id)
    connection.execute(mine.with_for_update())
    return chat_id


def _found(connection: Connection, key: str, kind: KeyKind, now: datetime) -> Any:
    """The row of a valid key, with the address of its chat, or None."""
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
    """Store a key; `made` is (key, kind, chat id)."""
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
