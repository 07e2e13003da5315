"""Hours as people type them: a time of day, or quiet hours."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.conversation.time_words import Words, named, places, table, values, words_of

#: An hour after noon.
_NOON = 12
#: Marks after which a bare number is an hour.
_BEFORE_HOURS = ("at", "before", "after", "daily", "weekly", "until")
#: Words after which a part of the day is a greeting.
_GOOD = frozenset("good guten gute goede goeden goeie buona buon bonne boa buenas dobry".split())
#: The minutes that some words add to an hour.
_PARTS_OF_AN_HOUR = {"half_past": 30, "quarter_to": -15, "quarter_past": 15}
_HALF = re.compile(
    r"(?:half past|quarter (?:to|past)|viertel (?:vor|nach)|halb|kwart (?:voor|over))\s$", re.I
)
#: Words for one that are mostly articles.
_ARTICLES = frozenset("a an un une uno una um uma een ein eine einen einem einer".split())
_CLOCK = re.compile(
    r"(?<![\w.:])([01]?\d|2[0-3])(?:\s?(?::|h|\.)\s?([0-5]\d))?\s?(uhr|h|hrs|heures|ore|uur|horas?|a\.?m\.?|p\.?m\.?)?(?!\w)",
    re.I,
)
_SPAN = re.compile(
    r"(?<![\w.:])([01]?\d|2[0-4])(?:[:h.]([0-5]\d))?\s?(am|pm|uhr|h)?\s?"
    r"(?:[-–—]|(?:to|until|till|bis|à|a|alle|hasta|tot|do|às|até|and|und|et|e|y|en|i)\b)\s?"
    r"([01]?\d|2[0-4])(?:[:h.]([0-5]\d))?\s?(am|pm|uhr|h)?(?![\w:])",
    re.I,
)


def quiet(said: str, words: Words) -> tuple[int, int] | None:
    """The quiet hours in minutes after midnight, or None: "22-8", "between 10pm and 7am"."""
    match = _SPAN.search(said)
    if match is None:
        return None
    words.spans.append(match.span())
    start = _minutes(match[1], match[2], match[3])
    end = _minutes(match[4], match[5], match[6])
    return start % (24 * 60), end % (24 * 60)


def _minutes(hour: str, minute: str | None, half: str | None) -> int:
    hours = int(hour)
    mark = (half or "").casefold().replace(".", "")
    if mark == "pm" and hours < _NOON:
        hours += _NOON
    if mark == "am" and hours == _NOON:
        hours = 0
    return hours * 60 + int(minute or 0)


def clock(said: str, words: Words, marks: Mapping[str, set[int]]) -> int | None:
    """A time of day in minutes: 18:00, 6pm, 18h30, "at nine", "half past six", "abends um 8"."""
    at = _in_figures(said, words)
    if at is None:
        at = _in_words(words, marks)
    part = part_of_day(words)
    if at is not None and part is not None and at < part and at < _NOON * 60:
        at += _NOON * 60 if part >= _NOON * 60 else 0
    return at


def part_of_day(words: Words) -> int | None:
    """The start of a part of the day that is named, in minutes; or None: "in the evening"."""
    hours = values("hours")
    for first, last, name in named(words, hours):
        if first and words.words[first - 1] in _GOOD:
            continue  # "good evening"
        words.used |= {first, last}
        return hours[name] * 60
    return None


def _in_figures(said: str, words: Words) -> int | None:
    for match in _CLOCK.finditer(said):
        before = said[: match.start()]
        if match[2] or match[3] or _says_when(before) or _HALF.search(before):
            words.spans.append(match.span())
            return _minutes(match[1], match[2], match[3]) + _part_of_an_hour(words)
    return None


def _in_words(words: Words, marks: Mapping[str, set[int]]) -> int | None:
    """An hour in words, in minutes, after "at" or "half" or before "o'clock"; or None."""
    numbers = values("numbers")
    around = set().union(*(marks[mark] for mark in ("at", *_PARTS_OF_AN_HOUR, "half_to")))
    for place, word in enumerate(words.words):
        hour = numbers.get(word)
        if hour is None or not 1 <= hour <= _NOON or word in _ARTICLES:
            continue
        is_behind = place - 1 in around and word not in values("days")
        unit = words.words[place + 1] if place + 1 < len(words.words) else ""
        if place + 1 in marks["o_clock"] or (is_behind and unit not in values("days")):
            for mark in ("half_to", *_PARTS_OF_AN_HOUR):
                words.used |= marks[mark]
            words.used.add(place)
            return hour * 60 + _part_of_an_hour(words)
    return None


def _part_of_an_hour(words: Words) -> int:
    """The minutes that "half past" or "quarter to" adds to an hour."""
    if places(words, "half_to"):
        return -30
    for mark, minutes in _PARTS_OF_AN_HOUR.items():
        if places(words, mark):
            return minutes
    return 0


def _says_when(before: str) -> bool:
    """Whether a bare number after these words is an hour: "at 9", "daily 9"; not "article 9"."""
    words = words_of(before).words
    if not words:
        return True
    return any(words[-1] in table("marks")[mark] for mark in _BEFORE_HOURS)
