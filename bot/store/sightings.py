"""The memory of feed entries by which they are recognised: refreshed when seen, and bounded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from bot.model import Item
from bot.states import ItemState
from bot.store import tables
from bot.understand.marks import Known, Marks, Seen, is_telling

#: The most values in one statement.
AT_ONCE = 500
#: The most entries that could be the same that are read, newest first.
MOST_ALIKE = 10_000
#: The most entries of a source that are remembered, newest first.
KEPT = 5_000
#: Entries younger than this are remembered in any case.
YOUNG = timedelta(days=400)
#: The most entries that are forgotten at once.
AT_A_TIME = 2_000
#: However much is forgotten, entries younger than this can be news.
MARGIN = timedelta(days=7)
#: The key in a cursor's notes of the newest date that was forgotten.
FLOOR = "floor"
#: The key in a cursor's notes of the links that earlier versions stored.
FORMER = "page"

_REFRESHED = "site link title text stamped updates updated_at".split()
_COLUMNS = ["uid", "recorded", *_REFRESHED]


def find(connection: Connection, uids: Sequence[str]) -> dict[str, Known]:
    """What is known under these uids."""
    found: dict[str, Known] = {}
    for some in _slices(uids):
        rows = connection.execute(_remembered().where(tables.item.c.uid.in_(some)))
        found.update({row.uid: _known(row) for row in rows})
    return found


def titled(connection: Connection, unknown: Sequence[Seen]) -> dict[str, Known]:
    """Known entries whose id earlier versions made from the title, by today's uid."""
    formerly: dict[str, str] = {}
    for seen in unknown:
        item = seen.item
        prefix, _, name = item.uid.partition(":")
        if name.startswith("words:") and item.title and not item.link:
            formerly[item.uid] = f"{prefix}:{item.title[:500]}"
    found = find(connection, sorted(set(formerly.values())))
    titled = {}
    for uid, name in formerly.items():
        known = found.get(name)
        if known and known.marks == Marks():
            titled[uid] = known
    return titled


def alike(connection: Connection, source_id: str, seen: Sequence[Seen]) -> list[Known]:
    """Known entries of a source that share a link, a title or a distinctive text with these."""
    item = tables.item.c
    links: set[str | None] = set()
    titles: set[str | None] = set()
    texts: set[str | None] = set()
    for each in seen:
        links.add(each.marks.link)
        titles.add(each.marks.title)
        if is_telling(each):
            texts.add(each.marks.text)
    theirs = _remembered().where(item.source_id == source_id)
    newest_first = theirs.order_by(item.recorded.desc()).limit(MOST_ALIKE)
    found: dict[str, Known] = {}
    for column, marks in ((item.link, links), (item.title, titles), (item.text, texts)):
        for some in _slices(sorted(filter(None, marks))):
            rows = connection.execute(newest_first.where(column.in_(some)))
            found.update({row.uid: _known(row) for row in rows})
    return list(found.values())


