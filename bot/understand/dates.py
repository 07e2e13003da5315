"""Dates in European languages: finding them, and masking them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import cache

from babel import Locale
from babel.dates import get_month_names

LANGUAGES = tuple(
    "bg cs da de el en es et fi fr ga hr hu is it lt lv mt nb nl pl pt ro sk sl sv".split()
)

#: A date further from the day of recording than this is not this change's effective date.
PAST = timedelta(days=120)
FUTURE = timedelta(days=550)

_RELATIVE = re.compile(
    r"\b(?:\d{1,3}|an?|one|two|several)\s+(?:second|minute|hour|day|week|month|year)s?\s+ago\b"
    r"|\b(?:vor|il y a|hace|há)\s+\d{1,3}\s+\w{3,10}\b"
    r"|\b\d{1,3}\s+\w{3,10}\s+(?:fa|geleden|temu|siden|sedan)\b"
    r"|\b(?:yesterday|today|gestern|heute|hier|aujourd'hui|ayer|hoy|ieri|oggi|gisteren|vandaag)$",
    re.I,
)
#: Numeric dates that countries read differently: good enough to mask, not to believe.
_SLASHED = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}\b")
#: Counters on a page, which change without anybody's decision.
_COUNTER = re.compile(
    r"\b\d[\d.,]{0,20}\s?[kKmM]?\+?\s{1,5}(?:views?|likes?|comments?|replies|votes?|ratings?|"
    r"reviews?|results?|followers?|shares?|downloads?)\b"
    r"|\b\d{1,3}\s{1,5}(?:min(?:ute)?s?)\s{1,5}read\b"
    r"|\b\d[\d.,]{0,20}\s{1,5}out of\s{1,5}\d[\d.,]{0,20}\s{1,5}found this helpful\b",
    re.I,
)
#: A date that has only just passed is not longer ago than this.
JUST = timedelta(days=3)

#: CLDR's names of months or days, by width, context and locale.
Names = Callable[..., Mapping[int, str]]


def names_in(language: str, of: Names = get_month_names) -> Iterator[tuple[str, int]]:
    """(name, number) of each month of a language, or of what else `of` gives.

    In lower case, genitives and abbreviations included.
    """
    locale = Locale.parse(language)
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in of(width, context, locale).items():
                cleaned = name.casefold().strip(". ")
                if not cleaned.isdigit():
                    yield cleaned, number


@cache
def months() -> dict[str, tuple[int, ...]]:
    """The numbers of months by their names in all languages.

    A name can be two months: "listopada" is October in Croatian and November in Polish.
    """
    names: dict[str, tuple[int, ...]] = {}
    for language in LANGUAGES:
        for name, number in names_in(language):
            if len(name) >= 3 and number not in names.get(name, ()):
                names[name] = (*names.get(name, ()), number)
    return names


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    month = "|".join(sorted(map(re.escape, months()), key=len, reverse=True))
    written = (
        # 3 November 2025, 1er novembre 2025, 3 de noviembre de 2025
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.?[º°]|\.)?\s{{0,2}}(?:de\s|of\s)?(?P<m>{month})\b[.,]?"
        rf"\s{{0,2}}(?:de\s|del\s)?(?P<y>\d{{4}})(?!\d)",
        # November 3, 2025
        rf"\b(?P<m>{month})\b\.?\s{{1,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?"
        rf"\s{{1,2}}(?P<y>\d{{4}})(?!\d)",
        # 2025. november 3
        rf"\b(?P<y>\d{{4}})\.?\s{{1,2}}(?P<m>{month})\b\.?\s{{1,2}}(?P<d>\d{{1,2}})\b",
    )
    figures = (
        r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)",
        r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})\b",
    )
    return (
        *(re.compile(pattern, re.I) for pattern in written),
        *(re.compile(pattern) for pattern in figures),
    )


#: 2025年11月3日, 2025년 11월 3일
_EAST_ASIAN = re.compile(r"(?<!\d)(?P<y>\d{4})[年년]\s?(?P<m>\d{1,2})[月월]\s?(?P<d>\d{1,2})[日일]")
#: 2025/11/03, 2025.11.03
_YEAR_FIRST = re.compile(r"\b(?P<y>20\d{2})(?P<mark>[/.])(?P<m>\d{2})(?P=mark)(?P<d>\d{2})(?!\d)")


@cache
def _month_of_year() -> re.Pattern[str]:
    """A pattern for a month with a year: not a single day, but it changes like a date."""
    month = "|".join(sorted(map(re.escape, months()), key=len, reverse=True))
    return re.compile(rf"\b(?:{month})\b[.,]?\s{{1,2}}(?:de\s|del\s|of\s)?(?:19|20)\d{{2}}\b", re.I)


#: A cheap pre-check: most sentences name no year and count nothing.
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_TICKS = re.compile(r"\d|\bago\b|(?i:day|hier|gestern|heute|hui|ayer|hoy|ieri|oggi|gisteren)$")


def find(text: str) -> Iterator[tuple[int, int, date]]:
    """(start, end, date) of every date in a text.

    Numeric forms that two countries read differently are left out.
    """
    if not YEAR.search(text):
        return
    for pattern in (*_patterns(), _EAST_ASIAN, _YEAR_FIRST):
        for match in pattern.finditer(text):
            for found in _dates(match):
                yield match.start(), match.end(), found


def mask(text: str) -> str:
    """The text with a placeholder for every date, "2 days ago" and counter.

    Texts that differ only in these compare equal then.
    """
    if not _TICKS.search(text):
        return text
    patterns = [_SLASHED, _RELATIVE, _COUNTER]
    if YEAR.search(text):
        patterns = [*_patterns(), _month_of_year(), *patterns]
    for pattern in patterns:
        text = pattern.sub("¤date¤", text)
    return text


def _dates(match: re.Match[str]) -> Iterator[date]:
    month = match["m"].casefold()
    numbers = months().get(month, ())
    if month.isdigit():
        numbers = (int(month),)
    for number in numbers:
        with suppress(ValueError):
            yield date(int(match["y"]), number, int(match["d"]))
