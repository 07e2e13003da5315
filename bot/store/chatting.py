"""The side of the chats: who subscribed to what, where, and for which regions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, exists, func, insert, select, update

from bot.model import Address, ChatState, DeliveryState, Subscription
from bot.store import tables
from bot.store.pacing import Pacing


class Chatting(Pacing):
    def subscribe(self, subscription: Subscription, now: datetime) -> bool:
        """Add or re-region a subscription; True where it is new. A paused chat that speaks is active again."""
        t = tables.subscription
        with self._write() as connection:
            chat_id = self._chat_id(connection, subscription.address, now)
            where = (t.c.chat_id == chat_id) & (t.c.service == subscription.service)
            old = connection.execute(select(t.c.since, t.c.muted_until).where(where)).all()
            connection.execute(delete(t).where(where))
            kept = {"since": min((row.since for row in old), default=now), "muted_until": old[0].muted_until if old else None}
            rows = [
                {"chat_id": chat_id, "service": subscription.service, "region": region, **kept}
                for region in sorted(subscription.regions)
            ]
            connection.execute(insert(t), rows)
            return not old

    def unsubscribe(self, address: Address, service: str | None) -> list[str]:
        """Remove one subscription or all, and what is queued for them; the services that were removed."""
        t = tables.subscription
        with self._write() as connection:
            here = t.c.chat_id.in_(_here(address))
            mine = here if service is None else here & (t.c.service == service)
            gone = sorted(set(connection.execute(select(t.c.service).where(mine)).scalars()))
            connection.execute(delete(t).where(mine))
            self._purge(connection, address, gone)
            return gone

    def subscriptions(self, address: Address) -> list[Subscription]:
        t = tables.subscription.c
        query = select(t.service, t.region).where(t.chat_id.in_(_here(address))).order_by(t.service, t.region)
        found: dict[str, set[str]] = {}
        with self._read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.service, set()).add(row.region)
        return [Subscription(address, service, frozenset(regions)) for service, regions in found.items()]

    def regions(self, address: Address) -> frozenset[str]:
        """The regions that a chat chose for itself; empty where it did not."""
        with self._read() as connection:
            text = connection.execute(select(tables.chat.c.regions).where(tables.chat_at(address))).scalar_one_or_none()
        return frozenset((text or "").split())

    def set_regions(self, address: Address, regions: frozenset[str], now: datetime) -> int:
        """Choose the regions of a chat, for all it subscribed to; how many subscriptions changed."""
        t = tables.subscription
        with self._write() as connection:
            chat_id = self._chat_id(connection, address, now)
            joined = " ".join(sorted(regions))
            connection.execute(update(tables.chat).where(tables.chat.c.id == chat_id).values(regions=joined))
            mine = (
                select(t.c.service, func.min(t.c.since), func.max(t.c.muted_until))
                .where(t.c.chat_id == chat_id)
                .group_by(t.c.service)
            )
            services = connection.execute(mine).all()
            connection.execute(delete(t).where(t.c.chat_id == chat_id))
            rows = [
                {"chat_id": chat_id, "service": service, "region": region, "since": since, "muted_until": muted}
                for service, since, muted in services
                for region in sorted(regions)
            ]
            if rows:
                connection.execute(insert(t), rows)
            return len(services)

    def forget(self, address: Address) -> bool:
        """Erase everything about a chat; True where there was anything."""
        with self._write() as connection:
            chats = _here(address)
            for table in (tables.outbox, tables.answered, tables.acted, tables.link_code):
                connection.execute(delete(table).where(table.c.chat_id.in_(chats)))
            connection.execute(delete(tables.subscription).where(tables.subscription.c.chat_id.in_(chats)))
            return connection.execute(delete(tables.chat).where(tables.chat_at(address))).rowcount > 0

    def watched(self) -> frozenset[str]:
        """The services that some active chat subscribed to."""
        s, c = tables.subscription.c, tables.chat.c
        query = select(s.service).distinct().join(tables.chat, s.chat_id == c.id).where(c.state == ChatState.ACTIVE)
        with self._read() as connection:
            return frozenset(connection.execute(query).scalars())

    def follows(self, service: str) -> bool:
        """Whether some active chat subscribed to a service."""
        s, c = tables.subscription.c, tables.chat.c
        anybody = exists().where(s.service == service, s.chat_id == c.id, c.state == ChatState.ACTIVE)
        with self._read() as connection:
            return bool(connection.execute(select(anybody)).scalar_one())

    @staticmethod
    def _purge(connection: Connection, address: Address, services: Sequence[str]) -> None:
        """Opting out wins over the queue: drop what is queued unless another subscription still asks for it."""
        o, s = tables.outbox.c, tables.story_service.c
        mine = select(tables.subscription.c.service).where(tables.subscription.c.chat_id.in_(_here(address)))
        still = select(s.story_id).where(s.service.in_(mine))
        gone = select(s.story_id).where(s.service.in_(services))
        connection.execute(
            delete(tables.outbox).where(
                o.chat_id.in_(_here(address)), o.state != DeliveryState.SENT, o.story_id.in_(gone), o.story_id.not_in(still)
            )
        )


def _here(address: Address) -> Select[tuple[int]]:
    return select(tables.chat.c.id).where(tables.chat_at(address))
