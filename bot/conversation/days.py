"""Days as people name them: weekdays, dates, and the day until which something lasts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from babel import Locale

from bot.conversation.time_words import Words, plain, table, values

#: The languages in which people name days.
LANGUAGES = ("en", "de", "fr", "it", "es", "nl", "pl", "pt")
#: The fewest letters that tell the name of a weekday from the others.
LEAST_OF_A_DAY = 3
#: Short names of weekdays that are words, or other names, in another language.
_WORDS_TOO = "do dom gio jeu lun mar mer mie mon pon qui sam seg set sex so ter ven vie".split()
_BEFORE_DAYS = ("weekly", "each", "until")
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
#: 24.12., 24/12, 24.12.2026; 18.30 is a time of day.
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:/(\d{1,2})(?:/(20\d\d))?|\.(\d{1,2})\.(20\d\d)?)(?!\d)")


@cache
def _names_of_days() -> Mapping[str, int]:
    """The names of weekdays in all languages, with common abbreviations and inflections."""
    found: dict[str, int] = dict(values("weekdays"))
    for language in LANGUAGES:
        days = Locale(language).days["format"]
        for width in ("abbreviated", "wide"):
            for number, name in days[width].items():
                short = plain(name.strip("."))
                if len(short) >= LEAST_OF_A_DAY:
                    found.setdefault(short, int(number))
                    found.setdefault(f"{short}s", int(number))
                    if language in ("pt",) and "-" in name:
                        found.setdefault(plain(name.partition("-")[0]), int(number))
    return found


def weekdays_in(words: Words) -> dict[int, int]:
    """The places of weekdays in a sentence, each with its number from Monday, 0."""
    names = _names_of_days()
    found = {
        place: names[word]
        for place, word in enumerate(words.words)
        if word in names and (word not in _WORDS_TOO or _is_meant(place, words))
    }
    words.used |= set(found)
    return found


def _is_meant(place: int, words: Words) -> bool:
    """Whether an ambiguous word is a weekday here: "weekly mon", "every sun"."""
    before = words.words[place - 1] if place else ""
    return len(words.words) == 1 or any(before in table("marks")[mark] for mark in _BEFORE_DAYS)


def until(
    said: str,
    words: Words,
    marks: Mapping[str, set[int]],
    weekdays: Mapping[int, int],
    today: date,
) -> date | None:
    """The day up to which something is wanted, or None."""
    named = _date(said, words, today)
    if named:
        return named
    if not marks["until"]:
        return None
    first = min(marks["until"])
    for place, weekday in sorted(weekdays.items()):
        if place > first:
            words.used.add(first)
            return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    after = [place for place in marks["tomorrow"] if place > first]
    if after:
        words.used |= {first, *after}
        return today + timedelta(days=1)
    return None


def _date(said: str, words: Words, today: date) -> date | None:
    """The first date named that is in the future, or None: 2026-01-31, 31.1., 31 January."""
    for day in _written_dates(said, words, today):
        if day > today:
            return day
    return None


def _written_dates(said: str, words: Words, today: date) -> Iterator[date]:
    if match := _ISO.search(said):
        words.spans.append(match.span())
        yield from _valid(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.search(said):
        words.spans.append(match.span())
        day, month = int(match[1]), int(match[2] or match[4])
        written = match[3] or match[5]
        year = int(written) if written else _year(today, month, day)
        yield from _valid(year, month, day)
    months = _names_of_months()
    for place, word in enumerate(words.words):
        if word not in months:
            continue
        for beside in (place - 1, place - 2, place + 1):
            if not 0 <= beside < len(words.words):
                continue
            number = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|\.|º|er)?", words.words[beside])
            if number:
                words.used |= {place, beside}
                month, day = months[word], int(number[1])
                yield from _valid(_year(today, month, day), month, day)
                break


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _year(today: date, month: int, day: int) -> int:
    """The year of the next such day."""
    return today.year + ((month, day) < (today.month, today.day))


@cache
def _names_of_months() -> Mapping[str, int]:
    found: dict[str, int] = {}
    for language in LANGUAGES:
        for context in ("format", "stand-alone"):
            for number, name in Locale(language).months[context]["wide"].items():
                found.setdefault(plain(name), int(number))
    return found
