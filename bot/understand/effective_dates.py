"""The effective date of a change: the date in its text that the surest cue word marks.

The words around a date say what it means: "effective from", "last updated on", "until". The nearest
of them count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from bot.understand import dates, loose_dates
from bot.understand.comparison import Compared
from bot.understand.date_candidates import Candidate, in_sentence
from bot.understand.date_words import Role
from bot.understand.text import Sentence

#: The most characters that are searched of sentences that name a year, and of the others.
MAX_CHARACTERS = 20_000
#: A line that is only a date, or a label for the date below, has at most this many characters.
LINE_CHARACTERS = 60
#: The most lines that are looked up in the whole text.
MAX_LOOKS = 20
#: A day that the text has named before is this change's if it is at most this long ago.
KNOWN = timedelta(days=7)
#: The date on a page that prints today's moves by at most this.
TICK = timedelta(days=3)
#: A removed announcement was this change's if its day is this near.
GONE = timedelta(days=14)

_DIGIT = re.compile(r"\d")
_LINE_END = re.compile(r"[\n|]")
_FIRST = re.compile(rf"\b(?:{loose_dates.FIRST_WORDS})\b", re.I)


def of(found: Compared, recorded: date) -> date | None:
    """The effective date of a change, or None if its text does not state one.

    It is taken from sentences that were added or whose date moved, else from an announcement that
    was removed when its day came.
    """
    newer = found.texts[1]
    came = _of_one(found.new, found.old)
    known = {day for text in _dated(found.old) for _, _, day in dates.find(text)}
    ticking = set[int]()
    if not found.pairs:
        ticking = _ticking(found.old, recorded)
    fresh = []
    for candidate, key in _candidates(came, recorded, found.language, newer):
        ticks = key in ticking and abs(candidate.day - recorded) <= TICK
        if not ticks and (candidate.day not in known or candidate.day >= recorded - KNOWN):
            fresh.append(candidate)
    if fresh:
        return _best(fresh, known, recorded)
    return _of_what_went(found, recorded)


def _of_what_went(found: Compared, recorded: date) -> date | None:
    """The day of an announcement that was removed when its day came, or None."""
    keys = {sentence.key for sentence in found.new}
    went = [one for one in _of_one(found.old, found.new) if one.key not in keys]
    gone = [candidate for candidate, _ in _candidates(went, recorded, found.language)]
    return _best([candidate for candidate in gone if _is_due(candidate, recorded)], set(), recorded)


def of_text(
    said: Sequence[Sentence],
    recorded: date,
    language: str | None = None,
    least: Role = Role.AHEAD,
) -> date | None:
    """The effective date that a text states in a role of at least `least`, or None."""
    found = [one for one, _ in _candidates(said, recorded, language) if one.role >= least]
    return _best(found, set(), recorded)


def _best(found: Sequence[Candidate], known: set[date], recorded: date) -> date | None:
    """The surest day, and of several the newest, most frequent or nearest; None without any."""
    often = Counter(candidate.day for candidate in found)

    def rank(candidate: Candidate) -> tuple[Role, int, bool, int, bool, timedelta]:
        day = candidate.day
        return (
            candidate.role,
            candidate.fits,
            day >= recorded - dates.JUST,
            often[day],
            day not in known,
            -abs(day - recorded),
        )

    if not found:
        return None
    return max(found, key=rank).day


def _is_due(candidate: Candidate, recorded: date) -> bool:
    if candidate.role < Role.START:
        return False
    return recorded - GONE <= candidate.day <= recorded + dates.JUST


def _of_one(side: Sequence[Sentence], other: Sequence[Sentence]) -> list[Sentence]:
    """The sentences whose text only one side has."""
    others = {sentence.text for sentence in other}
    return [sentence for sentence in side if sentence.text not in others]


def _dated(said: Iterable[Sentence]) -> Iterator[str]:
    """The texts that name a year, up to MAX_CHARACTERS."""
    left = MAX_CHARACTERS
    for sentence in said:
        if left > 0 and dates.YEAR.search(sentence.text):
            left -= len(sentence.text)
            yield sentence.text


def _ticking(old: Sequence[Sentence], recorded: date) -> set[int]:
    """The keys of the sentences that printed the current date, or nearly, before this version."""
    keys = set()
    left = MAX_CHARACTERS
    for sentence in old:
        if left <= 0 or not dates.YEAR.search(sentence.text):
            continue
        left -= len(sentence.text)
        if any(abs(day - recorded) <= TICK for _, _, day in dates.find(sentence.text)):
            keys.add(sentence.key)
    return keys


def _candidates(
    said: Sequence[Sentence], recorded: date, language: str | None, whole: str = ""
) -> Iterator[tuple[Candidate, int]]:
    """The dates that may be the effective date, each with the key of its sentence.

    `whole` is the text of the sentences: it tells what is above a date.
    """
    day_first = loose_dates.day_comes_first(_dated(said), language)
    left = {True: MAX_CHARACTERS, False: MAX_CHARACTERS}
    looks = MAX_LOOKS
    above = ""
    for sentence in said:
        text = sentence.text
        of_a_year = bool(dates.YEAR.search(text))
        if of_a_year or _DIGIT.search(text) or _FIRST.search(text):
            left[of_a_year] -= len(text)
            if left[of_a_year] >= 0:
                if not above and of_a_year and len(text) <= LINE_CHARACTERS and looks:
                    looks -= 1
                    above = _above(text, whole)
                for candidate in in_sentence(sentence, above, recorded, day_first):
                    yield candidate, sentence.key
        above = text if sentence.alone else ""


def _above(text: str, whole: str) -> str:
    """The line above a short line, or the cell before it; "" if the text does not contain it."""
    place = whole.find(text)
    if place < 0:
        return ""
    before = whole[max(0, place - 2 * LINE_CHARACTERS) : place]
    return _LINE_END.split(before.rstrip("\n\t |*_"))[-1]
