"""Which documents a collection still reads, judged from several looks.

Silence about a document that nobody reads means nothing, so people are told; but a false alarm is
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

#: A document counts as lost after this many looks in a row,
LOOKS = 3
#: over at least this time.
PATIENCE = timedelta(days=3)
#: After each return, the next loss must last twice as long, up to this.
MOST_PATIENCE = timedelta(days=30)
#: A document counts as read again after this many good looks in a row.
GOOD_LOOKS = 2
#: A collection's usual gap is known from this many records,
RECORDS = 20
#: over at least this time.
SPAN = timedelta(days=14)
#: A collection is silent after this many times its longest usual gap,
GAPS = 3
#: and never before this time.
SILENT_AFTER = timedelta(days=14)


class Sight(StrEnum):
    """The evidence of one look that a document is read.

    READ: its collection says that it reads it. LISTED: it lists it without saying more. ANSWERS: it
    answers, but without mentioning it. UNSURE: nothing can be said.
    """

    READ = "read"
    LISTED = "listed"
    ANSWERS = "answers"
    UNSURE = "unsure"


_WHOLE = frozenset({Origin.UNREACHED, Origin.SILENT})
_LISTED = _WHOLE | {Origin.NOT_RECORDED, Origin.ENDED}
#: The findings that each sight ends; any other finding stands.
_ENDS = {
    Sight.READ: _LISTED | {Origin.NOT_READ},
    Sight.LISTED: _LISTED,
    Sight.ANSWERS: _WHOLE,
    Sight.UNSURE: frozenset[Origin](),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that a document is not read: why, and since when."""

    why: Origin
    since: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that its collection does not read, with the finding."""

    document: Document
    finding: Finding


@dataclass(frozen=True, slots=True)
class Watched:
    """The state of a document's coverage.

    `looks` counts in a row: missed looks while the document counts as read, good ones while it
    counts as lost. `missed_at` is the time of the first missed look. `told_at` is when its loss was
    told, `times` how often it came back.
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
        """Whether the document counts as lost: no longer read."""
        return self.state is CoverageState.LOST


def first_seen(document: Document, seen: Finding | Sight) -> Watched:
    """The state of a document after the first look.

    A document that is lost already is no news.
    """
    if isinstance(seen, Finding):
        return Watched(document, CoverageState.LOST, seen)
    return Watched(document)


def after(held: Watched, seen: Finding | Sight, now: datetime) -> Watched:
    """The state of a document after one more look."""
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
    """The last record of a collection that is silent for unusually long; else None.

    A collection with too few records is never called silent.
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
