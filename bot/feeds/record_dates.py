"""When the versions of a page were recorded: no date of a feed silences what comes after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.model import Document, Item, Record
from bot.understand.marks import AHEAD

log = structlog.get_logger()

#: Nothing on the web is older or will be newer; a day more or less can be counted from both.
OLDEST, NEWEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
#: What sets apart versions of one document that a feed dates the same. No feed is as exact.
MARK, MARKED = timedelta(microseconds=1), timedelta(milliseconds=1)


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
        if item.document and when > now:
            when = min(above.get(item.document, now), now)
            item = replace(item, stamped=item.when)  # by which the tracker knows it
        elif item.document:
            above[item.document] = min(above.get(item.document, when), when)
        found.append(replace(item, when=when))
    return found


def _told_apart(items: list[Item]) -> list[Item]:
    """Of versions of one moment the feed has the newest first: each is a little later than the last."""
    last: dict[Document, datetime] = {}
    found: list[Item] = []
    for item in reversed(items):
        if item.document is None:
            found.append(item)
            continue
        before, when = last.get(item.document), item.when
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
        changes = later is not None and later.record is item.record is Record.CHANGE
        if later and changes and _is_one_moment(item.when, later.when):
            passed_over.add(item.uid)
        after[item.document] = item
    return [item for item in items if item.uid not in passed_over]


def _is_one_moment(earlier: datetime, later: datetime) -> bool:
    return timedelta() <= later - earlier < MARKED
