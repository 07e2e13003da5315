"""Reach: chats that cannot be told for a while, how they come back, and what they hear then.

What a chat misses is not written down for it: the tellings of that time are kept, once for all
chats, and go through again for the one that is back. See docs/decisions/0039.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select, update

from bot.model import Address
from bot.states import ChatState, DeliveryState, Part
from bot.store import conditions, fan_out, tables
from bot.store.database import Database
from bot.verdicts import HeldFor

#: How long what a chat missed is kept for it, and how many stories at most.
KEPT = timedelta(days=60)
MOST = 200
#: When a chat that cannot be reached is tried again, the last wait again and again.
WAITS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))
#: After this time what is kept about a place that removed the bot is erased.
GRACE = timedelta(days=30)
#: What waits for a weekly digest was told so lately.
LATELY = timedelta(days=8)
#: Chats that are tried again in one go.
TRIED = 20

_NOT_AWAY = {"away_since": None, "away_after": None}
#: What is not settled yet.
_UNSENT = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.LEASED)


class Reach:
    """`store.reach`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lose(self, addresses: Collection[Address], why: str, now: datetime, left: bool) -> None:
        """Send nothing to chats that cannot be reached; keep everything.

        They are tried again after a while, unless we were told to go: `left`.
        """
        with self._database.write() as connection:
            for chat in _at(connection, addresses):
                _lose(connection, chat, why, now, left)

    def lose_server(self, platform: str, server: str, why: str, now: datetime) -> None:
        """The same for all that is known of a server that removed us."""
        chat = tables.chat.c
        there = select(tables.chat).where(chat.platform == platform, chat.server == server)
        with self._database.write() as connection:
            for each in connection.execute(there).all():
                _lose(connection, each, why, now, left=True)

    def lose_other_servers(
        self, platform: str, servers: Collection[str], why: str, now: datetime
    ) -> None:
        """The same for all servers but these: some removed us while we were not connected."""
        chat = tables.chat.c
        theirs = (chat.platform == platform) & (chat.server != "") & (chat.state != ChatState.LEFT)
        query = select(chat.server).where(theirs).distinct()
        with self._database.read() as connection:
            known = set(connection.execute(query).scalars())
        for server in known.difference(servers):
            self.lose_server(platform, server, why, now)

    def left_by(self, platform: str, manager: str) -> list[Address]:
        """The places that removed us and were last managed by somebody, known by a sum."""
        chat = tables.chat.c
        gone = (chat.state == ChatState.LEFT) & (chat.shared == 1)
        theirs = gone & (chat.platform == platform) & (chat.manager == manager)
        query = select(chat.platform, chat.chat, chat.thread).where(theirs)
        with self._database.read() as connection:
            return [Address(*row) for row in connection.execute(query)]

    def regain(self, addresses: Collection[Address], now: datetime) -> int:
        """Make chats that can be reached again active.

        What they missed is due; returns how many stories that is.
        """
        with self._database.read() as connection:
            if not any(map(_is_away, _at(connection, addresses))):
                return 0
        with self._database.write() as connection:
            away = [chat for chat in _at(connection, addresses) if _is_away(chat)]
            return sum(come_back(connection, chat, now) for chat in away)

    def try_again(self, platform: str, now: datetime) -> int:
        """Make chats active whose time for another try has come; how many."""
        chat = tables.chat.c
        due = (chat.platform == platform) & (chat.try_at <= now)
        query = select(tables.chat).where(due).order_by(chat.try_at).limit(TRIED)
        with self._database.read() as connection:
            if not connection.execute(query).all():
                return 0
        with self._database.write() as connection:
            away = connection.execute(query).all()
            for each in away:
                come_back(connection, each, now)
            return len(away)

    def doubt(self, addresses: Collection[Address], now: datetime, until: datetime) -> None:
        """Take back that chats cannot be reached: too many were lost at once to believe it.

        What waits for them, and what came meanwhile, is due then.
        """
        chat, queue = tables.chat.c, tables.outbox.c
        with self._database.write() as connection:
            for each in filter(_is_away, _at(connection, addresses)):
                come_back(connection, each, now)
                mine = update(tables.chat).where(chat.id == each.id)
                connection.execute(mine.values(tries=max(each.tries - 1, 0)))
                waits = (queue.chat_id == each.id) & (queue.state == DeliveryState.QUEUED)
                sooner = update(tables.outbox).where(waits, queue.due_at < until)
                connection.execute(sooner.values(due_at=until))

    def is_on_trial(self, address: Address) -> bool:
        """Whether a chat is tried again that could not be reached, and heard nothing since."""
        here = select(tables.chat).where(conditions.chat_at(address), tables.chat.c.tries > 0)
        with self._database.read() as connection:
            chat = connection.execute(here).one_or_none()
            return chat is not None and not _was_reached(connection, chat)

    def erasable(self, now: datetime) -> list[Address]:
        """The places of many that removed the bot so long ago that nothing of them is kept."""
        chat = tables.chat.c
        gone = (chat.state == ChatState.LEFT) & (chat.shared == 1)
        query = select(chat.platform, chat.chat, chat.thread)
        with self._database.read() as connection:
            rows = connection.execute(query.where(gone, chat.away_since <= now - GRACE))
            return [Address(*row) for row in rows]


