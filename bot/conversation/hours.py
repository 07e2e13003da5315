"""Hours as people type them: a time of day, or hours in which it is quiet."""

from __future__ import annotations

import re

from bot.conversation.time_words import Words, values

#: An hour after noon.
_NOON = 12
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
    """Hours from one to another: "22-8", "between 10pm and 7am"."""
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


def time_of_day(said: str, words: Words) -> int | None:
    """A time of day: 18:00, 6pm, 18h30, "in the evening"."""
    if match := _CLOCK.search(said):
        words.spans.append(match.span())
        return _minutes(match[1], match[2], match[3])
    hours = values("hours")
    for place, word in enumerate(words.words):
        if word in hours:
            words.used.add(place)
            return hours[word] * 60
    return None
