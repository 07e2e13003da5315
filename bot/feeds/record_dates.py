"""When the versions of a page were recorded: no date of a feed silences what comes after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.model import Document, Item, Record
from bot.understand.marks import AHEAD

log = structlog.get_logger()

#: Nothing on the web is older; a day can be counted back from it.
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
#: Nothing on the web will be newer; a day can be added to it.
NEWEST = datetime(9000, 1, 1, tzinfo=UTC)
#: By how much versions of one document are set apart that a feed dates the same.
MARK = timedelta(microseconds=1)
#: Closer than this is only our own mark: no feed is as exact.
MARKED = timedelta(milliseconds=1)


def dated(source_id: str, items: list[Item], now: datetime) -> list[Item]:
    """The items of a page, newest first, with dates that can be told apart and lie in time.

    A document that was "understood" as it will be tomorrow would be silent until then.
    """
    ahead = [item.uid for item in items if item.when > now + AHEAD]
    if ahead:
        log.warning("source.dated_ahead", source=source_id, entries=len(ahead), first=ahead[0])
    return _told_apart(_not_ahead(items, now))


def _not_ahead(items: list[Item], now: datetime) -> list[Item]:
    """A version dated ahead was recorded by now, and before the ones that the feed puts above it.

    What people write may be dated ahead: it silences nothing.
    """
    above: dict[Document, datetime] = {}
    found: list[Item] = []
    for item in items:
        when = min(max(item.when, OLDEST), NEWEST)
        stamped = item.stamped
        if item.document:
            if when > now:
                when = min(above.get(item.document, now), now)
                stamped = item.when  # by which the tracker knows it
            else:
                above[item.document] = min(above.get(item.document, when), when)
        found.append(replace(item, when=when, stamped=stamped))
    return found


def _told_apart(items: list[Item]) -> list[Item]:
    """Versions of one moment, each a little later than the last; the feed has the newest first."""
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
    """Items without the changes that another one followed at the same moment.

    What stood for less than a second nobody could read, and trackers write a page of many parts in
    as many versions: told one by one they take back each other.
    """
    items = list({item.uid: item for item in items}.values())  # a walk finds what the page has, too
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
    """Whether another change of the document followed this one at the same moment."""
    if item.record is not Record.CHANGE or later.record is not Record.CHANGE:
        return False
    return _is_one_moment(item.when, later.when)


def _is_one_moment(earlier: datetime, later: datetime) -> bool:
    return timedelta() <= later - earlier < MARKED
