"""Taking in a page of a feed: which entries are new, updated, known, or no news."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.model import Cursor, Item
from bot.states import ItemState
from bot.store import codec, sightings, tables
from bot.store.database import insert_new
from bot.understand.marks import AHEAD, Known, Marks, Seen, newest_of
from bot.understand.sightings import (
    all_at_once,
    doubtful,
    looked_at,
    recognised,
    strangers,
    update_of,
)
from bot.verdicts import Unread

log = structlog.get_logger()

#: The columns of an item, by name.
Values = dict[str, Any]


def take_in(
    connection: Connection, source_id: str, page: Sequence[Seen], cursor: Cursor, now: datetime
) -> tuple[int, dict[str, str]]:
    """Store the new items of a page; return their number and the notes for the cursor.

    The first time, everything counts as seen: learn, do not flood.
    """
    page, known = _by_their_own(connection, source_id, page)
    back = _come_back(connection, source_id, page, known)
    strange = _without(page, known)
    fresh = _without(strange, back)
    items = [seen.item for seen in page]
    noted, notes = sightings.former(cursor.notes, items, [seen.item.uid for seen in fresh])
    _warn(source_id, len(strange), len(back) + len(noted), bool(known))
    updates = _look_again(connection, source_id, page, known | back, now)
    rows: list[Values] = []
    if cursor.learned:
        rows += [_update_row(source_id, item, now) for item in updates]
    newest = _newest(connection, source_id, page, now)
    former = sightings.former_newest(connection, source_id) if strange else None
    for seen in fresh:
        why = _no_news(seen, cursor, noted, newest)
        if _was_there(seen, former):
            why = Unread.THERE_BEFORE  # an earlier version stored it under another uid
        rows.append(_row(source_id, seen, why, now))
    if not rows:
        return 0, notes
    connection.execute(insert_new(tables.item, connection), rows)
    here = {item.uid for item in items} | {entry.uid for entry in back.values()}
    forgotten = sightings.forget(connection, source_id, here, now)
    return len(rows), sightings.with_floor(notes, forgotten)


def _without(page: Sequence[Seen], known: Collection[str]) -> list[Seen]:
    """The entries of a page whose uids are not in `known`."""
    return [seen for seen in page if seen.item.uid not in known]


def _by_their_own(
    connection: Connection, source_id: str, page: Sequence[Seen]
) -> tuple[Sequence[Seen], dict[str, Known]]:
    """The page with an unambiguous uid for each entry, and what is known under those uids."""
    known = _find(connection, page)
    unsure = doubtful(page, known)
    if not unsure:
        return page, known
    asked = unsure + _without(page, known)
    own = strangers(page, known, sightings.alike(connection, source_id, asked))
    if not own:
        return page, known
    log.debug("source.guids_moved", source=source_id, entries=len(own))
    named = [own.get(seen.item.uid, seen) for seen in page]
    once = _once_each(named)
    return once, _find(connection, once)


def _find(connection: Connection, page: Sequence[Seen]) -> dict[str, Known]:
    return sightings.find(connection, [seen.item.uid for seen in page])


def _once_each(page: Sequence[Seen]) -> list[Seen]:
    """A page without repeated entries.

    Of those with one uid the first is kept, in the place of the last.
    """
    by_uid = {seen.item.uid: seen for seen in reversed(page)}
    return list(reversed(by_uid.values()))


def _newest(
    connection: Connection, source_id: str, page: Sequence[Seen], now: datetime
) -> datetime:
    """The date against which an entry's age is judged: the newest of its source so far."""
    here = newest_of((seen.marks.stamped for seen in page), now)
    if not any(seen.is_old(now) for seen in page):
        return here
    return newest_of((here, sightings.newest(connection, source_id, now + AHEAD)), now)


def _come_back(
    connection: Connection, source_id: str, page: Sequence[Seen], known: Mapping[str, Known]
) -> dict[str, Known]:
    """Known entries that are stored under other uids, by today's uid."""
    unknown = [seen for seen in _without(page, known) if not seen.item.document]
    if not unknown:
        return {}
    titled = sightings.titled(connection, unknown)
    here = {seen.item.uid for seen in page}
    here.update(entry.uid for entry in titled.values())
    others = []
    for entry in sightings.alike(connection, source_id, unknown):
        if entry.uid not in here:
            others.append(entry)
    return recognised(_without(page, titled), known, others) | titled


def _look_again(
    connection: Connection,
    source_id: str,
    page: Sequence[Seen],
    known: Mapping[str, Known],
    now: datetime,
) -> list[Item]:
    """Update what is known of entries; return those with newer texts to tell, as items."""
    again: dict[str, Known] = {}
    updates: list[Item] = []
    looked = 0
    for seen in page:
        if seen.item.document or seen.item.uid not in known:
            continue
        looked += 1
        before = known[seen.item.uid]
        after, told = looked_at(seen, before, now)
        if after != before:
            again[before.uid] = after
        if told:
            updates.append(update_of(seen, before))
    sightings.refresh(connection, again.values())
    if all_at_once(len(updates), looked):
        log.warning("source.all_changed", source=source_id, entries=len(updates))
        return []
    return updates


def _warn(source_id: str, unknown: int, back: int, any_known: bool) -> None:
    if not back:
        return
    if back == unknown and not any_known:
        log.warning("source.renamed_all", source=source_id, entries=back)
    else:
        log.debug("source.renamed", source=source_id, entries=back)


def _no_news(seen: Seen, cursor: Cursor, noted: set[str], newest: datetime) -> Unread | None:
    """Why an unknown entry is not told, or None if it is news."""
    if not cursor.learned or seen.item.uid in noted:
        return Unread.THERE_BEFORE
    if seen.is_old(newest):
        return Unread.TOO_OLD
    floor = sightings.floor_of(cursor.notes)
    if floor is not None and seen.item.when <= floor:
        return Unread.TOO_OLD
    return None


def _was_there(seen: Seen, former: datetime | None) -> bool:
    """Whether an earlier version of the bot, which stored no marks, has seen an entry.

    `former` is the newest date that it stored for the source.
    """
    if former is None or seen.item.document:
        return False
    return seen.marks.stamped is None or seen.marks.stamped <= former


def _row(source_id: str, seen: Seen, why: Unread | None, now: datetime) -> Values:
    values: Values = {
        "uid": seen.item.uid,
        "source_id": source_id,
        "recorded": seen.item.when,
        "due_at": now,
        "attempts": 0,
        "state": ItemState.SEEN,
        "payload": None,
        "why": why or "",
        **sightings.values_of(seen.marks),
    }
    if why is None:
        values["state"] = ItemState.NEW
        values["payload"] = codec.dump_item(seen.item)
    if seen.item.document:
        values["stamped"] = seen.item.when
    return values


def _update_row(source_id: str, item: Item, now: datetime) -> Values:
    """The row of an update; it has no marks, since the entry itself holds them."""
    return _row(source_id, Seen(item, Marks()), None, now)
