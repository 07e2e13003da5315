"""A page of a source on its way into the items: what of it is new, a newer text, known, or no news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.model import Cursor, Item
from bot.reasons import Unread
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

log = structlog.get_logger()


def take_in(
    connection: Connection, source_id: str, page: Sequence[Seen], cursor: Cursor, now: datetime
) -> tuple[int, dict[str, str]]:
    """Keep what is new on a page; how many that is, and the notes for the cursor.

    The first time, everything counts as seen: learn, do not flood.
    """
    page, known = _by_their_own(connection, source_id, page)
    items = [seen.item for seen in page]
    unknown = [seen for seen in page if seen.item.uid not in known]
    back = _come_back(connection, source_id, page, known)
    rest = [seen.item.uid for seen in unknown if seen.item.uid not in back]
    noted, notes = sightings.former(cursor.notes, items, rest)
    _warn(source_id, len(unknown), len(back) + len(noted), bool(known))
    updates = _look_again(connection, source_id, page, known | back, now)
    rows = [_update_row(source_id, item, now) for item in updates if cursor.learned]
    newest = _newest(connection, source_id, page, now)
    former = sightings.former_newest(connection, source_id) if unknown else None
    for seen in unknown:
        if seen.item.uid not in back:
            why = _no_news(seen, cursor, noted, newest)
            if former and not seen.item.document and (seen.marks.stamped or former) <= former:
                why = Unread.THERE_BEFORE  # an earlier version called it by another name
            rows.append(_row(source_id, seen, why, now))
    if not rows:
        return 0, notes
    connection.execute(insert_new(tables.item, connection), rows)
    here = {item.uid for item in items} | {entry.uid for entry in back.values()}
    forgotten = sightings.forget(connection, source_id, here, now)
    return len(rows), sightings.with_floor(notes, forgotten)


def _by_their_own(
    connection: Connection,
    source_id: str,
    page: Sequence[Seen],
) -> tuple[Sequence[Seen], dict[str, Known]]:
    """The page with each entry under a uid that is its own, and what is remembered under those."""
    known = sightings.find(connection, [seen.item.uid for seen in page])
    if not (unsure := doubtful(page, known)):
        return page, known
    asked = unsure + [seen for seen in page if seen.item.uid not in known]
    own = strangers(page, known, sightings.alike(connection, source_id, asked))
    if not own:
        return page, known
    log.debug("source.guids_moved", source=source_id, entries=len(own))
    named = [own.get(seen.item.uid, seen) for seen in page]
    once = list({seen.item.uid: seen for seen in reversed(named)}.values())[::-1]
    return once, sightings.find(connection, [seen.item.uid for seen in once])


def _newest(
    connection: Connection,
    source_id: str,
    page: Sequence[Seen],
    now: datetime,
) -> datetime:
    """The date by which an entry is old: the newest of its source, on the page or before."""
    here = newest_of((seen.marks.stamped for seen in page), now)
    if not any(seen.is_old(now) for seen in page):
        return here
    return newest_of((here, sightings.newest(connection, source_id, now + AHEAD)), now)


def _come_back(
    connection: Connection, source_id: str, page: Sequence[Seen], known: dict[str, Known]
) -> dict[str, Known]:
    """Entries that were kept under other uids, by the uid of today."""
    unknown = [seen for seen in page if seen.item.uid not in known and not seen.item.document]
    if not unknown:
        return {}
    titled = sightings.titled(connection, unknown)
    here = {seen.item.uid for seen in page} | {entry.uid for entry in titled.values()}
    alike = sightings.alike(connection, source_id, unknown)
    others = [entry for entry in alike if entry.uid not in here]
    left = [seen for seen in page if seen.item.uid not in titled]
    return recognised(left, known, others) | titled


def _look_again(
    connection: Connection,
    source_id: str,
    page: Sequence[Seen],
    known: dict[str, Known],
    now: datetime,
) -> list[Item]:
    """Remember known entries as they are now; those whose newer texts are told, as items."""
    again, updates = {}, []
    written = [seen for seen in page if not seen.item.document and seen.item.uid in known]
    for seen in written:
        before = known[seen.item.uid]
        after, told = looked_at(seen, before, now)
        if after != before:
            again[before.uid] = after
        if told:
            updates.append(update_of(seen, before))
    sightings.refresh(connection, again.values())
    if all_at_once(len(updates), len(written)):
        log.warning("source.all_changed", source=source_id, entries=len(updates))
        return []
    return updates


def _warn(source_id: str, unknown: int, back: int, any_known: bool) -> None:
    if back and back == unknown and not any_known:
        log.warning("source.renamed_all", source=source_id, entries=back)
    elif back:
        log.debug("source.renamed", source=source_id, entries=back)


def _no_news(seen: Seen, cursor: Cursor, noted: set[str], newest: datetime) -> Unread | None:
    """Why an unknown entry is not told; None where it is news."""
    if not cursor.learned or seen.item.uid in noted:
        return Unread.THERE_BEFORE
    floor = sightings.floor_of(cursor.notes)
    old = seen.is_old(newest) or (floor is not None and seen.item.when <= floor)
    return Unread.TOO_OLD if old else None


def _row(source_id: str, seen: Seen, why: Unread | None, now: datetime) -> dict[str, Any]:
    values = sightings.values_of(seen.marks)
    if seen.item.document:
        values["stamped"] = seen.item.when
    return {
        "uid": seen.item.uid,
        "source_id": source_id,
        "recorded": seen.item.when,
        "due_at": now,
        "attempts": 0,
        "state": ItemState.SEEN if why else ItemState.NEW,
        "payload": None if why else codec.dump_item(seen.item),
        "why": why or "",
        **values,
    }


def _update_row(source_id: str, item: Item, now: datetime) -> dict[str, Any]:
    """Without marks: the entry itself is what is known again."""
    return _row(source_id, Seen(item, Marks()), None, now)
