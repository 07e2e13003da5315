"""Claiming: which rows of the outbox are the next messages, and everything that is needed to word them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from bot.model import Address, Alert, Delivery, Story
from bot.preferences import ChatSettings
from bot.reasons import HeldFor
from bot.states import DeliveryState
from bot.store import codec, statements, tables
from bot.timing import Plan, Waiting, plan
from bot.understand.stories import story_from

#: Stories that are kept decoded while they are being sent.
STORIES = 256
#: Where chats want nothing now (at night, say), so many are looked at and put aside together.
LOOK_AHEAD = 500
#: Rows that are read at once beyond those that are needed: some are for the same chat, or for a busy one.
PAGE = 16
#: Random bytes in the key of a message.
SALT = 4

AnyRow = Row[*tuple[Any, ...]]
#: The numbers of the rows that are sent as one message.
Planned = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """What a chat follows of a story: services, and the regions in which it does."""

    services: tuple[str, ...] = ()
    regions: frozenset[str] = frozenset()


class StoryCache:
    """Stories that are being sent, decoded once; one that has grown since is read again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Story] = {}

    def read(self, connection: Connection, ids: set[int]) -> dict[int, Story]:
        """Stories with all their parts, by number."""
        sizes = {
            number: size
            for number, size in connection.execute(statements.SIZES, {"stories": list(ids)})
        }
        if len(self._known) > STORIES:
            self._known.clear()
        if new := [number for number, size in sizes.items() if (number, size) not in self._known]:
            parts = tables.change.c
            rows = connection.execute(
                select(parts.story_id, parts.payload).where(parts.story_id.in_(new))
            ).all()
            for number in new:
                found = [codec.load_change(row.payload) for row in rows if row.story_id == number]
                self._known[number, sizes[number]] = story_from(number, found)
        return {number: self._known[number, size] for number, size in sizes.items()}


def plan_messages(
    connection: Connection, platform: str, now: datetime, limit: int, busy: Collection[int]
) -> list[Planned]:
    """Up to `limit` messages, one a chat, the urgent first and then the oldest. What a chat does not want now is put
    aside; `busy` chats are passed over."""
    planned: list[Planned] = []
    looked = set(busy)
    look_at = limit
    while len(planned) < limit and (
        chats := _next_chats(connection, platform, now, look_at, looked)
    ):
        looked.update(chats)
        found = _plan(connection, chats, now)
        planned += found
        nothing_put_aside = len(found) == len(chats)
        look_at = limit - len(planned) if nothing_put_aside else LOOK_AHEAD
    return planned[:limit]


def take(
    connection: Connection,
    planned: Sequence[Planned],
    stories: StoryCache,
    owner: str,
    now: datetime,
    until: datetime,
) -> list[Delivery]:
    """Lease messages to their sender until then: from now on each may have been posted, until it says otherwise."""
    ids = [row for message in planned for row in message]
    if not ids:
        return []
    # A number alone can come again: after a restore, say. Then the platform would swallow the later message.
    salt = token_hex(SALT)
    rows: dict[int, AnyRow] = {
        row.id: row for row in connection.execute(statements.TO_SEND, {"ids": ids})
    }
    told = stories.read(connection, {row.story_id for row in rows.values()})
    followed = _followed(connection, ids)
    claimed = [
        _delivery([rows[key] for key in message], told, followed, salt) for message in planned
    ]
    connection.execute(
        statements.TAKE, {"ids": ids, "holder": owner, "until": until, "now": now, "fresh": salt}
    )
    for delivery in claimed:
        if len(delivery.ids) > 1:
            connection.execute(statements.BUNDLE, {"ids": delivery.ids})
    return claimed


