"""Successions: passing on subscriptions of services that were renamed, merged or divided.

They go to the services' successors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, case, delete, exists, func, literal, select, update

from bot.store import codec, conditions, tables
from bot.store.coverage_tables import succession as succession_table
from bot.store.database import Database, insert_new


class Successions:
    """The facet `store.successions`: replaced services. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle(self, successors: Mapping[str, Sequence[str]], living: Collection[str]) -> int:
        """Pass what belongs to former services on to their successors, in one transaction.

        Returns how many subscriptions. A former service that lives on (it was divided, and one part
        kept its name) is in `living`: it keeps what it has, and its followers get each other part
        once. Safe to repeat and to kill.
        """
        moved = 0
        with self._database.write() as connection:
            for former, heirs in successors.items():
                new = _unsettled(connection, former, heirs)
                if former in living:
                    moved += _inherit(connection, former, new)
                elif _is_used(connection, former):
                    moved += _inherit(connection, former, heirs)
                    _retire(connection, former, heirs)
                _note_settled(connection, former, new)
        return moved


# -- within a transaction


def _unsettled(connection: Connection, former: str, heirs: Sequence[str]) -> list[str]:
    """The heirs to which nothing was passed on yet."""
    known = succession_table.c
    query = select(known.successor).where(known.former == former)
    settled = set(connection.execute(query).scalars())
    return [heir for heir in heirs if heir not in settled]


def _note_settled(connection: Connection, former: str, heirs: Sequence[str]) -> None:
    if heirs:
        settled = [{"former": former, "successor": heir} for heir in heirs]
        connection.execute(insert_new(succession_table, connection), settled)


def _is_used(connection: Connection, service: str) -> bool:
    """Whether any row still names a service."""
    for table in (tables.subscription, tables.story_service, tables.change, tables.acted):
        left = select(exists().where(table.c.service == service))
        if connection.execute(left).scalar_one():
            return True
    return False


def _inherit(connection: Connection, former: str, heirs: Sequence[str]) -> int:
    """Copy subscriptions, answers and services of stories; return how many subscriptions."""
    moved = 0
    subscription = tables.subscription
    for heir in heirs:
        followed = subscription.c.service == heir
        count = select(func.count()).select_from(subscription).where(followed)
        had = connection.execute(count).scalar_one()
        _loudest(connection, former, heir)
        _copy(connection, subscription, former, heir)
        _copy(connection, tables.acted, former, heir)
        _copy(connection, tables.story_service, former, heir)
        moved += connection.execute(count).scalar_one() - had
    return moved


def _copy(connection: Connection, table: Any, former: str, heir: str) -> None:
    """Copy the rows of a former service under an heir's name."""
    columns = {column.name: column for column in table.c}
    columns["service"] = literal(heir)
    rows = select(*columns.values()).where(table.c.service == former)
    connection.execute(insert_new(table, connection).from_select(list(columns), rows))


def _loudest(connection: Connection, former: str, heir: str) -> None:
    """Unmute a service that replaces two for a chat that muted only one of them.

    So nothing is lost by a mute, or by a choice of documents.
    """
    subscription = tables.subscription.c
    either = subscription.service.in_([former, heir])
    columns = (
        subscription.service,
        subscription.muted_until,
        subscription.since,
        subscription.kinds,
    )
    both = select(subscription.chat_id, *columns).where(either).subquery().c
    loud = func.sum(case((both.muted_until.is_(None), 1), else_=0))
    until = case((loud == 0, func.min(both.muted_until)), else_=None)
    query = select(
        both.chat_id,
        until.label("until"),
        func.min(both.since).label("since"),
        conditions.kinds_of_all_rows(both).label("kinds"),
    )
    grouped = query.group_by(both.chat_id).having(func.count(both.service.distinct()) == 2)
    for row in connection.execute(grouped).all():
        mine = update(tables.subscription).where(subscription.chat_id == row.chat_id, either)
        values = {"muted_until": row.until, "since": row.since, "kinds": row.kinds}
        connection.execute(mine.values(**values))


def _retire(connection: Connection, former: str, heirs: Sequence[str]) -> None:
    """Replace a former id everywhere: changes and fan-outs then name the heirs."""
    kept, on_its_way = tables.change.c, tables.fan_out.c
    changes = select(kept.uid, kept.payload).where(_names(former))
    for row in connection.execute(changes).all():
        change = codec.load_change(row.payload)
        services = _replaced(change.services, former, heirs)
        uid = _free_uid(connection, row.uid, former, heirs[0])
        written = codec.dump_change(replace(change, services=services, uid=uid))
        renamed = {"uid": uid, "payload": written, "service": services[0]}
        connection.execute(update(tables.change).where(kept.uid == row.uid).values(**renamed))
    waiting = select(on_its_way.id, on_its_way.services, on_its_way.for_others)
    for telling in connection.execute(waiting).all():
        values = {
            "services": " ".join(_replaced(telling.services.split(), former, heirs)),
            "for_others": " ".join(_replaced(telling.for_others.split(), former, heirs)),
        }
        mine = update(tables.fan_out).where(on_its_way.id == telling.id)
        connection.execute(mine.values(**values))
    for table in (tables.subscription, tables.acted, tables.story_service):
        connection.execute(delete(table).where(table.c.service == former))


def _names(service: str) -> Any:
    """The condition that a change is about a service, as its first one or through its story."""
    change, about = tables.change.c, tables.story_service.c
    told = select(about.story_id).where(about.service == service)
    return (change.service == service) | change.story_id.in_(told)


def _replaced(services: Sequence[str], former: str, heirs: Sequence[str]) -> tuple[str, ...]:
    """The services, with a former one replaced by its heirs, each once."""
    new: dict[str, None] = {}
    for service in services:
        names = heirs if service == former else (service,)
        new.update(dict.fromkeys(names))
    return tuple(new)


def _free_uid(connection: Connection, uid: str, former: str, heir: str) -> str:
    """The uid of a change under an heir's name.

    Dates of the catalogue are recognised by the service's id: under the new one they must not start
    again.
    """
    mark = f"control:{former}/"
    if not uid.startswith(mark):
        return uid
    new = f"control:{heir}/{uid.removeprefix(mark)}"
    taken = select(exists().where(tables.change.c.uid == new))
    if connection.execute(taken).scalar_one():
        return uid
    return new
