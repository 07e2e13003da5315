"""A source's cursor: where it is read, and up to which entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.feeds.fetch import Page
from bot.model import Cursor, Item, Source, SourceKind

log = structlog.get_logger()

#: How long a collection without a feed is read from GitHub before its feed is tried again.
FALLBACK_FOR = timedelta(days=7)
#: Notes about a move: the announced address, the address in use, and the one that it replaced.
MOVES = ("moving", "url", "moved_from")


def can_fall_back(source: Source, cursor: Cursor, now: datetime) -> bool:
    """Whether a collection without a feed can fall back to GitHub, and has not yet."""
    if source.kind is not SourceKind.COLLECTION or not source.github:
        return False
    return not falls_back(cursor, now)


def falls_back(cursor: Cursor, now: datetime) -> bool:
    """Whether a collection without a feed is read from GitHub now."""
    since = cursor.notes.get("fallback", "")
    if not since:
        return False
    return now - datetime.fromisoformat(since) < FALLBACK_FOR


def after_page(cursor: Cursor, page: Page, found: list[Item], now: datetime) -> Cursor:
    """The cursor after reading a page."""
    if page.body is None:
        return replace(cursor, failures=0)
    notes = dict(cursor.notes)
    if found:
        notes["newest"] = max(item.when for item in found).isoformat()
    return replace(
        cursor,
        etag=page.validators.etag,
        last_modified=page.validators.last_modified,
        body_hash=page.body_hash,
        last_uid=_last_seen(found, now) or cursor.last_uid,
        full_at=now,
        failures=0,
        notes=notes,
    )


def moved(source: Source, cursor: Cursor, page: Page) -> Cursor:
    """The cursor with what a page says about a move.

    A new address is used once the server has named it as permanent twice in a row.
    """
    notes = dict(without_moves(cursor).notes)
    if url := elsewhere(source, cursor):
        notes |= {"url": url, "moved_from": source.url}
    if not page.moved_to:
        return replace(cursor, notes=notes)
    if page.moved_to == cursor.notes.get("moving"):
        notes |= {"url": page.moved_to, "moved_from": source.url}
        log.warning("source.moved", source=source.id, to=page.moved_to)
    else:
        notes["moving"] = page.moved_to
    return replace(cursor, notes=notes)


def without_moves(cursor: Cursor) -> Cursor:
    """A cursor without notes about moves."""
    notes = {name: value for name, value in cursor.notes.items() if name not in MOVES}
    return replace(cursor, notes=notes)


def _last_seen(found: list[Item], now: datetime) -> str:
    """The uid of the entry that shows the next page to be contiguous with this one.

    An entry dated in the future stays on top whatever is recorded below it, so it shows nothing.
    """
    for item in found:
        if item.when < now:
            return item.uid
    return found[0].uid if found else ""


def noted(cursor: Cursor, name: str, what: str) -> Cursor:
    """A cursor with a note; unchanged if `what` is ""."""
    if not what:
        return cursor
    return replace(cursor, notes={**cursor.notes, name: what})


def elsewhere(source: Source, cursor: Cursor) -> str:
    """The address at which a source that moved is read, or "".

    An address that the operator changed since takes precedence.
    """
    since = cursor.notes.get("moved_from", source.url)
    if since != source.url:
        return ""
    return cursor.notes.get("url", "")


def is_same(page: Page, cursor: Cursor) -> bool:
    """Whether a page is unchanged since it was last read."""
    return page.body is None or page.body_hash == cursor.body_hash
