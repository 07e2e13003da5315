"""Coverage: which documents each collection reads.

Followers are told once when a collection stops reading a document, or reads it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from bot import matcher
from bot.model import Change, Document, Record
from bot.states import CoverageState, Part
from bot.store import fan_out, stories, tables
from bot.store.coverage_tables import coverage as coverage_table
from bot.store.database import Database
from bot.store.fan_out import Telling
from bot.understand.coverage import Finding, Lost, Sight, Watched, after, first_seen
from bot.verdicts import Origin, Reason, Verdict

#: How many of a source's newest records show its usual pace.
RECORDS = 1_000
#: The most documents of a collection; a hostile one could list others at every check.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Look:
    """The result of one check of a collection's documents.

    Documents that are not in `seen` are unknown this time; `moved` are those that it now has under
    another name.
    """

    collection: str
    seen: Mapping[Document, Finding | Sight]
    moved: frozenset[Document] = frozenset()


@dataclass(slots=True)
class _News:
    """The documents of one service that one check found lost, or read again."""

    lost: list[Watched] = field(default_factory=list)
    back: list[Watched] = field(default_factory=list)


class Coverage:
    """The facet `store.coverage`: documents that are read. Every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, collection: str) -> frozenset[Document]:
        """The documents of a collection: those that it has listed, and those that we have read."""
        covered, document = coverage_table.c, tables.document.c
        listed = select(covered.folder, covered.terms_type).where(covered.collection == collection)
        mine = document.key.startswith(f"{collection}/", autoescape=True)
        with self._database.read() as connection:
            found = {Document(collection, *row) for row in connection.execute(listed)}
            for key in connection.execute(select(document.key).where(mine)).scalars():
                found.add(_document(collection, key))
        return frozenset(found)

    def records(self, source_id: str) -> list[datetime]:
        """The times at which a source's newest items were recorded, the latest first."""
        item = tables.item.c
        theirs = select(item.recorded).where(item.source_id == source_id)
        newest = theirs.order_by(item.recorded.desc()).limit(RECORDS)
        with self._database.read() as connection:
            return list(connection.execute(newest).scalars())

    def lost(self, services: Iterable[str]) -> list[Lost]:
        """The documents of some services that are no longer read, by collection and document."""
        covered = coverage_table.c
        theirs = covered.service.in_(list(services)) & (covered.state == CoverageState.LOST)
        query = select(coverage_table).where(theirs).order_by(covered.key)
        found = []
        with self._database.read() as connection:
            for row in connection.execute(query):
                held = _watched(row)
                if held.finding:
                    found.append(Lost(held.document, held.finding))
        return found

    def note(self, look: Look, service_of: Callable[[str], str], now: datetime) -> int:
        """Store the result of a check and queue what followers are told of it, in one transaction.

        Returns how many alerts were queued. A document that was not known before is stored, but
        nobody is told of it.
        """
        mine = select(coverage_table).where(coverage_table.c.collection == look.collection)
        news: defaultdict[str, _News] = defaultdict(_News)
        with self._database.write() as connection:
            rows = {_watched(row).document: row for row in connection.execute(mine)}
            for document, row in rows.items():
                service = service_of(document.service)
                if service != row.service:  # the catalogue knows it by another name now
                    _rename(connection, document, service)
                held = _watched(row)
                new = _look_at(connection, held, look, now)
                if new.lost and not held.lost:
                    news[service].lost.append(new)
                elif held.lost and not new.lost:
                    news[service].back.append(held)
            _learn(connection, look, rows, service_of)
            queued = 0
            for name, kept in news.items():
                queued += _tell(connection, look.collection, name, kept, now)
            return queued


# -- within a transaction


def _rename(connection: Connection, document: Document, service: str) -> None:
    mine = update(coverage_table).where(coverage_table.c.key == document.key)
    connection.execute(mine.values(service=service))


def _look_at(connection: Connection, held: Watched, look: Look, now: datetime) -> Watched:
    """Store and return the new state of a known document after a check."""
    document = held.document
    if document in look.moved and not held.lost:
        connection.execute(delete(coverage_table).where(coverage_table.c.key == document.key))
        return held
    new = after(held, look.seen.get(document, Sight.UNSURE), now)
    if new != held:
        _put(connection, new)
    return new


def _learn(
    connection: Connection,
    look: Look,
    rows: Mapping[Document, Any],
    service_of: Callable[[str], str],
) -> None:
    """Store the documents that are listed for the first time."""
    room = max(MOST - len(rows), 0)
    fresh: list[dict[str, Any]] = []
    for document, said in look.seen.items():
        if len(fresh) == room:
            break
        if document in rows or document in look.moved:
            continue
        values = _values(first_seen(document, said))
        fresh.append({**values, "service": service_of(document.service)})
    if fresh:
        connection.execute(insert(coverage_table), fresh)


