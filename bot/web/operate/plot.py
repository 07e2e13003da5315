"""Bar charts of what platforms took in each minute, one per platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.watch import Tally

#: The minutes in a chart, and measures in units of its view box.
MINUTES = 180
STEP = 4
HEIGHT = 80
WIDTH = MINUTES * STEP
#: The minutes between two marks on the time axis.
MARK_MINUTES = 30
#: The minutes that a mark's label needs.
ROOM_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """A minute: its place, the height of what was sent, and of what failed on top."""

    x: int
    sent: float
    failed: float
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A platform's recent hours: bars, time marks (x, label), and the most in a minute."""

    platform: str
    bars: Sequence[Bar]
    marks: Sequence[tuple[int, str]]
    most: int
    total: int


def plots(tallies: Sequence[Tally], now: datetime) -> list[Plot]:
    """A chart for each platform that sent anything recently, on one time scale."""
    begins = _minute(now) - timedelta(minutes=MINUTES - 1)
    marks = []
    for minute in range(MINUTES):
        when = begins + timedelta(minutes=minute)
        if when.minute % MARK_MINUTES == 0 and minute < MINUTES - ROOM_MINUTES:
            marks.append((minute * STEP, f"{when:%H:%M}"))
    found = []
    for platform in sorted({each.platform for each in tallies}):
        theirs = [each for each in tallies if each.platform == platform]
        most = max((each.sent + each.failed for each in theirs), default=0)
        bars = [_bar(each, begins, most) for each in theirs if each.minute >= begins]
        total = sum(each.sent for each in theirs)
        found.append(Plot(platform, bars, marks, most, total))
    return found


def _bar(tally: Tally, begins: datetime, most: int) -> Bar:
    place = round((tally.minute - begins).total_seconds() / 60) * STEP
    height = HEIGHT / max(most, 1)
    words = f"{tally.minute:%H:%M}: {tally.sent} sent"
    if tally.failed:
        words += f", {tally.failed} not"
    return Bar(place, tally.sent * height, tally.failed * height, words)


def _minute(when: datetime) -> datetime:
    return when.replace(second=0, microsecond=0)
