"""Incomplete or ambiguous dates: in figures, without a day or year, with a spelled "first"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from bot.understand.dates import months

#: A date without a year is the first one at most this long before the day of recording.
BEHIND = timedelta(days=30)
#: Of two readings of a date, the one within this of the day of recording wins.
NEAR = timedelta(days=3)
#: A reading further than this from the day of recording is discarded.
FAR = timedelta(days=550)
MONTHS_A_YEAR = 12
#: The century that is added to two-digit years.
CENTURY = 2000

#: "the first" in each language, as written before a month.
FIRST_WORDS = r"first|erste[nrs]?|premier|primo|primero|primeiro|eerste|pierwszego|pierwszy"
#: Text that does not precede a month without a day.
_NO_DAY = (
    r"(?<!\d )(?<!\d\. )(?<!\d de )(?<!\d of )(?<!st )(?<!nd )(?<!rd )(?<!th )(?<!er )(?<![º°] )"
)
_OF = r"(?:\s+(?:day\s+)?(?:of|de|del|van))?"
_FIGURES = re.compile(
    r"(?<![\d/.-])(?P<first>\d{1,2})\s?(?P<mark>[./-])\s?(?P<second>\d{1,2})\s?(?P=mark)\s?"
    r"(?P<year>(?:20)?\d{2})(?![\d/-]|\.\d)"
)
#: "30 days after 15 March 2026"; the number may also be spelled out, with figures in brackets.
_SPAN = (
    r"(?<!\d)(?P<number>\d{1,3})\)?\s(?:calendar\s|full\s)?(?P<unit>days|weeks|Tage|Wochen|jours|"
    r"semaines|giorni|settimane|días|semanas|dias|dagen|weken|dni|tygodni)\s"
    r"(?:after|from|following|nach|après|dopo|despu[eé]s de|após|depois de|na|po)l?\s"
    r"(?:(?:the|dem|der|le|la|il|el|o|a|de|het|date of|its|their|leur|ihrer|loro|sua?|hun)\s){0,3}"
)
_LATER = re.compile(rf"{_SPAN}$", re.I)
#: "these terms apply 30 days after they are posted"
_AFTER_POSTING = re.compile(
    rf"{_SPAN}(?:post|publi|notice|notif|they are (?:post|publi)|veröffentlich|bekanntgab|mitteil|"
    r"avis|avviso|aviso|kennisgev|ogłosz|opublik|powiadom)",
    re.I,
)
#: References to the text itself, not to any future change.
_THIS_TEXT = re.compile(
    r"\b(?:this (?:update|version|notice|policy)|these (?:terms|changes|updates)|prior terms"
    r"|dies\w+ (?:änderung|fassung|bedingung)\w*|ces (?:modifications|conditions)|cette version"
    r"|quest\w+ (?:modifiche|condizioni|versione)|est[ao]s? (?:cambios|términos|versión|termos"
    r"|alterações|versão)|deze (?:wijzigingen|voorwaarden|versie)|t[ae] (?:zmiany|wersja))\b",
    re.I,
)
_WEEKS = frozenset("weeks wochen semaines settimane semanas weken tygodni".split())
_ORDERS_BY_LANGUAGE = frozenset("de fr it es nl pl pt".split())


@dataclass(frozen=True, slots=True)
class Loose:
    """A date and its place in a text; `whole` says that day, month and year are all written."""

    start: int
    end: int
    day: date
    whole: bool


def day_comes_first(texts: Iterable[str], language: str | None) -> bool | None:
    """Whether a document writes the day before the month in figures; None if unknown.

    Its other dates decide, else its language. English is written both ways.
    """
    for text in texts:
        for match in _FIGURES.finditer(text):
            if match["mark"] == ".":
                continue
            if int(match["first"]) > MONTHS_A_YEAR:
                return True
            if int(match["second"]) > MONTHS_A_YEAR:
                return False
    if language in _ORDERS_BY_LANGUAGE:
        return True
    return None


def find(text: str, recorded: date, day_first: bool | None) -> Iterator[Loose]:
    """The dates that need context to be read, as people near `recorded` mean them."""
    for match in _FIGURES.finditer(text):
        day = _in_figures(match, recorded, day_first)
        if day:
            yield Loose(match.start(), match.end(), day, whole=True)
    for pattern, read in _written():
        for match in pattern.finditer(text):
            for number in months().get(match["month"].casefold(), ()):
                day = read(match, number, recorded)
                if day:
                    whole = read is not _month_of_year and bool(match.groupdict().get("year"))
                    yield Loose(match.start(), match.end(), day, whole)


def later(before: str, day: date) -> tuple[str, date]:
    """The rest of the words before a date and the day meant, if they end in "30 days after"."""
    match = _LATER.search(before)
    if not match:
        return before, day
    return before[: match.start()], day + _span(match)


def after_posting(text: str) -> timedelta | None:
    """How long after its publication a text says that it takes effect, or None."""
    match = _AFTER_POSTING.search(text)
    if match and _THIS_TEXT.search(text):
        return _span(match)
    return None


def _span(match: re.Match[str]) -> timedelta:
    number = int(match["number"])
    if match["unit"].casefold() in _WEEKS:
        return timedelta(weeks=number)
    return timedelta(days=number)


def _in_figures(match: re.Match[str], recorded: date, day_first: bool | None) -> date | None:
    year = int(match["year"]) % 100 + CENTURY
    first = int(match["first"])
    second = int(match["second"])
    readings = [_day(year, second, first), _day(year, first, second)]
    if match["mark"] == "." or day_first:
        return readings[0]
    if day_first is False:
        return readings[1]
    possible = {day for day in readings if day and abs(day - recorded) <= FAR}
    near = {day for day in possible if abs(day - recorded) <= NEAR}
    if len(near) == 1:
        return near.pop()
    if len(possible) == 1:
        return possible.pop()
    return None


Reading = Callable[[re.Match[str], int, date], date | None]


@cache
def _written() -> tuple[tuple[re.Pattern[str], Reading], ...]:
    """The written forms of incomplete dates, each with its reader."""
    month = "|".join(sorted(map(re.escape, months()), key=len, reverse=True))
    month = rf"(?P<month>{month})\b\.?"
    day = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.?[º°ª]|\.)?"
    short = r",?\s?[’'](?P<year>\d{2})(?!\d)"
    forms: tuple[tuple[str, Reading], ...] = (
        # 1 Nov. '25, Nov 1, '25
        (rf"\b{day}\s{month}{short}", _with_short_year),
        (rf"\b{month}\s{day}{short}", _with_short_year),
        # 1-Nov-2025
        (rf"\b{day}[-/]{month}[-/](?P<year>20\d\d)(?!\d)", _with_short_year),
        # the 10 of 10 to 24 June 2026
        (
            rf"\b(?P<day>[0-3]?\d)\.?(?=(?:\s?[-–]\s?|\s(?:to|and|bis|und|au|et|al|y|e|tot|en|do|i|"
            rf"até)\s)[0-3]?\d\.?\s(?:de\s|of\s)?{month},?\s(?:del?\s)?(?P<year>20\d\d))",
            _with_short_year,
        ),
        # the 1 June of 1 June to 31 August 2026
        (
            rf"\b{day}(?:\sde)?\s{month}(?=\s?(?:[-–]|to|and|bis(?:\szum)?|und|au|et|al|y|e|tot(?:\sen\s"
            rf"met)?|en|do|i|a|até)\s[^\d.,;]{{0,4}}[0-3]?\d\.?\s(?:de\s|of\s)?[^\W\d]{{3,12}},?\s"
            r"(?:del?\s)?(?P<year>20\d\d))",
            _with_short_year,
        ),
        # the first of May, the first of May 2026
        (
            rf"\b(?:{FIRST_WORDS}){_OF}\s{month},?(?:\s(?:del?\s)?(?P<year>20\d\d))?",
            _first_of_month,
        ),
        # 1 May, May 1st
        (rf"(?<![\d.])\b{day}(?:\s(?:of|de))?\s{month}(?!,?\s(?:del?\s)?[’']?\d)", _of_no_year),
        (rf"\b{month}\s{day}(?![\d.]*\d|,?\s[’']?\d)", _of_no_year),
        # May 2026
        (rf"{_NO_DAY}\b{month},?\s(?:del?\s|of\s)?(?P<year>20\d\d)(?!\d)", _month_of_year),
    )
    return tuple((re.compile(pattern, re.I), read) for pattern, read in forms)


def _with_short_year(match: re.Match[str], month: int, _: date) -> date | None:
    return _day(int(match["year"]) % 100 + CENTURY, month, int(match["day"]))


def _first_of_month(match: re.Match[str], month: int, recorded: date) -> date | None:
    if match["year"]:
        return _day(int(match["year"]), month, 1)
    return _next(month, 1, recorded)


def _of_no_year(match: re.Match[str], month: int, recorded: date) -> date | None:
    return _next(month, int(match["day"]), recorded)


def _month_of_year(match: re.Match[str], month: int, _: date) -> date | None:
    return _day(int(match["year"]), month, 1)


def _next(month: int, number: int, recorded: date) -> date | None:
    """The next such day, or one that has only just passed; None if there is none."""
    for year in (recorded.year - 1, recorded.year, recorded.year + 1):
        day = _day(year, month, number)
        if day and day >= recorded - BEHIND:
            return day
    return None


def _day(year: int, month: int, number: int) -> date | None:
    with suppress(ValueError):
        return date(year, month, number)
    return None
