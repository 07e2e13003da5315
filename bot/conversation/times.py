"""Times as people type them: how long, until when, at what hour, on which day, how often.

In eight languages at once, as people mix them: the words stand in `words.toml`, the names of days
and months are CLDR's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.conversation import days as calendar
from bot.conversation import hours
from bot.conversation.time_words import Words, places, table, values, words_of

#: The usual night, in minutes after midnight.
NIGHT = (22 * 60, 8 * 60)
#: The marks that are times by themselves.
_OF_TIMES = ("night", "daily", "weekly", "each", "once", "o_clock", "until")
#: Days of a week.
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Times:
    """What a sentence says of time.

    `days` is how long, `until` the day up to which; `at` is a time of day, `quiet` the hours in
    which nothing comes, in minutes after midnight; `weekdays` count from Monday, 0. `spans` are
    the characters that say it.
    """

    days: int | None = None
    until: date | None = None
    at: int | None = None
    quiet: tuple[int, int] | None = None
    weekdays: tuple[int, ...] = ()
    often: Literal["now", "daily", "weekly", ""] = ""
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
    """The times in a sentence that is said on a day."""
    words = words_of(said)
    marks = {name: places(words, name) for name in table("marks")}
    days = _duration(words)
    weekdays = calendar.weekdays_in(words)
    until = calendar.until(said, words, marks, weekdays, today)
    # The numbers of dates and durations are no hours.
    quiet = hours.quiet(words.without(said), words)
    at = None if quiet else hours.time_of_day(words.without(said), words)
    often = _often(words, marks, weekdays, days)
    night = bool(marks["night"])
    if night and quiet is None:
        quiet = NIGHT
    used = words.used.union(*(marks[name] for name in _OF_TIMES))
    return Times(
        days=None if often else days,
        until=until,
        at=at,
        quiet=quiet,
        weekdays=tuple(sorted(set(weekdays.values()))),
        often=often,
        silent=bool(marks["silent"]),
        negated=bool(marks["not"]),
        spans=tuple(sorted([*words.spans, *(words.places[place] for place in used)])),
    )


def left(said: str, times: Times) -> list[str]:
    """The words of a sentence that say nothing of time, nor stand around it."""
    around = table("marks")["around"] | table("marks")["not"] | table("marks")["silent"]
    words = words_of(said)
    found: list[str] = []
    for word, (start, end) in zip(words.words, words.places, strict=True):
        if word in around or not any(each.isalnum() for each in word):
            continue
        if not any(first < end and start < last for first, last in times.spans):
            found.append(word)
    return found


def _duration(words: Words) -> int | None:
    """How many days are named: "two weeks", "14 days", "a month"."""
    numbers = values("numbers")
    units = values("days")
    for place, word in enumerate(words.words):
        match = re.fullmatch(r"(\d{1,3})([a-z]+)", word)
        if match and match[2] in units:
            words.used.add(place)
            return int(match[1]) * units[match[2]]
        if word not in units or place == 0:
            continue
        before = words.words[place - 1]
        count = int(before) if before.isdecimal() else numbers.get(before)
        if count is not None:
            words.used |= {place - 1, place}
            return count * units[word]
    return None


def _often(
    words: Words, marks: Mapping[str, set[int]], weekdays: Mapping[int, int], days: int | None
) -> Literal["now", "daily", "weekly", ""]:
    """How often: "every day", "once a week", "fridays", "at once"."""
    if marks["weekly"]:
        return "weekly"
    if marks["daily"]:
        return "daily"
    if marks["at_once"]:
        return "now"
    # An article may stand between: "tous les jours".
    behind = {place + step for place in marks["each"] for step in (1, 2)}
    every = sorted(place for place in behind if place < len(words.words))
    if marks["once"]:
        every = list(range(len(words.words)))
    return _every(words, every, bool(weekdays), days)


def _every(
    words: Words, places: Sequence[int], on_weekdays: bool, days: int | None
) -> Literal["daily", "weekly", ""]:
    """How often what stands at these places comes; nothing where none does."""
    if not places:
        return ""
    units = values("days")
    named = [units[words.words[at]] for at in places if words.words[at] in units]
    if on_weekdays or _WEEK in named:
        return "weekly"
    of_a_day = values("hours")
    if 1 in named or days == 1 or any(word in of_a_day for word in words.words):
        return "daily"
    return ""