def newest(connection: Connection, source_id: str, ahead: datetime) -> datetime | None:
    """The latest date before `ahead` that a source gave to an entry, or None."""
    item = tables.item.c
    theirs = (item.source_id == source_id) & (item.stamped < ahead)
    query = select(item.stamped).where(theirs).order_by(item.stamped.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none()


def values_of(marks: Marks) -> dict[str, Any]:
    """The columns that hold an entry's marks."""
    names = ("site", "link", "title", "text", "stamped")
    return {name: getattr(marks, name) for name in names}


def refresh(connection: Connection, seen_again: Iterable[Known]) -> None:
    """Update what is known of entries."""
    values: dict[str, Any] = {name: bindparam(name) for name in _REFRESHED}
    changed = update(tables.item).where(tables.item.c.uid == bindparam("of")).values(values)
    rows = []
    for known in seen_again:
        row = {"of": known.uid, "updates": known.updates, "updated_at": known.updated_at}
        rows.append({**row, **values_of(known.marks)})
    if rows:
        connection.execute(changed, rows)


def forget(
    connection: Connection, source_id: str, page: Collection[str], now: datetime
) -> datetime | None:
    """Forget old entries that are neither on the page nor among the newest.

    Returns their newest date, or None. Unsettled entries, and those that `/why` or a story refers
    to, are never forgotten.
    """
    item, change = tables.item.c, tables.change.c
    theirs = item.source_id == source_id
    by_date = select(item.recorded).where(theirs).order_by(item.recorded.desc())
    beyond = connection.execute(by_date.offset(KEPT).limit(1)).scalar_one_or_none()
    aged = (item.recorded < now - YOUNG) & (item.stamped < now - YOUNG)
    over: ColumnElement[bool] = aged
    if beyond:
        over = or_(aged, item.recorded <= beyond)
    about_a_service = or_(change.story_id.is_not(None), change.service != "")
    told = exists().where(change.uid == item.uid, about_a_service)
    settled = select(item.uid, item.recorded).where(theirs, item.state == ItemState.SEEN)
    oldest = settled.where(over, ~told).order_by(item.recorded).limit(AT_A_TIME + len(page))
    rows = connection.execute(oldest).all()
    gone: dict[str, datetime] = {row.uid: row.recorded for row in rows if row.uid not in page}
    if not gone:
        return None
    for some in _slices(list(gone)):
        connection.execute(delete(tables.item).where(item.uid.in_(some)))
    return min(max(gone.values()), now - MARGIN)


def floor_of(notes: Mapping[str, str]) -> datetime | None:
    """The newest date that was forgotten of a source: unknown entries up to it are no news."""
    if FLOOR not in notes:
        return None
    return datetime.fromisoformat(notes[FLOOR])


def with_floor(notes: Mapping[str, str], forgotten: datetime | None) -> dict[str, str]:
    """The notes, with the newest date forgotten now."""
    floor = max(filter(None, (floor_of(notes), forgotten)), default=None)
    if floor is None:
        return {**notes}
    return {**notes, FLOOR: floor.isoformat()}


def former_newest(connection: Connection, source_id: str) -> datetime | None:
    """The newest date of a source whose entries have no marks, as earlier versions stored them."""
    item = tables.item.c
    any_mark = func.coalesce(item.site, item.link, item.title, item.text)
    counted = select(func.max(item.recorded), func.count(any_mark))
    row = connection.execute(counted.where(item.source_id == source_id)).one()
    newest: datetime | None = row[0]
    marked: int = row[1]
    if marked:
        return None
    return newest


def former(
    notes: Mapping[str, str], page: Sequence[Item], unknown: Iterable[str]
) -> tuple[set[str], dict[str, str]]:
    """The entries whose links an earlier version noted, and the notes that are left.

    Those versions noted with each link the id under which it was first seen. A link is believed
    once, and only if that id is no longer on the page.
    """
    rest = dict(notes)
    noted = dict(mark.split("=") for mark in rest.pop(FORMER, "").split())
    known = _known_by_link(noted, page, set(unknown))
    for item in page:
        noted.pop(_sum(item.link), None)
    if noted:
        rest[FORMER] = " ".join(f"{link}={uid}" for link, uid in noted.items())
    return known, rest


def _known_by_link(
    noted: Mapping[str, str], page: Sequence[Item], unknown: Collection[str]
) -> set[str]:
    """The unknown entries whose links were noted with an id that is no longer on the page."""
    here = {_sum(item.uid) for item in page}
    first: dict[str, str] = {}
    for item in page:
        if item.uid in unknown and item.link:
            first[item.uid] = noted.get(_sum(item.link), "")
    known = set()
    for uid, earlier in first.items():
        if earlier and earlier not in here:
            known.add(uid)
    return known


def _sum(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _remembered() -> Select[Any]:
    return select(*(tables.item.c[name] for name in _COLUMNS))


def _known(row: Row[Any]) -> Known:
    marks = Marks(row.site, row.link, row.title, row.text, row.stamped)
    return Known(row.uid, row.recorded, marks, row.updates, row.updated_at)


def _slices(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
