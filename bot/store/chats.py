"""Chats: adding, moving, merging, exporting and erasing them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    case,
    delete,
    exists,
    insert,
    select,
    update,
)

from bot.model import Address
from bot.states import ChatState, Part
from bot.store import (
    codec,
    conditions,
    fan_out,
    leaving,
    merging,
    missed,
    outbox,
    snapshots,
    tables,
    undo_tables,
)
from bot.store.database import Database
from bot.store.page_tables import page_key

#: The settings that a code carries from one chat to another.
_SETTINGS = ("regions", "pace", "remind", "language", "least", "topics", "roles")
#: Columns that an export leaves out: they say nothing about the chat.
_OURS = ("chat_id", "owner", "salt", "sum")
#: The tables whose rows an export contains.
_EXPORTED = (
    tables.subscription,
    undo_tables.unfollowed,
    undo_tables.snapshot,
    tables.outbox,
    tables.answered,
    tables.acted,
    page_key,
)
#: All tables with rows about a chat, apart from its own.
_ABOUT_CHATS = (*_EXPORTED, undo_tables.link_code)


class Chats:
    """The facet `store.chats`: chats and their data. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def meet(
        self, address: Address, language: str, shared: bool, server: str = "", manager: str = ""
    ) -> None:
        """Store what the platform says of a known chat; `manager` is a hash of a person.

        The language is stored only if nobody has chosen one.
        """
        chat = tables.chat.c
        spoken = case((chat.language == "", language), else_=chat.language)
        here = update(tables.chat).where(conditions.chat_at(address))
        values = {"shared": int(shared), "server": server, "manager": manager}
        with self._database.write() as connection:
            connection.execute(here.values(language=spoken, **values))

    def move(self, old: Address, new: Address) -> None:
        """Move a chat to its new id on the platform, and merge it with any chat already there.

        Its threads move with it.
        """
        here = select(tables.chat).where(_all_threads(old))
        there = select(tables.chat).where(_all_threads(new))
        with self._database.write() as connection:
            taken = {chat.thread: chat.id for chat in connection.execute(there)}
            for chat in connection.execute(here).all():
                if chat.thread in taken:
                    merging.merge(connection, chat.id, taken[chat.thread])
                else:
                    mine = update(tables.chat).where(tables.chat.c.id == chat.id)
                    connection.execute(mine.values(chat=new.chat))

    def forget(self, address: Address) -> bool:
        """Erase everything about a chat; True if there was anything."""
        here = conditions.chat_ids(address)
        with self._database.write() as connection:
            theirs = tables.outbox.c.chat_id.in_(here)
            withdrawn = leaving.flying(connection, theirs)
            for table in _ABOUT_CHATS:
                connection.execute(delete(table).where(table.c.chat_id.in_(here)))
            gone = connection.execute(delete(tables.chat).where(conditions.chat_at(address)))
        self._database.withdraw(withdrawn)
        return gone.rowcount > 0

    def forget_manager(self, platform: str, manager: str) -> bool:
        """Forget that a person, given as a hash, managed group chats; True if they did."""
        chat = tables.chat.c
        theirs = (chat.platform == platform) & (chat.manager == manager) & (chat.manager != "")
        with self._database.write() as connection:
            forgotten = update(tables.chat).where(theirs).values(manager="")
            return connection.execute(forgotten).rowcount > 0

    def belong(self, addresses: Collection[Address], server: str) -> None:
        """Store the server of those chats whose server is not known yet."""
        chat = tables.chat.c
        platforms = {address.platform for address in addresses}
        names = {address.chat for address in addresses}
        there = chat.platform.in_(platforms) & chat.chat.in_(names)
        unknown = there & (chat.server == "") & (chat.shared == 1)
        with self._database.read() as connection:
            if not connection.execute(select(exists().where(unknown))).scalar():
                return
        with self._database.write() as connection:
            connection.execute(update(tables.chat).where(unknown).values(server=server))

    def export(self, address: Address) -> dict[str, Any]:
        """Everything stored about a chat, as plain values by table; empty if it is unknown."""
        here = select(tables.chat).where(conditions.chat_at(address))
        with self._database.read() as connection:
            chat = connection.execute(here).one_or_none()
            if chat is None:
                return {}
            exported: dict[str, Any] = {"chat": _plain(chat)}
            for table in _EXPORTED:
                theirs = select(table).where(table.c.chat_id == chat.id)
                exported[table.name] = [_plain(row) for row in connection.execute(theirs)]
        return exported

    def offer(self, address: Address, code: str, until: datetime, now: datetime) -> None:
        """Let a code carry this chat's settings until `until`; its earlier codes stop working."""
        offered = undo_tables.link_code.c
        with self._database.write() as connection:
            chat_id = find_or_add(connection, address, now)
            replaced = (offered.chat_id == chat_id) | (offered.until <= now)
            connection.execute(delete(undo_tables.link_code).where(replaced))
            fresh = {"code": codec.sum_of(code), "chat_id": chat_id, "until": until}
            connection.execute(insert(undo_tables.link_code).values(**fresh))

    def take_over(self, address: Address, code: str, now: datetime) -> int | None:
        """Copy the settings that a code carries, which uses it up.

        Returns how many services the chat follows afterwards, or None if the code is not valid.
        """
        offered, subscription = undo_tables.link_code.c, tables.subscription.c
        carries = (offered.code == codec.sum_of(code)) & (offered.until > now)
        with self._database.write() as connection:
            query = select(offered.chat_id).where(carries)
            giver = connection.execute(query).scalar_one_or_none()
            if giver is None:
                return None
            used = delete(undo_tables.link_code).where(offered.code == codec.sum_of(code))
            if not connection.execute(used).rowcount:
                return None  # another chat was faster
            taker = find_or_add(connection, address, now)
            if taker != giver:
                snapshots.keep(connection, taker, _SETTINGS, now)
                merging.copy(connection, giver, taker, _SETTINGS)
                outbox.look_again(connection, taker, now)
            followed = select(subscription.service).where(subscription.chat_id == taker).distinct()
            return len(connection.execute(followed).all())

    def is_offered(self, code: str, now: datetime) -> bool:
        """Whether a code is valid now."""
        offered = undo_tables.link_code.c
        carries = (offered.code == codec.sum_of(code)) & (offered.until > now)
        with self._database.read() as connection:
            return bool(connection.execute(select(exists().where(carries))).scalar())

    def restore(self, address: Address, now: datetime) -> bool:
        """Restore the settings that a code replaced within a day; False if there are none."""
        here = select(tables.chat.c.id).where(conditions.chat_at(address))
        with self._database.write() as connection:
            chat_id = connection.execute(here).scalar_one_or_none()
            if chat_id is None or not snapshots.restore(connection, chat_id, now):
                return False
            outbox.look_again(connection, chat_id, now)
            return True

    def tidy(self, now: datetime) -> None:
        """Erase what has expired: undo records, and tellings kept for unreachable chats."""
        with self._database.write() as connection:
            for table in (undo_tables.unfollowed, undo_tables.snapshot):
                connection.execute(delete(table).where(table.c.at <= now - undo_tables.KEPT))
            fan_out.forget(connection, now - missed.KEPT)


