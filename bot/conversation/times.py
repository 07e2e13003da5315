"""Times as people type them: how long, until when, at what hour, on which day, how often.

Eight languages are read at once, because people mix them. The words are in `words.toml`; the names
of days and months are CLDR's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.conversation import days as calendar
from bot.conversation import hours
from bot.conversation.time_words import Words, places, table, values, words_of

#: `seldom` is less than once a week.
Often = Literal["now", "daily", "weekly", "seldom", ""]
WORKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)
#: The usual quiet hours, in minutes after midnight.
NIGHT = (22 * 60, 8 * 60)
#: Marks that are times on their own.
_OF_TIMES = (
    "night",
    "daily",
    "weekly",
    "o_clock",
    "weekend",
    "weekdays",
)
_ARTICLES = frozenset("a an am im pro par por al".split())
#: The most digits of a number that are read, and the longest duration in days.
MOST_DIGITS = 4
LONGEST_DAYS = 3660
#: Days of a week.
_WEEK = 7
_EVENING = 12 * 60
#: The end of each part of the day by its start, in minutes after midnight.
_ENDS = {begin * 60: end * 60 for begin, end in ((8, 12), (12, 14), (15, 18), (19, 23))}


@dataclass(frozen=True, slots=True)
class Times:
    """What a sentence says about time.

    `days` is a duration, `until` its last day. `at` is a time of day and `quiet` the quiet hours,
    in minutes after midnight. `weekdays` count from Monday, 0. `spans` are the characters that were
    read as times.
    """

    days: int | None = None
    until: date | None = None
    at: int | None = None
    quiet: tuple[int, int] | None = None
    weekdays: tuple[int, ...] = ()
    often: Often = ""
    silent: bool = False
    negated: bool = False
    spans: tuple[tuple[int, int], ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return bool(
            self.days
            or self.until
            or self.at is not None
            or self.quiet
            or self.weekdays
            or self.often
            or self.silent
        )


def find(said: str, today: date) -> Times:
    """The times in a sentence said today."""
    words = words_of(_meant(said))
    marks = {name: places(words, name) for name in table("marks")}
    often, days = _often(words, marks), _duration(words, marks)
    weekdays = calendar.weekdays_in(words)
    behind_each = {place + step for place in marks["each"] for step in (1, 2)}
    if behind_each & set(weekdays):
        words.used |= {place for place in marks["each"] if {place + 1, place + 2} & set(weekdays)}
        often = "weekly"
    until = calendar.until(said, words, marks, weekdays, today)
    # The numbers of dates and durations are not hours.
    quiet = hours.quiet(words.without(said), words)
    at = None if quiet else hours.clock(words.without(said), words, marks)
    part = hours.part_of_day(words)
    is_off = bool(marks["not"] | marks["quiet"])
    if marks["night"] and part is not None and is_off:
        part = None  # "não à noite"
    if marks["night"] and part is not None:
        pass  # a word for the evening that means the night, too
    elif marks["night"] and at is not None and not is_off:
        at += _EVENING if at < _EVENING else 0
    elif marks["night"] and quiet is None:
        quiet = NIGHT
    quiet = quiet or _quiet_beside(at, part, marks)
    if at is None:
        at = part
    used = words.used.union(*(marks[name] for name in _OF_TIMES))
    return Times(
        days=None if often else days,
        until=until,
        at=None if quiet else at,
        quiet=quiet,
        weekdays=_weekdays(weekdays.values(), marks),
        often=often,
        silent=bool(marks["silent"]),
        negated=bool(marks["not"]),
        spans=tuple(sorted([*words.spans, *(words.places[place] for place in used)])),
    )


def _meant(said: str) -> str:
    """A sentence without what follows "instead": "in the morning instead of at night"."""
    words = words_of(said)
    for place in sorted(places(words, "instead")):
        if place:
            return said[: words.places[place][0]]
    return said


def _weekdays(named: Iterable[int], marks: Mapping[str, set[int]]) -> tuple[int, ...]:
    """The weekdays that are meant, from Monday, 0."""
    if marks["weekend"]:
        return WEEKEND
    if marks["weekdays"]:
        return WORKDAYS
    return tuple(sorted(set(named)))


def _quiet_beside(
    at: int | None, part: int | None, marks: Mapping[str, set[int]]
) -> tuple[int, int] | None:
    """The quiet hours that exclude a time, or None: "not before 9", "not in the morning"."""
    if not marks["not"] | marks["quiet"]:
        return None
    if at is not None and marks["before"]:
        return NIGHT[0], at
    if at is not None and marks["after"]:
        return at, NIGHT[1]
    if at is None and part is not None:
        return part, _ENDS.get(part, part + 60)
    return None


def left(said: str, times: Times) -> list[str]:
    """The words of a sentence that are neither times nor belong to them."""
    around = table("marks")["around"] | table("marks")["not"] | table("marks")["silent"]
    words = words_of(said)
    found: list[str] = []
    for word, (start, end) in zip(words.words, words.places, strict=True):
        if word in around or not any(each.isalnum() for each in word):
            continue
        if not any(first < end and start < last for first, last in times.spans):
            found.append(word)
    return found


def _duration(words: Words, marks: Mapping[str, set[int]]) -> int | None:
    """The number of days named, or None: "two weeks", "14 days", "a month"; not "each week"."""
    numbers = values("numbers")
    units = values("days")
    for place, word in enumerate(words.words):
        match = re.fullmatch(r"(\d{1,3})([a-z]+)", word)
        if match and match[2] in units:
            words.used.add(place)
            return min(int(match[1]) * units[match[2]], LONGEST_DAYS)
        if word not in units or len(word) == 1 or place == 0 or place - 2 in marks["each"]:
            continue
        before = words.words[place - 1]
        count = int(before[:MOST_DIGITS]) if before.isdecimal() else numbers.get(before)
        if place - 1 in marks["lately"]:
            count = 1
        if count is not None:
            words.used |= {place - 1, place}
            return min(count * units[word], LONGEST_DAYS)
    return None


def _often(words: Words, marks: Mapping[str, set[int]]) -> Often:
    """How often something is wanted: "every day", "once a week", "1x pro Woche", "at once"."""
    for named in ("weekly", "daily"):
        if marks[named]:
            return named
    if marks["at_once"]:
        return "now"
    for place, word in enumerate(words.words):
        is_unit = word in values("days") or word in values("hours")
        if is_unit and len(word) > 1 and (often := _of_unit(words, marks, place)):
            return often
    return ""


def _of_unit(words: Words, marks: Mapping[str, set[int]], place: int) -> Often:
    """How often, by the unit at a place: "every other week", "one message a day"."""
    unit = values("days").get(words.words[place])
    before = set(range(place - 2, place))
    once = {each for each in marks["once"] if each < place}
    is_per = unit is not None and (place - 1 in marks["per"] or _is_a_unit(words, place))
    twice = set(range(place - 3, place)) & marks["twice"]
    if not (before & (marks["each"] | twice) or once or is_per):
        return ""
    words.used |= {place} | once | before & (marks["each"] | marks["per"] | twice)
    if twice:
        return "seldom"  # there is no schedule for "twice a week"
    return _by_days(_count(words, place) * (unit or 1))


def _is_a_unit(words: Words, place: int) -> bool:
    """Whether the words before a unit say how many come in it: "one message a day"."""
    if place < 3 or words.words[place - 1] not in _ARTICLES:
        return False
    numbers = values("numbers")
    return any(numbers.get(word) == 1 for word in words.words[place - 3 : place - 1])


def _count(words: Words, place: int) -> int:
    """The number before a unit, or 1: "every two weeks"."""
    before = words.words[place - 1] if place else ""
    return int(before) if before.isdecimal() else values("numbers").get(before, 1)


def _by_days(days: int) -> Often:
    if days == 1:
        return "daily"
    return "weekly" if days == _WEEK else "seldom"
