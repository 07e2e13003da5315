"""Parsing dates that feeds write wrongly: half a standard, another language, no zone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

from babel.dates import get_day_names

from bot.feeds.zones import offset
from bot.understand import dates

#: Characters of a field that are examined; no date is longer.
ENOUGH = 100
#: The first plausible year: there were no feeds before.
FIRST_YEAR = 1990
#: The furthest plausible date ahead.
AHEAD = timedelta(days=2 * 366)

#: Short forms in use that the Unicode locale data does not have.
_MORE_MONTHS = {"mrz": 3, "maerz": 3, "sept": 9, "sett": 9, "jaen": 1, "jaenner": 1, "mrt": 3}
#: Letters that Unicode does not decompose into a plain one and its accent.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "−": "-", "–": "-"})

_ORDINAL = r"(?:(?:st|nd|rd|th|er|re|ste|e|o|a)\b)?"
_BETWEEN = r"[\s,./-]{0,3}(?:(?:de|del|di|of|den|gada|m\.)\s)?"
_WORD = r"(?P<m>[^\W\d_]{3,12})\.?"
_DAY = r"(?<![\d.:])(?P<d>\d{1,2})"
_YEAR = r"'?(?P<y>\d{4}|\d{2})(?![\d:])"
_CLOCK = r"\s(?P<clock>\d{1,2}:\d\d\b.{0,30}?)\s(?P<y>\d{4})(?!\d)"

#: Date formats, the most reliable first: with the year in front there is only one reading.
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?<!\d)(?P<y>\d{4})\s?([-./])\s?(?P<m>\d{1,2})\s?\2\s?(?P<d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?=t|\s|$|\d{4}\b|\d{6}\b)",
        _DAY + _ORDINAL + _BETWEEN + _WORD + _BETWEEN + _YEAR,
        r"\b" + _WORD + r"[\s-]{0,2}(?P<d>\d{1,2})" + _ORDINAL + r"[\s,.-]{1,3}" + _YEAR,
        r"(?<!\d)(?P<y>\d{4})" + _BETWEEN + _WORD + _BETWEEN + r"(?P<d>\d{1,2})(?!\d|:)",
        r"(?<!\d)(?P<y>\d{4})" + _BETWEEN + _DAY + r"\.?\s" + _WORD,
        r"\b" + _WORD + r"\s{1,2}(?P<d>\d{1,2})" + _CLOCK,
        _DAY + r"\s" + _WORD + _CLOCK,
        _DAY + r"\s?([-./])\s?(?P<m>\d{1,2})\s?\2\s?" + _YEAR,
    )
)
_TIME = re.compile(
    r"(?<![\d+-])(?P<h>\d{1,2})\s?(?P<h_mark>[:h.])\s?(?P<min>\d\d)(?!\d)"
    r"(?:[:.](?P<s>\d\d)(?!\d))?(?:[.,]\d{1,12})?\s?(?P<half>[ap]\.?\s?m\b)?"
)
_COMPACT_TIME = re.compile(r"(?:^|t|\s)(?P<h>\d\d)(?P<min>\d\d)(?P<s>\d\d)?(?!\d)(?P<half>)")
_HOUR = re.compile(
    r"(?<![\d+:-])(?P<h>\d{1,2})\s?(?:(?P<half>[ap]\.?m)\b|h\b|uhr\b)(?P<min>)(?P<s>)"
)
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13}|\d{15,16})(?:\.\d{1,9})?")


def parse(text: str, now: datetime) -> datetime | None:
    """The moment that a date field means, in UTC; None if it gives no plausible day.

    Numbers alone are seconds, milliseconds or microseconds since 1970. A day in figures is read as
    European, day first, unless only the other order is a date. A wrong weekday is ignored, a day
    without a time is midnight, a time without a zone is UTC. Words such as "today" mean nothing:
    `now` only determines which years are plausible.
    """
    plain = _plain(text[:ENOUGH])[:ENOUGH]
    epoch = _EPOCH.fullmatch(plain)
    if epoch:
        moment = _plausible(_since_1970(epoch[1]), now)
        if moment:
            return moment
    for form in _FORMS:
        for match in form.finditer(plain):
            if (day := _day(match, plain, now)) is not None:
                return _plausible(_at(day, _beside(match, plain)), now)
    return None


def _plain(text: str) -> str:
    """Lower case without accents, so that "Août" and "aout" are equal."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return kept.translate(_PLAIN).strip()


