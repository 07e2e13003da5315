"""Announcements of coming changes. They are news in themselves, even in a first record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from bot.understand import date_words, dates, opt_out_words
from bot.understand.date_candidates import in_sentence
from bot.understand.date_words import Role
from bot.understand.text import Sentence, hash_of

#: Announcements this many days apart are one: trackers in other time zones read another day.
SAME_DAYS = 3
#: An announcement states its day within this many characters.
MAX_CHARACTERS = 1_000
#: The most sentences with a year that are read; more are a table or an archive.
MAX_DATED = 200


def ahead(sentences: Iterable[Sentence], recorded: date) -> Iterator[tuple[Sentence, date]]:
    """(sentence, day) of each sentence that announces a change for a day after `recorded`."""
    dated = (each for each in sentences if dates.YEAR.search(each.text[:MAX_CHARACTERS]))
    for sentence in islice(dated, MAX_DATED):
        day = _announced(sentence, recorded)
        if day:
            yield sentence, day


def news(
    old: Iterable[Sentence], new: Iterable[Sentence], memory: frozenset[int], recorded: date
) -> list[tuple[Sentence, date]]:
    """(sentence, day) of each new sentence that announces a day for the first time."""
    was = {sentence.text for sentence in old}
    fresh = (sentence for sentence in new if sentence.text not in was)
    return [(said, day) for said, day in ahead(fresh, recorded) if not known(day, memory)]


@lru_cache(maxsize=2_000)
def _announced(sentence: Sentence, recorded: date) -> date | None:
    """The day after `recorded` for which a sentence announces a change most surely, or None.

    Cached: the verdict, the model and the memory ask for it.
    """
    text = sentence.text[:MAX_CHARACTERS]
    latest = recorded + dates.FUTURE
    days = [day for _, _, day in dates.find(text) if recorded < day <= latest]
    if not days:
        return None
    return _surest(sentence, recorded, days)


def _surest(sentence: Sentence, recorded: date, days: list[date]) -> date | None:
    text = sentence.text[:MAX_CHARACTERS]
    meant = [one for one in in_sentence(sentence, "", recorded, None) if one.day in days]
    surest = max(meant, key=lambda one: (one.role, one.fits, recorded - one.day), default=None)
    if surest and surest.role >= Role.START:
        return surest.day
    if date_words.announces(text) or (meant and opt_out_words.offered(text)):
        return min([one.day for one in meant] or days)
    return None


def known(day: date, memory: frozenset[int]) -> bool:
    """Whether the document has announced this day, or one within SAME_DAYS of it, before."""
    shifts = range(-SAME_DAYS, SAME_DAYS + 1)
    return any(mark(day + timedelta(days=shift)) in memory for shift in shifts)


def mark(day: date) -> int:
    """The key of an announcement in memory; sentences are kept without their dates."""
    return hash_of(f"announced for {day.isoformat()}")
