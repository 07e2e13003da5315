"""When the versions of a page were recorded: no date of a feed silences what comes after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.model import Document, Item, Record

log = structlog.get_logger()

#: Clocks and time zones are off by less than this. What is dated further ahead is dated wrongly.
AHEAD = timedelta(days=1)
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
        elif item.document:
            above[item.document] = min(above.get(item.document, when), when)
        found.append(replace(item, when=when))
    return found


def _told_apart(items: list[Item]) -> list[Item]:
    """Of versions of one moment the feed has the newest first: each is a little later than the last.

    Several changes of one moment are one: what stood for less than a second nobody could read, and
    trackers write a page of many parts in as many versions.
    """
    last: dict[Document, Item] = {}
    kept: list[Item] = []
    passed_over: set[str] = set()
    for found in reversed(items):
        before = last.get(found.document) if found.document else None
        item = found
        if before and timedelta() <= before.when - found.when < MARKED:
            item = replace(found, when=before.when + MARK)
            if before.record is found.record is Record.CHANGE:
                passed_over.add(before.uid)
        if item.document:
            last[item.document] = item
        kept.append(item)
    return [item for item in reversed(kept) if item.uid not in passed_over]
