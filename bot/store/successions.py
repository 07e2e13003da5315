"""Successions: what chats chose for a service that was renamed, merged or divided goes to its successors."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, case, delete, exists, func, literal, select, update

from bot.store import codec, tables
from bot.store.coverage_tables import succession as succession_table
from bot.store.database import Database, insert_new


class Successions:
    """`store.successions`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle(self, successors: Mapping[str, Sequence[str]], living: Collection[str]) -> int:
        """Give what belongs to former services to their successors, in one transaction; how many subscriptions.

        A former service that lives on (it was divided, and one part kept its name) is among `living`: it keeps
        what it has, and its followers get each other part once. Safe to repeat and to kill.
        """
        moved = 0
        with self._database.write() as connection:
            for former, heirs in successors.items():
                new = [heir for heir in heirs if not _is_settled(connection, former, heir)]
                if former in living:
                    moved += sum(_inherit(connection, former, heir) for heir in new)
                elif _is_used(connection, former):
                    moved += sum(_inherit(connection, former, heir) for heir in heirs)
                    _retire(connection, former, heirs)
                settled = [{"former": former, "successor": heir} for heir in new]
                if settled:
                    connection.execute(insert_new(succession_table, connection), settled)
        return moved


# -- within a transaction


def _is_settled(connection: Connection, former: str, heir: str) -> bool:
    t = succession_table.c
    query = select(exists().where(t.former == former, t.successor == heir))
    return bool(connection.execute(query).scalar_one())


def _is_used(connection: Connection, service: str) -> bool:
    """Whether anything is left of a service."""
    places = (tables.subscription.c, tables.story_service.c, tables.change.c, tables.acted.c)
    return any(
        connection.execute(select(exists().where(place.service == service))).scalar_one()
        for place in places
    )


def _inherit(connection: Connection, former: str, heir: str) -> int:
    """Copy subscriptions, answers and the services of stories to an heir; how many subscriptions."""
    s, a, about = tables.subscription, tables.acted, tables.story_service
    before = select(func.count()).select_from(s).where(s.c.service == heir)
    had = connection.execute(before).scalar_one()
    _loudest(connection, former, heir)
    _copy(connection, s, former, heir)
    _copy(connection, a, former, heir)
    _copy(connection, about, former, heir)
    return int(connection.execute(before).scalar_one() - had)


def _copy(connection: Connection, table: Any, former: str, heir: str) -> None:
    names = [column.name for column in table.c]
    columns = [literal(heir) if name == "service" else table.c[name] for name in names]
    rows = select(*columns).where(table.c.service == former)
    connection.execute(insert_new(table, connection).from_select(names, rows))


def _loudest(connection: Connection, former: str, heir: str) -> None:
    """A chat that followed both hears of the one that is left if it heard of either: nothing is lost by a mute."""
    s = tables.subscription
    theirs = select(s.c.chat_id, s.c.service, s.c.muted_until, s.c.since).where(
        s.c.service.in_([former, heir])
    )
    both = theirs.subquery()
    loud = func.sum(case((both.c.muted_until.is_(None), 1), else_=0))
    until = case((loud == 0, func.min(both.c.muted_until)), else_=None)
    query = select(both.c.chat_id, until.label("until"), func.min(both.c.since).label("since"))
    grouped = query.group_by(both.c.chat_id).having(func.count(both.c.service.distinct()) == 2)
    for row in connection.execute(grouped).all():
        mine = and_(s.c.chat_id == row.chat_id, s.c.service.in_([former, heir]))
        connection.execute(update(s).where(mine).values(muted_until=row.until, since=row.since))


def _retire(connection: Connection, former: str, heirs: Sequence[str]) -> None:
    """The former id stands nowhere any more: changes and what is on its way name the heirs."""
    t, f = tables.change, tables.fan_out
    for row in connection.execute(select(t.c.uid, t.c.payload).where(_names(former))).all():
        change = codec.load_change(row.payload)
        services = tuple(dict.fromkeys(_replaced(change.services, former, heirs)))
        uid = _free_uid(connection, row.uid, former, heirs[0])
        written = codec.dump_change(replace(change, services=services, uid=uid))
        values = {"uid": uid, "payload": written, "service": services[0]}
        connection.execute(update(t).where(t.c.uid == row.uid).values(**values))
    for row in connection.execute(select(f.c.id, f.c.services)).all():
        services = tuple(dict.fromkeys(_replaced(row.services.split(), former, heirs)))
        connection.execute(update(f).where(f.c.id == row.id).values(services=" ".join(services)))
    for table in (tables.subscription, tables.acted, tables.story_service):
        connection.execute(delete(table).where(table.c.service == former))


def _names(service: str) -> Any:
    """The condition that a change is about a service, as its first one or through its story."""
    t, about = tables.change.c, tables.story_service.c
    told = select(about.story_id).where(about.service == service)
    return (t.service == service) | t.story_id.in_(told)


def _replaced(services: Sequence[str], former: str, heirs: Sequence[str]) -> list[str]:
    return [new for service in services for new in (heirs if service == former else [service])]


def _free_uid(connection: Connection, uid: str, former: str, heir: str) -> str:
    """The dates of the catalogue are known by the service's id: under the new one they must not begin again."""
    mark = f"control:{former}/"
    if not uid.startswith(mark):
        return uid
    new = f"control:{heir}/{uid.removeprefix(mark)}"
    taken = select(exists().where(tables.change.c.uid == new))
    return uid if connection.execute(taken).scalar_one() else new