# -- within a transaction


def come_back(connection: Connection, chat: Row[Any], now: datetime) -> int:
    """Make a chat active that could not be reached; how many stories wait for it now.

    They are told together, if it can be reached; if not, they wait on.
    """
    mine = update(tables.chat).where(tables.chat.c.id == chat.id)
    active = {"state": ChatState.ACTIVE, "why": "", "try_at": None, **_NOT_AWAY}
    connection.execute(mine.values(**active, back_at=now))
    for telling in _missed(connection, chat, now):
        fan_out.tell(connection, telling, chat.id)
    _look_again(connection, chat.id, now)
    _forget_old(connection, chat.id, now)
    return _waiting(connection, chat.id)


def tell_again(
    connection: Connection, chat_id: int, services: Collection[str], now: datetime
) -> None:
    """Queue what was told of some services lately, and went when a chat stopped following."""
    telling = tables.fan_out
    lately = select(telling).where(telling.c.due_at >= now - LATELY).order_by(telling.c.id)
    for row in connection.execute(lately).all():
        if set(services).intersection(row.services.split()):
            fan_out.tell(connection, row, chat_id)


def _at(connection: Connection, addresses: Collection[Address]) -> Sequence[Row[Any]]:
    """The rows of the chats at some addresses; those that are unknown have none."""
    chat = tables.chat.c
    platforms = {address.platform for address in addresses}
    names = {address.chat for address in addresses}
    near = select(tables.chat).where(chat.platform.in_(platforms), chat.chat.in_(names))
    wanted = set(addresses)
    rows = connection.execute(near).all()
    return [row for row in rows if Address(row.platform, row.chat, row.thread) in wanted]


def _is_away(chat: Row[Any]) -> bool:
    return chat.state is not ChatState.ACTIVE


def _lose(connection: Connection, chat: Row[Any], why: str, now: datetime, left: bool) -> None:
    queue = tables.outbox.c
    tries = chat.tries
    if not _is_away(chat):
        tries = 1 if _was_reached(connection, chat) else chat.tries + 1
    try_at = None if left else now + WAITS[min(max(tries, 1), len(WAITS)) - 1]
    state = ChatState.LEFT if left else ChatState.UNREACHABLE
    values = {"state": state, "why": why, "tries": tries, "try_at": try_at}
    if not _is_away(chat):
        values["away_after"] = _heard_until(connection, chat.id)
    if state is not chat.state:
        values["away_since"] = now  # the days until a place is erased begin when it removed us
    connection.execute(update(tables.chat).where(tables.chat.c.id == chat.id).values(**values))
    held = {"state": DeliveryState.HELD, "due_at": tables.NEVER, "why": why, "owner": None}
    held["failing_since"] = None
    waiting = (queue.chat_id == chat.id) & queue.state.in_(_UNSENT)
    connection.execute(update(tables.outbox).where(waiting).values(**held))


