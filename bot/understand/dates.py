"""Dates in European languages: finding them, masking them, and the day a change takes effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import cache

from babel import Locale
from babel.dates import get_month_names

LANGUAGES = tuple("bg cs da de el en es et fi fr ga hr hu is it lt lv mt nb nl pl pt ro sk sl sv".split())

#: A date further away than this from the day of recording is not when this change takes effect.
PAST, FUTURE = timedelta(days=120), timedelta(days=550)

_RELATIVE = re.compile(
    r"\b(?:\d{1,3}|an?|one|two|several)\s+(?:second|minute|hour|day|week|month|year)s?\s+ago\b"
    r"|\b(?:vor|il y a|hace)\s+\d{1,3}\s+\w{3,10}\b",
    re.I,
)
_IN_EFFECT = re.compile(
    r"effective|in effect|takes? effect|in force|comes? into|on or after|wirksam|gültig|kraft|vigueur|vigor|efficac|efecto|"
    r"ingang|obowiązuj|w życie|gælder|gäller|gjelder|voimaan|platn|účin|hatály|έναρξη|ισχύ",
    re.I,
)
#: Weaker words: believed where no stronger one stands beside a date.
_FROM = re.compile(r"start(?:s|ing)?|beginning|from|as of|updat|ab dem|à compter|à partir|a partir|entra|vanaf", re.I)


@cache
def _months() -> dict[str, tuple[int, ...]]:
    """Lower-case month names of every language, genitives and abbreviations included.

    A name can be two months: "listopada" is October in Croatian and November in Polish.
    """
    names: dict[str, tuple[int, ...]] = {}
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    cleaned = name.casefold().strip(". ")
                    if len(cleaned) >= 3 and not cleaned.isdigit() and number not in names.get(cleaned, ()):
                        names[cleaned] = (*names.get(cleaned, ()), number)
    return names


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    month = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    return (
        re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|[.º°])?\s{{0,2}}(?:de\s|of\s)?(?P<m>{month})\b[.,]?"
                   rf"\s{{0,2}}(?:de\s|del\s)?(?P<y>\d{{4}})\b", re.I),
        re.compile(rf"\b(?P<m>{month})\b\.?\s{{1,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}(?P<y>\d{{4}})\b", re.I),
        re.compile(rf"\b(?P<y>\d{{4}})\.?\s{{1,2}}(?P<m>{month})\b\.?\s{{1,2}}(?P<d>\d{{1,2}})\b", re.I),
        re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)"),
        re.compile(r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})\b"),
    )  # fmt: skip


@cache
def _any_month() -> re.Pattern[str]:
    """A cheap first look: most sentences name no year and are done here."""
    return re.compile(r"\b(?:19|20)\d{2}\b|\bago\b|\bvor\s|\bil y a\s|\bhace\s")


def find(text: str) -> Iterator[tuple[int, int, date]]:
    """Every date with its place (start, end). Numeric forms that two countries read differently are left out."""
    if not _any_month().search(text):
        return
    for pattern in _patterns():
        for match in pattern.finditer(text):
            for found in _dates(match):
                yield match.start(), match.end(), found


def mask(text: str) -> str:
    """The text with every date and every "2 days ago" made the same, so that moved dates compare equal."""
    if not _any_month().search(text):
        return text
    for pattern in _patterns():
        text = pattern.sub("¤date¤", text)
    return _RELATIVE.sub("¤date¤", text)


def effective(text: str, recorded: date) -> date | None:
    """The day the text says it takes effect: behind a word for it, and near the day it was recorded."""
    near = [(start, day) for start, _, day in find(text) if recorded - PAST <= day <= recorded + FUTURE]
    for words in (_IN_EFFECT, _FROM):
        found = [day for start, day in near if words.search(text[max(0, start - 50) : start])]
        if found:
            return min(found, key=lambda day: abs(day - recorded))
    return None


def _dates(match: re.Match[str]) -> Iterator[date]:
    month = match["m"].casefold()
    for number in (int(month),) if month.isdigit() else _months().get(month, ()):
        with suppress(ValueError):
            yield date(int(match["y"]), number, int(match["d"]))
