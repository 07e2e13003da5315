"""Which documents a collection still reads: what one look says, and what several looks mean.

Silence about a document that nobody reads means nothing, so people are told; but a wrong alarm is
worse than a late one. See docs/decisions/0028.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from bot.model import Document
from bot.states import CoverageState
from bot.verdicts import Origin

#: A document counts as lost after so many looks in a row,
LOOKS = 3
#: over so long a time.
PATIENCE = timedelta(days=3)
#: Each time that it came back the next loss must last twice as long, up to this.
MOST_PATIENCE = timedelta(days=30)
#: It counts as read again after so many good looks in a row.
GOOD_LOOKS = 2
#: What is usual for a collection is known from so many records,
RECORDS = 20
#: over so long a time.
SPAN = timedelta(days=14)
#: It is silent after so many times its longest usual gap,
GAPS = 3
#: and never before so long.
SILENT_AFTER = timedelta(days=14)


class Sight(StrEnum):
    """What speaks for a document at a look.

    Its collection says that it reads it, lists it without saying more, or answers without a word on
    it; or nothing can be said.
    """

    READ = "read"
    LISTED = "listed"
    ANSWERS = "answers"
    UNSURE = "unsure"


_WHOLE = frozenset({Origin.UNREACHED, Origin.SILENT})
_LISTED = _WHOLE | {Origin.NOT_RECORDED, Origin.ENDED}
#: Which findings each of them contradicts; another one stands until something does.
_ENDS = {
    Sight.READ: _LISTED | {Origin.NOT_READ},
    Sight.LISTED: _LISTED,
    Sight.ANSWERS: _WHOLE,
    Sight.UNSURE: frozenset[Origin](),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """That a document is not read: why, and since when."""

    why: Origin
    since: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that its collection does not read: why, and since when."""

    document: Document
    finding: Finding


@dataclass(frozen=True, slots=True)
class Watched:
    """What is remembered of whether a document is read.

    `looks` counts in a row: those that missed it while it counts as read, good ones while it counts
    as lost. `missed_at` is the first of the former. `told_at` is when its loss was told, `times`
    how often it came back.
    """

    document: Document
    state: CoverageState = CoverageState.READ
    finding: Finding | None = None
    missed_at: datetime | None = None
    looks: int = 0
    told_at: datetime | None = None
    times: int = 0

    @property
    def lost(self) -> bool:
        """Whether the document counts as lost: not read any more."""
        return self.state is CoverageState.LOST


def first_seen(document: Document, seen: Finding | Sight) -> Watched:
    """What is remembered of a document after the first look, which only teaches.

    A document that is lost already is no news.
    """
    if isinstance(seen, Finding):
        return Watched(document, CoverageState.LOST, seen)
    return Watched(document)


def after(held: Watched, seen: Finding | Sight, now: datetime) -> Watched:
    """What is remembered of a document after one more look."""
    if isinstance(seen, Finding):
        if held.lost:
            return replace(held, looks=0)
        return _missed(held, seen, now)
    if held.finding is None:
        return held
    if held.finding.why not in _ENDS[seen]:
        return held
    if held.lost:
        return _good(held)
    return replace(held, finding=None, missed_at=None, looks=0)


def silent_since(records: Iterable[datetime], now: datetime) -> datetime | None:
    """When a collection recorded last, where that is far longer ago than it takes; else None.

    A collection of which too little is known is never called silent.
    """
    known = sorted(when for when in set(records) if when <= now)
    if len(known) < RECORDS:
        return None
    if known[-1] - known[0] < SPAN:
        return None
    longest = max(later - earlier for earlier, later in pairwise(known))
    last = known[-1]
    if now - last > max(GAPS * longest, SILENT_AFTER):
        return last
    return None


def _missed(held: Watched, seen: Finding, now: datetime) -> Watched:
    begun = held.missed_at or now
    looks = held.looks + 1
    if held.finding and held.finding.why is seen.why:
        seen = min(held.finding, seen, key=lambda finding: finding.since)
    patience = min(PATIENCE * 2 ** min(held.times, 8), MOST_PATIENCE)
    if looks >= LOOKS and now - begun >= patience:
        return replace(held, state=CoverageState.LOST, finding=seen, missed_at=begun, looks=0)
    return replace(held, finding=seen, missed_at=begun, looks=looks)


def _good(held: Watched) -> Watched:
    if held.looks + 1 < GOOD_LOOKS:
        return replace(held, looks=held.looks + 1)
    return Watched(held.document, times=held.times + 1)
