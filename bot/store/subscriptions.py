"""Subscriptions: which chats follow which services, for which regions, and what is muted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from bot.document_kinds import Kind
from bot.model import Address, Subscription
from bot.states import ChatState, DeliveryState
from bot.store import chats, codec, conditions, leaving, missed, outbox, tables, undo_tables
from bot.store.database import Database, insert_new
from bot.verdicts import HeldFor


class Subscriptions:
    """The facet `store.subscriptions`: what chats follow. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, subscription: Subscription, now: datetime) -> bool:
        """Add a subscription, or change its regions; True if it is new.

        Its mute and its chosen kinds of documents stay. A chat that writes can be reached again.
        """
        kept = tables.subscription.c
        with self._database.write() as connection:
            chat_id = chats.find_or_add(connection, subscription.address, now)
            mine = (kept.chat_id == chat_id) & (kept.service == subscription.service)
            columns = (kept.since, kept.muted_until, kept.kinds)
            old = connection.execute(select(*columns).where(mine)).all()
            connection.execute(delete(tables.subscription).where(mine))
            values: dict[str, Any] = {"chat_id": chat_id, "service": subscription.service}
            values["since"] = now
            values["kinds"] = codec.dump_words(subscription.kinds)
            if old:
                values["since"] = min(row.since for row in old)
                values["muted_until"] = old[0].muted_until
                values["kinds"] = _shared_kinds(row.kinds for row in old)
            rows = [{"region": region, **values} for region in sorted(subscription.regions)]
            connection.execute(insert(tables.subscription), rows)
            return not old

    def remove(
        self, address: Address, service: str | Collection[str] | None, now: datetime
    ) -> list[str]:
        """Remove one subscription, some or all, and what is queued for them.

        Returns the services that were removed. They are kept for `restore`.
        """
        subscription = tables.subscription.c
        mine: ColumnElement[bool] = subscription.chat_id.in_(conditions.chat_ids(address))
        if service is not None:
            services = [service] if isinstance(service, str) else list(service)
            mine &= subscription.service.in_(services)
        query = select(subscription.service).where(mine)
        with self._database.write() as connection:
            gone = sorted(set(connection.execute(query).scalars()))
            _keep(connection, mine, now)
            connection.execute(delete(tables.subscription).where(mine))
            withdrawn = leaving.purge(connection, address, gone)
        self._database.withdraw(withdrawn)
        return gone

    def restore(
        self, address: Address, services: Collection[str] | None, now: datetime
    ) -> list[str]:
        """Restore subscriptions that were removed within a day; return the services.

        What was queued for them is queued again. Without `services`, all that were removed together
        last are restored.
        """
        gone = undo_tables.unfollowed.c
        mine = gone.chat_id.in_(conditions.chat_ids(address)) & (gone.at > now - undo_tables.KEPT)
        if services is None:
            mine &= gone.at == select(func.max(gone.at)).where(mine).scalar_subquery()
        else:
            mine &= gone.service.in_(services)
        names = [column.name for column in tables.subscription.c]
        rows = select(*(gone[name] for name in names)).where(mine)
        with self._database.write() as connection:
            found = connection.execute(rows).all()
            back = sorted({row.service for row in found})
            again = insert_new(tables.subscription, connection).from_select(names, rows)
            connection.execute(again)
            connection.execute(delete(undo_tables.unfollowed).where(mine))
            for chat_id in {row.chat_id for row in found}:
                missed.tell_again(connection, chat_id, back, now)
            return back

    def of(self, address: Address) -> list[Subscription]:
        """The subscriptions of a chat, by service."""
        subscription = tables.subscription.c
        columns = (subscription.service, subscription.region, subscription.kinds)
        mine = subscription.chat_id.in_(conditions.chat_ids(address))
        regions: dict[str, set[str]] = {}
        kinds: dict[str, list[str]] = {}
        with self._database.read() as connection:
            for row in connection.execute(select(*columns).where(mine).order_by(*columns)):
                regions.setdefault(row.service, set()).add(row.region)
                kinds.setdefault(row.service, []).append(row.kinds)
        found = []
        for service, there in regions.items():
            chosen = map(Kind, _shared_kinds(kinds[service]).split())
            found.append(Subscription(address, service, frozenset(there), frozenset(chosen)))
        return found

    def choose(
        self, address: Address, service: str, kinds: Collection[Kind], now: datetime
    ) -> bool:
        """Follow only some kinds of a service's documents; none means all.

        False if the chat does not follow the service.
        """
        subscription = tables.subscription.c
        with self._database.write() as connection:
            chat_id = chats.find_or_add(connection, address, now)
            mine = (subscription.chat_id == chat_id) & (subscription.service == service)
            chosen = update(tables.subscription).where(mine)
            values = {"kinds": codec.dump_words(kinds)}
            return connection.execute(chosen.values(**values)).rowcount > 0

    def watched(self, now: datetime) -> frozenset[str]:
        """The services that some chat follows, or one that may come back to what it missed."""
        subscription, chat = tables.subscription.c, tables.chat.c
        followed = select(subscription.service).distinct()
        by_chats = followed.join(tables.chat, subscription.chat_id == chat.id)
        with self._database.read() as connection:
            return frozenset(connection.execute(by_chats.where(_may_hear(now))).scalars())

    def is_watched(self, service: str, now: datetime) -> bool:
        """Whether some such chat follows a service."""
        subscription, chat = tables.subscription.c, tables.chat.c
        follows = (subscription.service == service) & (subscription.chat_id == chat.id)
        anybody = exists().where(follows, _may_hear(now))
        with self._database.read() as connection:
            return bool(connection.execute(select(anybody)).scalar_one())

    def mute(self, address: Address, service: str, until: datetime | None, now: datetime) -> bool:
        """Mute a service until `until`, including what is queued; None ends the mute.

        False if the chat does not follow the service.
        """
        subscription = tables.subscription.c
        with self._database.write() as connection:
            chat_id = chats.find_or_add(connection, address, now)
            mine = (subscription.chat_id == chat_id) & (subscription.service == service)
            muted = update(tables.subscription).where(mine).values(muted_until=until)
            if connection.execute(muted).rowcount == 0:
                return False
            if until is None:
                outbox.look_again(connection, chat_id, now)
            else:
                _hold_queued(connection, chat_id, service, until, now)
            return True

    def muted(self, address: Address, now: datetime) -> dict[str, datetime]:
        """The services that a chat muted, and until when."""
        subscription, chat = tables.subscription.c, tables.chat.c
        muted = select(subscription.service, func.max(subscription.muted_until))
        there = muted.join(tables.chat, chat.id == subscription.chat_id)
        here = there.where(conditions.chat_at(address), subscription.muted_until > now)
        with self._database.read() as connection:
            rows = connection.execute(here.group_by(subscription.service))
            return dict(rows.all())