def _since_1970(digits: str) -> datetime:
    """The moment of a number of seconds, milli- or microseconds, by its length."""
    seconds = float(digits)
    if len(digits) > 14:
        seconds = int(digits) / 1_000_000
    elif len(digits) > 10:
        seconds = int(digits) / 1_000
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _plausible(moment: datetime, now: datetime) -> datetime | None:
    if moment.year < FIRST_YEAR or moment > now + AHEAD:
        return None
    return moment


def _beside(match: re.Match[str], plain: str) -> str:
    """The rest of the field, which contains the time and the zone."""
    clock = match.groupdict().get("clock")
    return clock or f"{plain[match.end() :]} | {plain[: match.start()]}"


def _day(match: re.Match[str], plain: str, now: datetime) -> date | None:
    year = _year(match["y"], now)
    day = int(match["d"])
    word = match["m"]
    if not word.isdecimal():
        return _nearest(_dates(year, months(word), day), plain, now)
    # In the order of the format, unless only the other order is a date.
    written = [*_dates(year, [int(word)], day), *_dates(year, [day], int(word))]
    return written[0] if written else None


def _year(digits: str, now: datetime) -> int:
    number = int(digits)
    if len(digits) == 4:
        return number
    if 2000 + number <= now.year + 2:
        return 2000 + number
    return 1900 + number


def _dates(year: int, numbers: Iterable[int], day: int) -> Iterator[date]:
    for month in numbers:
        with suppress(ValueError):
            yield date(year, month, day)


def _nearest(found: Iterable[date], plain: str, now: datetime) -> date | None:
    """The likeliest of several days: on the weekday that is written, else not in the future."""
    days = list(found)
    if not days:
        return None
    if len(days) == 1:
        return days[0]
    written: set[int] = set()
    for word in re.findall(r"[^\W\d_]+", plain):
        written.update(_weekdays(word))
    today = now.date()

    def rank(day: date) -> tuple[bool, bool, timedelta]:
        """The likeliest first."""
        return day.weekday() not in written, day > today, abs(day - today)

    return min(days, key=rank)


def _at(day: date, rest: str) -> datetime:
    """The day at the time that is written beside it, or at midnight."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    time = _TIME.search(rest) or _COMPACT_TIME.search(rest) or _HOUR.search(rest)
    if time is None:
        return midnight
    since = _since_midnight(time)
    if since is None:
        return midnight
    with suppress(OverflowError):
        return midnight + since - offset(rest[time.end() :])
    return midnight


def _since_midnight(time: re.Match[str]) -> timedelta | None:
    """The time of a match since midnight, or None if it is invalid.

    24:00 is the next day, and a leap second is the next minute.
    """
    hour, minute, second = (int(time[part] or 0) for part in ("h", "min", "s"))
    if hour > 24 or minute > 59 or second > 60:
        return None
    return timedelta(hours=_of_24(hour, time["half"]), minutes=minute, seconds=second)


def _of_24(hour: int, half: str | None) -> int:
    """An hour on the 24-hour clock; `half` begins with "a" or "p" if it is on the 12-hour clock."""
    if not half:
        return hour
    if half.startswith("p") and hour < 12:
        return hour + 12
    if half.startswith("a") and hour == 12:
        return 0
    return hour


@lru_cache(maxsize=512)
def months(word: str) -> tuple[int, ...]:
    """The months that a word can mean or begin: "lis" is Polish November, Croatian October.

    English takes precedence, then a whole name, then a beginning.
    """
    names = _month_names()
    if word in names:
        return names[word]
    begun: set[int] = set()
    for name, numbers in names.items():
        if name.startswith(word):
            begun.update(numbers)
    return tuple(sorted(begun))


@cache
def _month_names() -> dict[str, tuple[int, ...]]:
    """The months by their plain names. A name that is English is always read as English."""
    names: dict[str, tuple[int, ...]] = {}
    for name, numbers in dates.months().items():
        plain = _plain(name)
        names[plain] = tuple(dict.fromkeys((*names.get(plain, ()), *numbers)))
    sure = _MORE_MONTHS | dict(dates.names_in("en"))
    return names | {name: (number,) for name, number in sure.items()}


@lru_cache(maxsize=512)
def _weekdays(word: str) -> tuple[int, ...]:
    return _weekday_names().get(word, ())


@cache
def _weekday_names() -> dict[str, tuple[int, ...]]:
    names: dict[str, tuple[int, ...]] = {}
    for language in dates.LANGUAGES:
        for name, number in dates.names_in(language, get_day_names):
            plain = _plain(name)
            # A single letter, as in Estonian and Hungarian, can also be an hour or a zone.
            if len(plain) > 1:
                names[plain] = tuple({*names.get(plain, ()), number})
    return names
