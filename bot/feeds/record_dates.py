"""Correcting the dates of recorded versions, so that a wrong date does not hide later versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.model import Document, Item, Record
from bot.understand.marks import AHEAD

log = structlog.get_logger()

#: The oldest date; it leaves room to subtract a day.
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
#: The newest date; it leaves room to add a day.
NEWEST = datetime(9000, 1, 1, tzinfo=UTC)
#: The distance that is put between versions of one document that a feed dates the same.
MARK = timedelta(microseconds=1)
#: Smaller distances are our own mark: no feed is as exact.
MARKED = timedelta(milliseconds=1)


def dated(source_id: str, items: list[Item], now: datetime) -> list[Item]:
    """The items of a page, newest first, with distinct dates that are not in the future.

    A version dated tomorrow would otherwise hide all versions until then.
    """
    ahead = [item.uid for item in items if item.when > now + AHEAD]
    if ahead:
        log.warning("source.dated_ahead", source=source_id, entries=len(ahead), first=ahead[0])
    return _told_apart(_not_ahead(items, now))


def _not_ahead(items: list[Item], now: datetime) -> list[Item]:
    """Date versions from the future now, or before those that the feed puts above them.

    What people write may have a date in the future, as it hides nothing.
    """
    above: dict[Document, datetime] = {}
    found: list[Item] = []
    for item in items:
        when = min(max(item.when, OLDEST), NEWEST)
        stamped = item.stamped
        if item.document:
            if when > now:
                when = min(above.get(item.document, now), now)
                stamped = item.when  # the date by which the tracker identifies it
            else:
                above[item.document] = min(above.get(item.document, when), when)
        found.append(replace(item, when=when, stamped=stamped))
    return found


def _told_apart(items: list[Item]) -> list[Item]:
    """Give versions of one moment distinct dates; the feed has the newest first."""
    last: dict[Document, datetime] = {}
    found: list[Item] = []
    for item in reversed(items):
        if item.document is None:
            found.append(item)
            continue
        before = last.get(item.document)
        when = item.when
        if before is not None and _is_one_moment(when, before):
            when = before + MARK
        last[item.document] = when
        found.append(replace(item, when=when))
    return found[::-1]


def newest_of_a_moment(items: list[Item]) -> list[Item]:
    """Items without changes that another change followed at the same moment.

    Nobody could read a text that stood for less than a second, and trackers write a page of many
    parts in as many versions: told one by one they would revert each other.
    """
    items = list({item.uid: item for item in items}.values())  # gaps find entries of the page, too
    after: dict[Document, Item] = {}
    passed_over: set[str] = set()
    for item in sorted(items, key=lambda item: item.when, reverse=True):
        if item.document is None:
            continue
        later = after.get(item.document)
        if later is not None and _is_followed(item, later):
            passed_over.add(item.uid)
        after[item.document] = item
    return [item for item in items if item.uid not in passed_over]


def _is_followed(item: Item, later: Item) -> bool:
    """Whether another change of the document followed at the same moment."""
    if item.record is not Record.CHANGE or later.record is not Record.CHANGE:
        return False
    return _is_one_moment(item.when, later.when)


def _is_one_moment(earlier: datetime, later: datetime) -> bool:
    return timedelta() <= later - earlier < MARKED