def _tell(connection: Connection, collection: str, service: str, news: _News, now: datetime) -> int:
    """Queue one story for each reason of loss, and one for lost documents that are read again."""
    queued = 0
    by_reason: defaultdict[Origin, list[Watched]] = defaultdict(list)
    for each in news.lost:
        if each.finding:
            by_reason[each.finding.why].append(each)
    for why, lost in by_reason.items():
        queued += _tell_lost(connection, collection, service, why, lost, now)
    told = [each for each in news.back if each.told_at]
    if told:
        queued += _tell_back(connection, collection, service, told, now)
    return queued


def _tell_lost(
    connection: Connection,
    collection: str,
    service: str,
    why: Origin,
    lost: Sequence[Watched],
    now: datetime,
) -> int:
    """Queue one story for the documents lost for one reason, if anybody follows the service."""
    if not _is_followed(connection, service):
        return 0
    types = [each.document.terms_type for each in lost]
    since = min((each.finding.since for each in lost if each.finding), default=now)
    elsewhere = _elsewhere(connection, collection, service, types)
    reason = Reason(why, (since.date().isoformat(), *elsewhere))
    change = _change(Record.UNREAD, collection, service, types, reason, now)
    keys = [each.document.key for each in lost]
    theirs = update(coverage_table).where(coverage_table.c.key.in_(keys))
    connection.execute(theirs.values(told_at=now))
    return _publish(connection, change, tables.NEVER, now)


def _tell_back(
    connection: Connection, collection: str, service: str, back: Sequence[Watched], now: datetime
) -> int:
    """Queue a story of regained documents, for those who followed when the loss was told."""
    types = [each.document.terms_type for each in back]
    told = max(each.told_at for each in back if each.told_at)
    reason = Reason(Origin.READ_AGAIN, (told.date().isoformat(),))
    change = _change(Record.READ_AGAIN, collection, service, types, reason, now)
    return _publish(connection, change, told, now)


def _publish(connection: Connection, change: Change, since: datetime, now: datetime) -> int:
    """Queue a story for all who follow one of these documents, whatever region or level they chose.

    Without it they could not tell what silence means.
    """
    story_id = stories.add_story(connection, change, now)
    stories.add_part(connection, change, story_id)
    digest = change.is_for_a_digest
    audience = matcher.audience(change)
    telling = Telling(story_id, Part(), audience, since, now, digest=digest)
    return fan_out.spread(connection, telling)


def _change(
    record: Record,
    collection: str,
    service: str,
    types: Iterable[str],
    reason: Reason,
    now: datetime,
) -> Change:
    code = reason.code.value
    return Change(
        uid=f"coverage:{collection}/{service}/{code}/{now:%Y-%m-%dT%H:%M:%S.%f}",
        services=(service,),
        terms_type=", ".join(sorted(set(types))),
        recorded=now,
        title=f"{record.value}: {collection}",
        link="",
        verdict=Verdict.MATERIAL,
        why=(reason,),
        record=record,
        collection=collection,
    )


def _elsewhere(
    connection: Connection, collection: str, service: str, types: Iterable[str]
) -> list[str]:
    """The other collections that read all of these documents of a service."""
    covered, wanted = coverage_table.c, frozenset(types)
    others = (covered.service == service) & (covered.collection != collection)
    read = (covered.state == CoverageState.READ) & (covered.looks == 0)
    theirs = others & read & covered.terms_type.in_(wanted)
    count = func.count(covered.terms_type.distinct())
    by_collection = select(covered.collection).where(theirs).group_by(covered.collection)
    whole = by_collection.having(count == len(wanted)).order_by(covered.collection)
    return list(connection.execute(whole).scalars())


def _is_followed(connection: Connection, service: str) -> bool:
    query = select(exists().where(tables.subscription.c.service == service))
    return bool(connection.execute(query).scalar_one())


def _put(connection: Connection, held: Watched) -> None:
    mine = update(coverage_table).where(coverage_table.c.key == held.document.key)
    connection.execute(mine.values(**_values(held)))


def _values(held: Watched) -> dict[str, Any]:
    document = held.document
    values: dict[str, Any] = {
        "key": document.key,
        "collection": document.collection,
        "folder": document.service,
        "terms_type": document.terms_type,
        "state": held.state,
        "why": None,
        "since": None,
        "missed_at": held.missed_at,
        "looks": held.looks,
        "told_at": held.told_at,
        "times": held.times,
    }
    if held.finding:
        values["why"] = held.finding.why
        values["since"] = held.finding.since
    return values


def _watched(row: Row[Any]) -> Watched:
    document = Document(row.collection, row.folder, row.terms_type)
    finding = Finding(row.why, row.since) if row.why else None
    return Watched(document, row.state, finding, row.missed_at, row.looks, row.told_at, row.times)


def _document(collection: str, key: str) -> Document:
    """Parse a document's key. A service's name can contain a slash, a terms type cannot."""
    folder, _sep, terms_type = key.removeprefix(f"{collection}/").rpartition("/")
    return Document(collection, folder, terms_type)