def _next_chats(
    connection: Connection, platform: str, now: datetime, limit: int, without: set[int]
) -> list[int]:
    """Chats with something due: the urgent first, in the order of one index."""
    found: dict[int, None] = {}
    for urgent in (1, 0):
        place = {"due": tables.EPOCH, "id": 0}
        while len(found) < limit:
            given = {
                "platform": platform,
                "urgent": urgent,
                "now": now,
                "many": limit + PAGE,
                **place,
            }
            rows = connection.execute(statements.NEXT, given).all()
            found.update((row.chat_id, None) for row in rows if row.chat_id not in without)
            if len(rows) < limit + PAGE:
                break
            place = {"due": rows[-1].due_at, "id": rows[-1].id}
    return list(found)[:limit]


def _plan(connection: Connection, chats: list[int], now: datetime) -> list[Planned]:
    """The rows of each message to send now; what is not wanted now is put aside."""
    rows: dict[int, list[Waiting]] = {}
    paces: dict[int, str] = {}
    for row in connection.execute(statements.DUE, {"chats": chats, "now": now}):
        paces[row.chat_id] = row.pace
        held = row.state is DeliveryState.HELD
        waiting = Waiting(row.id, row.story_id, row.part, row.deadline, held, row.bundle)
        rows.setdefault(row.chat_id, []).append(waiting)
    plans = {
        chat: plan(waiting, codec.load_schedule(paces[chat]), now) for chat, waiting in rows.items()
    }
    _put_aside(connection, plans.values())
    return [plans[chat].send for chat in chats if chat in plans and plans[chat].send]


def _put_aside(connection: Connection, plans: Collection[Plan]) -> None:
    """Hold what is not wanted now, one statement for all that wait for the same; drop what is of no use."""
    o = tables.outbox
    waits: dict[tuple[datetime, HeldFor], list[int]] = {}
    for found in plans:
        for row, wait in found.hold.items():
            waits.setdefault(wait, []).append(row)
    for (until, why), ids in waits.items():
        held = update(o).where(o.c.id.in_(ids))
        connection.execute(held.values(state=DeliveryState.HELD, due_at=until, why=why))
    if useless := [row for found in plans for row in found.drop]:
        connection.execute(delete(o).where(o.c.id.in_(useless)))


def _followed(connection: Connection, ids: list[int]) -> dict[int, Followed]:
    """Of each row, what its chat follows of the story."""
    found: dict[int, list[tuple[str, str]]] = {}
    for key, service, region in connection.execute(statements.FOLLOWED, {"ids": ids}):
        found.setdefault(key, []).append((service, region))
    return {
        key: Followed(
            tuple(sorted({service for service, _ in pairs})),
            frozenset(region for _, region in pairs),
        )
        for key, pairs in found.items()
    }


def _delivery(
    rows: Sequence[AnyRow], stories: dict[int, Story], followed: dict[int, Followed], salt: str
) -> Delivery:
    first = rows[0]
    theirs = {row.id: followed.get(row.id, Followed()) for row in rows}
    return Delivery(
        key=_key(rows, salt),
        chat_id=first.chat_id,
        address=Address(first.platform, first.chat, first.thread),
        alerts=tuple(
            Alert(row.id, stories[row.story_id], theirs[row.id].services, row.part) for row in rows
        ),
        regions=frozenset().union(*(each.regions for each in theirs.values())),
        attempts=first.attempts + 1,
        uncertain=min((row.uncertain for row in rows if row.uncertain), default=None),
        failing_since=min((row.failing_since for row in rows if row.failing_since), default=None),
        reply_to=(first.reply_to or "") if len(rows) == 1 else "",
        publish=bool(first.publish),
        chat=ChatSettings(
            language=first.language,
            shared=bool(first.shared),
            mention=first.mention,
            schedule=codec.load_schedule(first.pace),
        ),
    )


def _key(rows: Sequence[AnyRow], fresh: str) -> str:
    """The key of a message: its number and a salt, at most 25 characters; of one that was tried before, the same again."""
    first = rows[0]
    if first.bundle is None:
        return f"{min(row.id for row in rows)}-{fresh}"
    # What an earlier version tried had no salt.
    return f"{first.bundle}-{first.salt}" if first.salt else str(first.bundle)