def _may_hear(now: datetime) -> ColumnElement[bool]:
    """The condition that a chat is told of current events, at once or when it is back."""
    chat = tables.chat.c
    return (chat.state != ChatState.LEFT) | (chat.away_since > now - missed.KEPT)


def _keep(connection: Connection, mine: ColumnElement[bool], now: datetime) -> None:
    """Keep subscriptions as they are now, for a day."""
    gone = undo_tables.unfollowed
    rows = connection.execute(select(tables.subscription).where(mine)).mappings().all()
    if not rows:
        return
    chats_of_them = {row["chat_id"] for row in rows}
    services = {row["service"] for row in rows}
    # An earlier removal, with other regions, is not what is taken back.
    same = gone.c.chat_id.in_(chats_of_them) & gone.c.service.in_(services)
    connection.execute(delete(gone).where(same))
    connection.execute(insert(gone), [{**row, "at": now} for row in rows])


def _shared_kinds(rows: Iterable[str]) -> str:
    """The kinds of a subscription, from those of its rows; "" (all) if they differ.

    They do if two chats that chose differently were merged.
    """
    found = set(rows)
    return found.pop() if len(found) == 1 else ""


def _hold_queued(
    connection: Connection, chat_id: int, service: str, until: datetime, now: datetime
) -> None:
    """Put aside what is queued of a muted service.

    Rows that are also about another, unmuted service of the chat stay.
    """
    subscription, about = tables.subscription.c, tables.story_service.c
    queue = tables.outbox.c
    loud = subscription.muted_until.is_(None) | (subscription.muted_until <= now)
    follows = (subscription.service == about.service) & (subscription.chat_id == chat_id)
    followed = select(about.story_id).join(tables.subscription, follows)
    others = followed.where(subscription.service != service, loud)
    theirs = select(about.story_id).where(about.service == service)
    waiting = conditions.waiting(tables.outbox) & (queue.due_at < until)
    mine = update(tables.outbox).where(queue.chat_id == chat_id, waiting)
    about_it = mine.where(queue.story_id.in_(theirs), queue.story_id.not_in(others))
    held = {"state": DeliveryState.HELD, "due_at": until, "why": HeldFor.MUTE}
    connection.execute(about_it.values(**held))
