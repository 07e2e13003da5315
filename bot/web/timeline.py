"""The history of a service as a chart: what changed when, how severe it is, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_skeleton

from bot.locales import locale
from bot.matcher import roles_of
from bot.model import Story
from bot.preferences import PRIVATE
from bot.render.labels import terms
from bot.verdicts import Severity

#: Measures are in units of the view box.
WIDTH = 720
LEFT = 12
RIGHT = 12
ROW = 44
TOP = 26
BOTTOM = 26
#: The fewest days that the chart covers, and its most rows; the last row takes the rest.
LEAST_DAYS = 180
MOST_ROWS = 6
#: The most marks on the time axis.
MOST_TICKS = 6
#: Half the size of a point, by severity.
SIZES = {
    Severity.NOISE: 4.0,
    Severity.MINOR: 4.0,
    Severity.SHOULD_KNOW: 6.5,
    Severity.MUST_KNOW: 9.0,
}


@dataclass(frozen=True, slots=True)
class Point:
    """A story: its place, its size, and whether it is for private people."""

    x: float
    y: float
    size: float
    grave: bool
    private: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A document, or all without a row of their own ("")."""

    name: str
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the time axis, with its label and the label's anchor."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A chart of this width and height."""

    width: int
    height: int
    rows: tuple[Row, ...]
    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]


def timeline(stories: Sequence[Story], today: date) -> Timeline | None:
    """The chart of some stories up to today; None if there are none."""
    if not stories:
        return None
    days = [story.lead.recorded.date() for story in stories]
    first = min(*days, today - timedelta(days=LEAST_DAYS))
    last = max(*days, today)
    span = (last - first).days or 1

    def x(day: date) -> float:
        """The place of a day."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span, 1)

    names = _rows(stories)
    rows = tuple(Row(name, TOP + ROW * (place + 0.5)) for place, name in enumerate(names))
    by_name = {row.name: row.y for row in rows}
    points = []
    for story in sorted(stories, key=lambda story: story.lead.severity):
        lead = story.lead
        y = by_name.get(_document(story), rows[-1].y)
        whom = roles_of([lead])
        is_grave = lead.severity is Severity.MUST_KNOW
        is_private = not whom or bool(whom & PRIVATE)
        points.append(Point(x(lead.recorded.date()), y, SIZES[lead.severity], is_grave, is_private))
    height = TOP + ROW * len(rows) + BOTTOM
    return Timeline(WIDTH, height, rows, tuple(points), tuple(_ticks(first, last, x)))


def _document(story: Story) -> str:
    return terms(story.lead.terms_type)


def _rows(stories: Sequence[Story]) -> list[str]:
    """The documents with the most stories; the rest share a row without a name."""
    counts: dict[str, int] = {}
    for story in stories:
        name = _document(story)
        counts[name] = counts.get(name, 0) + 1
    names = sorted(counts, key=lambda name: (-counts[name], name))
    if len(names) > MOST_ROWS or "" in names:
        names = [*[name for name in names if name][: MOST_ROWS - 1], ""]
    return names


def _ticks(first: date, last: date, x: Callable[[date], float]) -> list[Tick]:
    months = (last.year - first.year) * 12 + last.month - first.month
    step = max(1, -(-months // MOST_TICKS))
    found = []
    for ahead in range(1, months + 1, step):
        number = first.month - 1 + ahead
        day = date(first.year + number // 12, number % 12 + 1, 1)
        if day <= last:
            label = format_skeleton("yMMM", day, locale=locale())
            found.append(_tick(x(day), str(label)))
    return found


def _tick(x: float, label: str) -> Tick:
    """A tick; its label is moved inside near an edge."""
    if x < LEFT + 40:
        return Tick(x, label, "start")
    if x > WIDTH - RIGHT - 40:
        return Tick(x, label, "end")
    return Tick(x, label, "middle")