def _heard_until(connection: Connection, chat_id: int) -> int:
    """The last telling before the first that the chat has not had its turn in.

    Numbers are safer than moments: a clock can be set back.
    """
    telling = tables.fan_out.c
    under_way = select(func.min(telling.id)).where(tables.IS_SPREADING, telling.after < chat_id)
    first = connection.execute(under_way).scalar_one()
    if first is not None:
        return int(first) - 1
    return connection.execute(select(func.max(telling.id))).scalar_one() or 0


def _was_reached(connection: Connection, chat: Row[Any]) -> bool:
    """Whether anything arrived since the chat was last thought to be back."""
    if chat.back_at is None:
        return True
    queue = tables.outbox.c
    arrived = exists().where(queue.chat_id == chat.id, queue.sent_at >= chat.back_at)
    return bool(connection.execute(select(arrived)).scalar_one())


def _missed(connection: Connection, chat: Row[Any], now: datetime) -> list[Row[Any]]:
    """The newest tellings of the time in which a chat could not be reached, oldest first.

    Only those about what it follows; the rest concern it no more than then.
    """
    if chat.away_after is None:
        return []
    telling, subscription = tables.fan_out.c, tables.subscription.c
    mine = select(subscription.service).where(subscription.chat_id == chat.id)
    followed = set(connection.execute(mine).scalars())
    since = (telling.id > chat.away_after) & (telling.due_at >= now - KEPT)
    newest = select(tables.fan_out).where(since).order_by(telling.id.desc())
    rows = connection.execute(newest).all()
    about = [row for row in rows if followed.intersection(row.services.split())]
    return about[:MOST][::-1]


def _look_again(connection: Connection, chat_id: int, now: datetime) -> None:
    """Make all that waits for a chat due, to be told as one message.

    What is surely not posted yet goes with the rest, also what was tried by itself before.
    """
    queue = tables.outbox.c
    mine = queue.chat_id == chat_id
    held = mine & (queue.state == DeliveryState.HELD) & (queue.due_at == tables.NEVER)
    due = {"state": DeliveryState.QUEUED, "due_at": now, "why": None}
    connection.execute(update(tables.outbox).where(held).values(**due))
    late = mine & (queue.state == DeliveryState.QUEUED) & (queue.due_at <= now)
    marked = update(tables.outbox).where(late, queue.digest == 0)
    connection.execute(marked.values(why=HeldFor.REACHED_AGAIN))
    unposted = late & queue.uncertain.is_(None)
    connection.execute(update(tables.outbox).where(unposted).values(bundle=None))


def _forget_old(connection: Connection, chat_id: int, now: datetime) -> None:
    """Of what waits for a chat keep the newest stories, and none that is too old to be news."""
    queue, story = tables.outbox.c, tables.story.c
    # Reminders and what came to a story are as old as they are themselves; those that are over are
    # dropped where they are planned.
    theirs = (queue.chat_id == chat_id) & queue.state.in_(_UNSENT) & (queue.part == Part())
    newest = select(queue.story_id).where(theirs).distinct().order_by(queue.story_id.desc())
    numbers = list(connection.execute(newest.limit(MOST + 1)).scalars())
    old = queue.story_id.in_(select(story.id).where(story.told_at < now - KEPT))
    gone = delete(tables.outbox).where(theirs)
    connection.execute(gone.where(old))
    if len(numbers) > MOST:
        connection.execute(gone.where(queue.story_id <= numbers[-1]))


def _waiting(connection: Connection, chat_id: int) -> int:
    """How many stories wait for a chat."""
    queue = tables.outbox.c
    theirs = (queue.chat_id == chat_id) & queue.state.in_(_UNSENT)
    stories = select(func.count(queue.story_id.distinct())).where(theirs)
    return int(connection.execute(stories).scalar_one())
