"""Reach: unreachable chats, when they are tried again, and when they are given up.

What they are told when they are back is in `missed`. See docs/decisions/0039.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update

from bot.model import Address
from bot.outcomes import are_too_many
from bot.states import ChatState, DeliveryState
from bot.store import conditions, missed, tables
from bot.store.database import Database
from bot.store.missed import Missed

#: The waits before an unreachable chat is tried again; the last one repeats.
WAITS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))
#: How long the data of a group or server that removed the bot is kept.
GRACE = timedelta(days=30)
#: A chat must be unreachable for this long before a report that it removed the bot is believed.
DOUBTED = timedelta(days=1)
#: The most chats that are tried again in one go.
TRIED = 20


class Reach:
    """The facet `store.reach`: unreachable chats. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lose(
        self,
        addresses: Collection[Address],
        why: str,
        now: datetime,
        left: bool,
        threads: bool = False,
    ) -> None:
        """Mark chats as unreachable, with their `threads`; their rows are kept but not sent.

        They are tried again after a while, unless they removed the bot (`left`).
        """
        with self._database.write() as connection:
            for chat in _at(connection, addresses, threads):
                _lose(connection, chat, why, now, left)

    def lose_server(self, platform: str, server: str, why: str, now: datetime) -> None:
        """The same for all chats of a server that removed the bot."""
        chat = tables.chat.c
        there = select(tables.chat).where(chat.platform == platform, chat.server == server)
        with self._database.write() as connection:
            for each in connection.execute(there).all():
                _lose(connection, each, why, now, left=True)

    def lose_other_servers(
        self, platform: str, servers: Collection[str], why: str, now: datetime
    ) -> None:
        """The same for all servers but these, which may have removed the bot while it was offline.

        If that is most of them it is not believed: a platform in an outage leaves servers out.
        """
        chat = tables.chat.c
        theirs = (chat.platform == platform) & (chat.server != "") & (chat.state != ChatState.LEFT)
        query = select(chat.server).where(theirs).distinct()
        with self._database.read() as connection:
            known = set(connection.execute(query).scalars())
        gone = known.difference(servers)
        if are_too_many(len(gone), len(known)):
            return
        for server in gone:
            self.lose_server(platform, server, why, now)

    def left_by(self, platform: str, manager: str) -> list[Address]:
        """The group chats that removed the bot, last managed by a person given as a hash."""
        chat = tables.chat.c
        gone = (chat.state == ChatState.LEFT) & (chat.shared == 1)
        theirs = gone & (chat.platform == platform) & (chat.manager == manager)
        query = select(chat.platform, chat.chat, chat.thread).where(theirs)
        with self._database.read() as connection:
            return [Address(*row) for row in connection.execute(query)]

    def regain(self, addresses: Collection[Address], now: datetime, threads: bool = False) -> None:
        """Make reachable chats active again, with their `threads`.

        What they missed is due, except what they muted.
        """
        with self._database.read() as connection:
            if not any(map(_is_away, _at(connection, addresses, threads))):
                return
        with self._database.write() as connection:
            for chat in filter(_is_away, _at(connection, addresses, threads)):
                missed.come_back(connection, chat, now)

    def waiting(self, address: Address, now: datetime) -> Missed | None:
        """What waits for a chat; None if it is unknown or follows nothing."""
        here, subscription = conditions.chat_ids(address), tables.subscription.c
        follows = select(subscription.chat_id).where(subscription.chat_id.in_(here)).limit(1)
        with self._database.read() as connection:
            chat_id = connection.execute(follows).scalar_one_or_none()
            return None if chat_id is None else missed.waiting_for(connection, chat_id, now)

    def try_again(self, platform: str, now: datetime) -> int:
        """Make chats active that are due for another try; return their number.

        One message that waits for them is due, or the newest that they missed; the rest follows
        once it has arrived.
        """
        chat = tables.chat.c
        due = (chat.platform == platform) & (chat.try_at <= now)
        query = select(tables.chat).where(due).order_by(chat.try_at).limit(TRIED)
        with self._database.read() as connection:
            if not connection.execute(query).all():
                return 0
        with self._database.write() as connection:
            away = connection.execute(query).all()
            for each in away:
                missed.try_with_little(connection, each, now)
            return len(away)

    def doubt(self, platform: str, since: datetime, now: datetime, until: datetime) -> int:
        """Make chats active that became unreachable since `since`: too many did to be believed.

        What waits for them, and what came meanwhile, is due at `until`. Returns the number of
        chats, including those that a process marked before it was killed.
        """
        chat, queue = tables.chat.c, tables.outbox.c
        lately = (chat.platform == platform) & (chat.away_since >= since)
        lost = select(tables.chat).where(lately, chat.state != ChatState.ACTIVE)
        with self._database.write() as connection:
            doubted = connection.execute(lost).all()
            for each in doubted:
                missed.come_back(connection, each, now)
                mine = update(tables.chat).where(chat.id == each.id)
                connection.execute(mine.values(tries=max(each.tries - 1, 0)))
                waits = (queue.chat_id == each.id) & (queue.state == DeliveryState.QUEUED)
                sooner = update(tables.outbox).where(waits, queue.due_at < until)
                connection.execute(sooner.values(due_at=until))
            return len(doubted)

    def erasable(self, now: datetime) -> list[Address]:
        """The group chats that removed the bot so long ago that their data is to be erased."""
        chat = tables.chat.c
        gone = (chat.state == ChatState.LEFT) & (chat.shared == 1)
        query = select(chat.platform, chat.chat, chat.thread)
        with self._database.read() as connection:
            rows = connection.execute(query.where(gone, chat.away_since <= now - GRACE))
            return [Address(*row) for row in rows]