# -- within a transaction


def find_or_add(connection: Connection, address: Address, now: datetime) -> int:
    """The id of the chat at an address, which is added if it is new.

    A chat that could not be reached is active again, and what it missed is due.
    """
    here = select(tables.chat).where(conditions.chat_at(address))
    found = connection.execute(here).one_or_none()
    if found is None:
        return _add(connection, address, now)
    if found.state is not ChatState.ACTIVE:
        missed.come_back(connection, found, now)
    return int(found.id)


def _add(connection: Connection, address: Address, now: datetime) -> int:
    values = {
        "platform": address.platform,
        "chat": address.chat,
        "thread": address.thread,
        "regions": "",
        "state": ChatState.ACTIVE,
        "why": "",
        "since": now,
    }
    made = insert(tables.chat).values(**values).returning(tables.chat.c.id)
    return int(connection.execute(made).scalar_one())


def _all_threads(address: Address) -> ColumnElement[bool]:
    chat = tables.chat.c
    return (chat.platform == address.platform) & (chat.chat == address.chat)


def _plain(row: Any) -> dict[str, Any]:
    """The columns of a row that say something about its chat, as plain values."""
    plain = {}
    for name, value in row._mapping.items():
        if value in (None, "") or name in _OURS:
            continue
        plain[name] = _written(value)
    return plain


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Part):
        return codec.dump_part(value)
    return value
