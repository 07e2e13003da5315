"""Coverage: which documents each collection reads, and telling followers once when that ends or begins again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from bot.matcher import Audience
from bot.model import Change, Document, Record, Verdict
from bot.preferences import Level
from bot.reasons import Origin, Reason
from bot.states import CoverageState, Part
from bot.store import fan_out, stories, tables
from bot.store.coverage_tables import coverage as coverage_table
from bot.store.database import Database
from bot.understand.coverage import Finding, Lost, Sight, Watched, after, first_seen

#: So many of the newest records of a source say what is usual for it.
RECORDS = 1_000
#: A collection has no more documents than this; a hostile one could name others at every look.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Look:
    """What one look says of a collection's documents. What is not among `seen` is not known of this time; `moved` are
    documents that it has under another name now."""

    collection: str
    seen: Mapping[Document, Finding | Sight]
    moved: frozenset[Document] = frozenset()


@dataclass(slots=True)
class _News:
    """What became of the documents of one service at one look."""

    lost: list[Watched] = field(default_factory=list)
    back: list[Watched] = field(default_factory=list)


class Coverage:
    """`store.coverage`. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, collection: str) -> frozenset[Document]:
        """The documents of a collection: those that it listed, and those that we have read."""
        t, d = coverage_table.c, tables.document.c
        listed = select(t.folder, t.terms_type).where(t.collection == collection)
        read = select(d.key).where(d.key.startswith(f"{collection}/", autoescape=True))
        with self._database.read() as connection:
            found = {Document(collection, *row) for row in connection.execute(listed)}
            keys = connection.execute(read).scalars().all()
        return frozenset(found | {_document(collection, key) for key in keys})

    def records(self, source_id: str) -> list[datetime]:
        """When the newest items of a source were recorded, the latest first."""
        t = tables.item.c
        newest = (
            select(t.recorded)
            .where(t.source_id == source_id)
            .order_by(t.recorded.desc())
            .limit(RECORDS)
        )
        with self._database.read() as connection:
            return list(connection.execute(newest).scalars())

    def lost(self, services: Iterable[str]) -> list[Lost]:
        """What is not read of some services, by collection and document."""
        t = coverage_table.c
        theirs = t.service.in_(list(services)) & (t.state == CoverageState.LOST)
        query = select(coverage_table).where(theirs).order_by(t.key)
        with self._database.read() as connection:
            held = [_watched(row) for row in connection.execute(query)]
        return [Lost(each.document, each.finding) for each in held if each.finding]

    def note(self, look: Look, service_of: Callable[[str], str], now: datetime) -> int:
        """Remember a look, and queue what followers are told of it, in one transaction; how many alerts were queued.

        A document that was not known before is learnt and told to nobody.
        """
        t = coverage_table
        with self._database.write() as connection:
            mine = select(t).where(t.c.collection == look.collection)
            rows = {_watched(row).document: row for row in connection.execute(mine)}
            news: defaultdict[str, _News] = defaultdict(_News)
            for document, row in rows.items():
                held, service = _watched(row), service_of(document.service)
                if service != row.service:  # the catalogue knows it by another name now
                    connection.execute(update(t).where(t.c.key == row.key).values(service=service))
                if document in look.moved and not held.lost:
                    connection.execute(delete(t).where(t.c.key == document.key))
                    continue
                new = after(held, look.seen.get(document, Sight.UNSURE), now)
                if new != held:
                    _put(connection, new)
                if new.lost != held.lost:
                    kept = news[service]
                    (kept.lost if new.lost else kept.back).append(new if new.lost else held)
            _learn(connection, look, rows, service_of)
            return sum(
                _tell(connection, look.collection, name, kept, now) for name, kept in news.items()
            )


# -- within a transaction


def _learn(
    connection: Connection,
    look: Look,
    rows: Mapping[Document, Any],
    service_of: Callable[[str], str],
) -> None:
    """Documents that are listed for the first time."""
    fresh = [
        document for document in look.seen if document not in rows and document not in look.moved
    ]
    values = [
        {
            **_values(first_seen(document, look.seen[document])),
            "service": service_of(document.service),
        }
        for document in fresh[: max(MOST - len(rows), 0)]
    ]
    if values:
        connection.execute(insert(coverage_table), values)


def _tell(connection: Connection, collection: str, service: str, news: _News, now: datetime) -> int:
    """One story for what was lost of a service, and one for what is back of what was told."""
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
    if not _is_followed(connection, service):
        return 0
    types = [each.document.terms_type for each in lost]
    since = min((each.finding.since for each in lost if each.finding), default=now)
    elsewhere = _elsewhere(connection, collection, service, types)
    reason = Reason(why, (since.date().isoformat(), *elsewhere))
    change = _change(Record.UNREAD, collection, service, types, reason, now)
    t = coverage_table
    keys = [each.document.key for each in lost]
    connection.execute(update(t).where(t.c.key.in_(keys)).values(told_at=now))
    return _publish(connection, change, tables.NEVER, now)


def _tell_back(
    connection: Connection, collection: str, service: str, back: Sequence[Watched], now: datetime
) -> int:
    """Only who followed when the loss was told hears that it is over."""
    types = [each.document.terms_type for each in back]
    told = max(each.told_at for each in back if each.told_at)
    reason = Reason(Origin.READ_AGAIN, (told.date().isoformat(),))
    return _publish(
        connection, _change(Record.READ_AGAIN, collection, service, types, reason, now), told, now
    )


def _publish(connection: Connection, change: Change, since: datetime, now: datetime) -> int:
    """To all followers, in every region and whatever they chose to hear: it says what their silence is worth."""
    story_id = stories.add_story(connection, change, now)
    stories.add_part(connection, change, story_id)
    audience = Audience(change.services, None, Level.CHOICES)
    return fan_out.spread(connection, story_id, Part(), audience, since, now, urgent=False)


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
    t, wanted = coverage_table.c, frozenset(types)
    here = (t.service == service) & (t.collection != collection)
    read = here & (t.state == CoverageState.READ) & t.terms_type.in_(wanted) & (t.looks == 0)
    count = func.count(t.terms_type.distinct())
    query = (
        select(t.collection)
        .where(read)
        .group_by(t.collection)
        .having(count == len(wanted))
        .order_by(t.collection)
    )
    return list(connection.execute(query).scalars())


def _is_followed(connection: Connection, service: str) -> bool:
    query = select(exists().where(tables.subscription.c.service == service))
    return bool(connection.execute(query).scalar_one())


def _put(connection: Connection, held: Watched) -> None:
    t = coverage_table
    connection.execute(update(t).where(t.c.key == held.document.key).values(**_values(held)))


def _values(held: Watched) -> dict[str, Any]:
    document, finding = held.document, held.finding
    return {
        "key": document.key,
        "collection": document.collection,
        "folder": document.service,
        "terms_type": document.terms_type,
        "state": held.state,
        "why": finding.why if finding else None,
        "since": finding.since if finding else None,
        "missed_at": held.missed_at,
        "looks": held.looks,
        "told_at": held.told_at,
        "times": held.times,
    }


def _watched(row: Row[Any]) -> Watched:
    document = Document(row.collection, row.folder, row.terms_type)
    finding = Finding(row.why, row.since) if row.why else None
    return Watched(document, row.state, finding, row.missed_at, row.looks, row.told_at, row.times)


def _document(collection: str, key: str) -> Document:
    """The document of a key; a service's name can have a slash in it, a terms type cannot."""
    folder, _sep, terms_type = key.removeprefix(f"{collection}/").rpartition("/")
    return Document(collection, folder, terms_type)
