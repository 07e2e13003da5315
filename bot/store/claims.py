"""Claiming outbox rows for the next messages, with all that is needed to render them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Row, delete, update

from bot.deliveries import Alert, Delivery
from bot.model import Address, Story
from bot.preferences import ChatSettings
from bot.shards import Shards
from bot.states import DeliveryState, Rank
from bot.store import codec, due_chats, statements, tables
from bot.store.story_cache import StoryCache
from bot.timing import DIGESTS, Plan, Waiting, plan
from bot.verdicts import HeldFor

#: How many chats to plan at once while many of them want nothing now (at night, say).
LOOK_AHEAD = 500
#: Random bytes in the key of a message.
SALT_BYTES = 4

AnyRow = Row[*tuple[Any, ...]]
#: The ids of the rows that are sent as one message.
Planned = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """The services of a story that a chat follows, and the regions in which it follows them."""

    services: tuple[str, ...] = ()
    regions: frozenset[str] = frozenset()


def plan_messages(
    connection: Connection,
    platform: str,
    now: datetime,
    limit: int,
    busy: Collection[int],
    shards: Shards,
) -> list[Planned]:
    """Plan up to `limit` messages, one for each chat, urgent ones first and then the oldest.

    Rows that a chat does not want now are put aside; `busy` chats, and those of other shards, are
    skipped.
    """
    pages = due_chats.Pages(connection, platform, now, shards)
    planned: list[Planned] = []
    looked = set(busy)
    look_at = limit
    while len(planned) < limit:
        chats = due_chats.of(pages, look_at, looked)
        if not chats:
            break
        looked.update(chats)
        found = _plan(connection, chats, now)
        planned += found
        look_at = limit - len(planned)
        if len(found) < len(chats):  # some were put aside: there may be many more
            look_at = LOOK_AHEAD
    return planned[:limit]


def take(
    connection: Connection,
    planned: Sequence[Planned],
    stories: StoryCache,
    owner: str,
    now: datetime,
    until: datetime,
) -> list[Delivery]:
    """Lease messages to their sender until `until`.

    From now on each of them may have been posted, until the sender reports otherwise.
    """
    ids = list(chain.from_iterable(planned))
    if not ids:
        return []
    # An id alone can recur (after a restore, say), and then the platform would drop the later
    # message as a duplicate.
    salt = token_hex(SALT_BYTES)
    found = connection.execute(statements.TO_SEND, {"ids": ids})
    rows: dict[int, AnyRow] = {row.id: row for row in found}
    told = stories.read(connection, {row.story_id for row in rows.values()})
    planned = _worded(connection, planned, rows, told)
    ids = list(chain.from_iterable(planned))
    followed = _followed(connection, ids)
    done = _done(connection, {row.chat_id for row in rows.values()})
    claimed = []
    for message in planned:
        theirs = [rows[number] for number in message]
        claimed.append(_delivery(theirs, told, followed, done, salt))
    leased = {"ids": ids, "holder": owner, "until": until, "now": now, "fresh": salt}
    connection.execute(statements.TAKE, leased)
    for delivery in claimed:
        if len(delivery.ids) > 1:
            connection.execute(statements.BUNDLE, {"ids": delivery.ids})
    return claimed


def _worded(
    connection: Connection,
    planned: Sequence[Planned],
    rows: dict[int, AnyRow],
    told: dict[int, Story],
) -> list[Planned]:
    """The messages that can be rendered; rows without a story are given up.

    Only a bug of ours causes such a row, and it must not hold up the others.
    """
    lost = [number for number, row in rows.items() if row.story_id not in told]
    if not lost:
        return list(planned)
    dead = {"state": DeliveryState.DEAD, "why": "its story is gone"}
    connection.execute(update(tables.outbox).where(tables.outbox.c.id.in_(lost)).values(**dead))
    left = [tuple(number for number in message if number not in lost) for message in planned]
    return [message for message in left if message]


def _plan(connection: Connection, chats: list[int], now: datetime) -> list[Planned]:
    """The rows of each message to send now; rows that are not wanted now are put aside."""
    rows: dict[int, list[Waiting]] = {}
    paces: dict[int, str] = {}
    for row in connection.execute(statements.DUE, {"chats": chats, "now": now}):
        paces[row.chat_id] = row.pace
        rows.setdefault(row.chat_id, []).append(_waiting(row))
    plans: dict[int, Plan] = {}
    for chat, waiting_there in rows.items():
        plans[chat] = plan(waiting_there, codec.load_schedule(paces[chat]), now)
    _put_aside(connection, plans.values())
    planned = []
    for chat in chats:
        if chat in plans and plans[chat].send:
            planned.append(plans[chat].send)
    return planned


def _waiting(row: AnyRow) -> Waiting:
    """An outbox row as `plan` takes it.

    A row that has waited for a digest, or has been tried since, does not wait for another.
    """
    held = row.attempts > 0 or row.why in DIGESTS.values()
    return Waiting(
        row.id,
        row.story_id,
        row.part,
        row.deadline,
        held,
        row.bundle,
        bool(row.digest),
        bool(row.void),
        row.service or "",
        row.recorded,
        row.why == HeldFor.REACHED_AGAIN,
    )


def _put_aside(connection: Connection, plans: Collection[Plan]) -> None:
    """Hold rows that are not wanted now, in one update for each reason and time; drop useless ones.

    Rows of a digest that have become urgent are marked to be told at once.
    """
    queue = tables.outbox.c
    waits: dict[tuple[datetime, HeldFor], list[int]] = {}
    useless: list[int] = []
    pressing: list[int] = []
    for found in plans:
        useless += found.drop
        pressing += found.promote
        for row, wait in found.hold.items():
            waits.setdefault(wait, []).append(row)
    for (until, why), ids in waits.items():
        held = update(tables.outbox).where(queue.id.in_(ids))
        connection.execute(held.values(state=DeliveryState.HELD, due_at=until, why=why))
    if pressing:
        promoted = update(tables.outbox).where(queue.id.in_(pressing))
        connection.execute(promoted.values(digest=0, urgent=int(Rank.URGENT)))
    if useless:
        connection.execute(delete(tables.outbox).where(queue.id.in_(useless)))


def _followed(connection: Connection, ids: list[int]) -> dict[int, Followed]:
    """For each row, what its chat follows of the story."""
    services: dict[int, set[str]] = {}
    regions: dict[int, set[str]] = {}
    for row, service, region in connection.execute(statements.FOLLOWED, {"ids": ids}):
        services.setdefault(row, set()).add(service)
        regions.setdefault(row, set()).add(region)
    found = {}
    for row, names in services.items():
        found[row] = Followed(tuple(sorted(names)), frozenset(regions[row]))
    return found


def _done(connection: Connection, chats: Collection[int]) -> dict[int, set[str]]:
    """The controls that each chat has marked done, each as "service/control"."""
    found: dict[int, set[str]] = {}
    for chat, service, control in connection.execute(statements.DONE, {"chats": list(chats)}):
        found.setdefault(chat, set()).add(f"{service}/{control}")
    return found


def _delivery(
    rows: Sequence[AnyRow],
    stories: dict[int, Story],
    followed: dict[int, Followed],
    done: dict[int, set[str]],
    salt: str,
) -> Delivery:
    first = rows[0]
    theirs = [followed.get(row.id, Followed()) for row in rows]
    alerts = [_alert(row, stories, each) for row, each in zip(rows, theirs, strict=True)]
    told = {service for alert in alerts for service in alert.services}
    theirs_done = done.get(first.chat_id, ())
    reply_to = ""
    edits = ""
    if len(rows) == 1 and first.reply_to:
        reply_to = first.reply_to
        if first.with_others == 1 and not first.told_in_digest:
            edits = first.reply_to
    return Delivery(
        key=_key(rows, salt),
        chat_id=first.chat_id,
        address=Address(first.platform, first.chat, first.thread),
        alerts=tuple(alerts),
        regions=frozenset().union(*(each.regions for each in theirs)),
        attempts=first.attempts + 1,
        uncertain=_earliest(row.uncertain for row in rows),
        failing_since=_earliest(row.failing_since for row in rows),
        reply_to=reply_to,
        edits=edits,
        publish=bool(first.publish),
        late=any(row.why == HeldFor.REACHED_AGAIN for row in rows),
        tries_again=first.away_after is not None,
        chat=ChatSettings(
            language=first.language,
            shared=bool(first.shared),
            mention=first.mention,
            schedule=codec.load_schedule(first.pace),
            done=frozenset(each for each in theirs_done if each.partition("/")[0] in told),
        ),
    )


def _alert(row: AnyRow, stories: dict[int, Story], theirs: Followed) -> Alert:
    return Alert(
        row.id,
        stories[row.story_id],
        theirs.services,
        row.part,
        digest=bool(row.digest),
        attempts=row.attempts + 1,
    )


def _earliest(moments: Iterator[datetime | None]) -> datetime | None:
    return min(filter(None, moments), default=None)


def _key(rows: Sequence[AnyRow], fresh: str) -> str:
    """The key of a message: its id and a salt, at most 25 characters.

    A message that was tried before keeps its key.
    """
    first = rows[0]
    if first.bundle is None:
        return f"{min(row.id for row in rows)}-{fresh}"
    if not first.salt:  # tried by an earlier version, which had no salts
        return str(first.bundle)
    return f"{first.bundle}-{first.salt}"
