"""Subscriptions: who follows what, for which regions, and what is muted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from bot.model import Address, Subscription
from bot.reasons import HeldFor
from bot.states import ChatState, DeliveryState
from bot.store import chats, outbox, tables
from bot.store.database import Database


class Subscriptions:
    """`store.subscriptions`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, subscription: Subscription, now: datetime) -> bool:
        """Add or re-region a subscription; True where it is new. A paused chat that speaks is active again."""
        t = tables.subscription
        with self._database.write() as connection:
            chat_id = chats.find_or_add(connection, subscription.address, now)
            mine = (t.c.chat_id == chat_id) & (t.c.service == subscription.service)
            old = connection.execute(select(t.c.since, t.c.muted_until).where(mine)).all()
            connection.execute(delete(t).where(mine))
            kept = {
                "chat_id": chat_id,
                "service": subscription.service,
                "since": min((row.since for row in old), default=now),
                "muted_until": old[0].muted_until if old else None,
            }
            rows = [{"region": region, **kept} for region in sorted(subscription.regions)]
            connection.execute(insert(t), rows)
            return not old

    def remove(self, address: Address, service: str | None) -> list[str]:
        """Remove one subscription or all, and what is queued for them; the services that were removed."""
        t = tables.subscription
        here = t.c.chat_id.in_(tables.chat_ids(address))
        mine = here if service is None else here & (t.c.service == service)
        with self._database.write() as connection:
            gone = sorted(set(connection.execute(select(t.c.service).where(mine)).scalars()))
            connection.execute(delete(t).where(mine))
            outbox.purge(connection, address, gone)
            return gone

    def of(self, address: Address) -> list[Subscription]:
        """What a chat follows, by service."""
        t = tables.subscription.c
        mine = t.chat_id.in_(tables.chat_ids(address))
        query = select(t.service, t.region).where(mine).order_by(t.service, t.region)
        found: dict[str, set[str]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.service, set()).add(row.region)
        return [
            Subscription(address, service, frozenset(regions)) for service, regions in found.items()
        ]

    def watched(self) -> frozenset[str]:
        """The services that some active chat follows."""
        s, c = tables.subscription.c, tables.chat.c
        active = (
            select(s.service)
            .distinct()
            .join(tables.chat, s.chat_id == c.id)
            .where(c.state == ChatState.ACTIVE)
        )
        with self._database.read() as connection:
            return frozenset(connection.execute(active).scalars())

    def is_watched(self, service: str) -> bool:
        """Whether some active chat follows a service."""
        s, c = tables.subscription.c, tables.chat.c
        anybody = exists().where(
            s.service == service, s.chat_id == c.id, c.state == ChatState.ACTIVE
        )
        with self._database.read() as connection:
            return bool(connection.execute(select(anybody)).scalar_one())

    def mute(self, address: Address, service: str, until: datetime | None, now: datetime) -> bool:
        """Put aside what comes of one service until then, what is queued included; None ends it. False where the
        chat does not follow the service."""
        s = tables.subscription
        with self._database.write() as connection:
            chat_id = chats.find_or_add(connection, address, now)
            mine = (s.c.chat_id == chat_id) & (s.c.service == service)
            if connection.execute(update(s).where(mine).values(muted_until=until)).rowcount == 0:
                return False
            if until is None:
                outbox.look_again(connection, chat_id, now)
            else:
                _hold_queued(connection, chat_id, service, until, now)
            return True

    def muted(self, address: Address, now: datetime) -> dict[str, datetime]:
        """The services that a chat muted, and until when."""
        s, c = tables.subscription.c, tables.chat.c
        muted = select(s.service, func.max(s.muted_until)).join(tables.chat, c.id == s.chat_id)
        here = muted.where(tables.chat_at(address), s.muted_until > now).group_by(s.service)
        with self._database.read() as connection:
            return {service: until for service, until in connection.execute(here)}


def _hold_queued(
    connection: Connection, chat_id: int, service: str, until: datetime, now: datetime
) -> None:
    """Put aside what is queued of a muted service, unless it is about another that the chat follows aloud."""
    s, o, about = tables.subscription.c, tables.outbox, tables.story_service.c
    loud = s.muted_until.is_(None) | (s.muted_until <= now)
    follows = (s.service == about.service) & (s.chat_id == chat_id)
    others = (
        select(about.story_id).join(tables.subscription, follows).where(s.service != service, loud)
    )
    theirs = select(about.story_id).where(about.service == service)
    waiting = (o.c.chat_id == chat_id) & tables.waiting(o) & (o.c.due_at < until)
    held = update(o).where(waiting, o.c.story_id.in_(theirs), o.c.story_id.not_in(others))
    connection.execute(held.values(state=DeliveryState.HELD, due_at=until, why=HeldFor.MUTE))