# -- within a transaction


def _at(
    connection: Connection, addresses: Collection[Address], threads: bool = False
) -> Sequence[Row[Any]]:
    """The rows of the known chats at some addresses, with their `threads`."""
    chat = tables.chat.c
    platforms = {address.platform for address in addresses}
    names = {address.chat for address in addresses}
    near = select(tables.chat).where(chat.platform.in_(platforms), chat.chat.in_(names))
    wanted = set(addresses)
    found = []
    for row in connection.execute(near):
        thread = "" if threads else row.thread
        if Address(row.platform, row.chat, thread) in wanted:
            found.append(row)
    return found


def _is_away(chat: Row[Any]) -> bool:
    return chat.state is not ChatState.ACTIVE


def _lose(connection: Connection, chat: Row[Any], why: str, now: datetime, left: bool) -> None:
    queue = tables.outbox.c
    tries = chat.tries
    if not _is_away(chat):
        tries = 1 if _was_reached(connection, chat) else chat.tries + 1
    if left and not _is_away(chat) and chat.away_since is not None:
        # It was only being tried: an error that all chats get for some hours is not believed of it.
        left = now - chat.away_since >= DOUBTED
    state = ChatState.LEFT if left else ChatState.UNREACHABLE
    try_at = None if left else now + WAITS[min(max(tries, 1), len(WAITS)) - 1]
    values = {"state": state, "why": why, "tries": tries, "try_at": try_at}
    if chat.away_after is None:  # otherwise it was only being tried
        values["away_after"] = _heard_until(connection, chat.id)
    if chat.away_since is None or (left and chat.state is not state):
        values["away_since"] = now  # the days until a place is erased begin when it removed us
    connection.execute(update(tables.chat).where(tables.chat.c.id == chat.id).values(**values))
    held = {"state": DeliveryState.HELD, "due_at": tables.NEVER, "why": why, "owner": None}
    held["failing_since"] = None
    waiting = (queue.chat_id == chat.id) & queue.state.in_(missed.UNSENT)
    connection.execute(update(tables.outbox).where(waiting).values(**held))


def _heard_until(connection: Connection, chat_id: int) -> int:
    """The id of the last telling before the first that has not yet got to the chat.

    Ids are safer than times, because a clock can be set back.
    """
    telling = tables.fan_out.c
    under_way = select(func.min(telling.id)).where(tables.IS_SPREADING, telling.after < chat_id)
    first = connection.execute(under_way).scalar_one()
    if first is not None:
        return int(first) - 1
    return connection.execute(select(func.max(telling.id))).scalar_one() or 0


def _was_reached(connection: Connection, chat: Row[Any]) -> bool:
    """Whether anything has arrived since the chat was last made active."""
    if chat.back_at is None:
        return True
    queue = tables.outbox.c
    arrived = exists().where(queue.chat_id == chat.id, queue.sent_at >= chat.back_at)
    return bool(connection.execute(select(arrived)).scalar_one())
