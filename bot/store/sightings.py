"""What is remembered of entries: read to know them again, refreshed when they are seen, and bounded."""

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

#: So many values are asked for in one statement.
AT_ONCE = 500
#: So many entries that could be the same are read, the newest.
MOST_ALIKE = 10_000
#: The newest of a source are remembered, and all that are younger; so many are forgotten at once.
KEPT, YOUNG, AT_A_TIME = 5_000, timedelta(days=400), 2_000
#: However much is forgotten, what is younger than this can be news.
MARGIN = timedelta(days=7)
#: What a cursor's notes call the newest date that was forgotten, and the links of earlier versions.
FLOOR, FORMER = "floor", "page"

_COLUMNS = "uid recorded site link title text stamped updates updated_at".split()


def find(connection: Connection, uids: Sequence[str]) -> dict[str, Known]:
    """What is remembered under these uids."""
    t = tables.item.c
    found: dict[str, Known] = {}
    for some in _slices(uids):
        rows = connection.execute(_remembered().where(t.uid.in_(some)))
        found.update({row.uid: _known(row) for row in rows})
    return found


def titled(connection: Connection, unknown: Sequence[Seen]) -> dict[str, Known]:
    """Entries of which earlier versions made the title the id, by the uid of today."""
    formerly = {}
    for item in (seen.item for seen in unknown):
        prefix, _, name = item.uid.partition(":")
        if name.startswith("words:") and item.title and not item.link:
            formerly[item.uid] = f"{prefix}:{item.title[:500]}"
    found = find(connection, sorted(set(formerly.values())))
    return {
        uid: found[name]
        for uid, name in formerly.items()
        if name in found and found[name].marks == Marks()
    }


def alike(connection: Connection, source_id: str, seen: Sequence[Seen]) -> list[Known]:
    """Entries of a source that have a link or a title of these, or a text that tells much."""
    t, found = tables.item.c, dict[str, Known]()
    wanted: tuple[tuple[ColumnElement[Any], Iterable[str | None]], ...] = (
        (t.link, (each.marks.link for each in seen)),
        (t.title, (each.marks.title for each in seen)),
        (t.text, (each.marks.text for each in seen if is_telling(each))),
    )
    for column, marks in wanted:
        for some in _slices(sorted({mark for mark in marks if mark})):
            theirs = (t.source_id == source_id) & column.in_(some)
            query = _remembered().where(theirs).order_by(t.recorded.desc()).limit(MOST_ALIKE)
            found.update({row.uid: _known(row) for row in connection.execute(query)})
    return list(found.values())


def newest(connection: Connection, source_id: str, ahead: datetime) -> datetime | None:
    """The latest date that a source gave to an entry, of those before `ahead`."""
    t = tables.item.c
    theirs = (t.source_id == source_id) & (t.stamped < ahead)
    query = select(t.stamped).where(theirs).order_by(t.stamped.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none()


def values_of(marks: Marks) -> dict[str, Any]:
    """The columns that hold an entry's marks."""
    names = ("site", "link", "title", "text", "stamped")
    return {name: getattr(marks, name) for name in names}


def refresh(connection: Connection, seen_again: Iterable[Known]) -> None:
    """Remember entries as they are now."""
    t = tables.item
    names = [name for name in _COLUMNS if name not in ("uid", "recorded")]
    changed = update(t).where(t.c.uid == bindparam("of")).values({n: bindparam(n) for n in names})
    rows = [
        {"of": k.uid, "updates": k.updates, "updated_at": k.updated_at, **values_of(k.marks)}
        for k in seen_again
    ]
    if rows:
        connection.execute(changed, rows)


def forget(
    connection: Connection, source_id: str, page: Collection[str], now: datetime
) -> datetime | None:
    """Forget what is neither on the page nor among the newest, nor young; the newest date of it.

    What waits, and what `/why` or a story tells of, is never forgotten.
    """
    t, change = tables.item.c, tables.change.c
    theirs = t.source_id == source_id
    by_date = select(t.recorded).where(theirs).order_by(t.recorded.desc()).offset(KEPT).limit(1)
    beyond = connection.execute(by_date).scalar_one_or_none()
    aged = (t.recorded < now - YOUNG) & (t.stamped < now - YOUNG)
    told = exists().where(
        change.uid == t.uid, or_(change.story_id.is_not(None), change.service != "")
    )
    over = or_(aged, t.recorded <= beyond) if beyond else aged
    query = select(t.uid, t.recorded).where(theirs, t.state == ItemState.SEEN, over, ~told)
    rows = connection.execute(query.order_by(t.recorded).limit(AT_A_TIME + len(page))).all()
    gone = {row.uid: row.recorded for row in rows if row.uid not in page}
    for some in _slices(list(gone)):
        connection.execute(delete(tables.item).where(t.uid.in_(some)))
    return min(max(gone.values()), now - MARGIN) if gone else None


def floor_of(notes: Mapping[str, str]) -> datetime | None:
    """The newest date that was forgotten of a source: what is unknown and not newer is no news."""
    return datetime.fromisoformat(notes[FLOOR]) if FLOOR in notes else None


def with_floor(notes: Mapping[str, str], forgotten: datetime | None) -> dict[str, str]:
    """The notes with what was forgotten now."""
    known = [when for when in (floor_of(notes), forgotten) if when]
    return {**notes, FLOOR: max(known).isoformat()} if known else {**notes}


def former_newest(connection: Connection, source_id: str) -> datetime | None:
    """The newest date of a source of which nothing has marks, because an earlier version kept it."""
    t = tables.item.c
    any_mark = func.coalesce(t.site, t.link, t.title, t.text)
    theirs = select(func.max(t.recorded), func.count(any_mark)).where(t.source_id == source_id)
    newest, marked = connection.execute(theirs).one()
    return None if marked else newest


def former(
    notes: Mapping[str, str], page: Sequence[Item], unknown: Iterable[str]
) -> tuple[set[str], dict[str, str]]:
    """Entries that the notes of an earlier version know by their links, and the notes that are left.

    Those versions noted with each link the id under which it was first seen; a link is believed
    once, and where that id is no longer on the page.
    """
    noted = dict(mark.split("=") for mark in notes.get(FORMER, "").split())
    here, unseen = {_sum(item.uid) for item in page}, set(unknown)
    first = {
        item.uid: noted.get(_sum(item.link)) for item in page if item.uid in unseen and item.link
    }
    known = {uid for uid, earlier in first.items() if earlier and earlier not in here}
    used = {_sum(item.link) for item in page}
    left = " ".join(f"{link}={uid}" for link, uid in noted.items() if link not in used)
    rest = {name: value for name, value in notes.items() if name != FORMER}
    return known, {**rest, FORMER: left} if left else rest


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
