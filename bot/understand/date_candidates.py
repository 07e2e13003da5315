"""The dates in a sentence that may be the effective date of a change, and their roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, islice

from bot.understand import date_words, dates, loose_dates
from bot.understand.date_words import Role
from bot.understand.loose_dates import Loose
from bot.understand.text import Sentence

#: A date without a year or day counts only if a cue word is this near.
CLOSE_CHARACTERS = 12
#: A line of at most this many words states the date of the whole text
HEADER_WORDS = 14
#: if its cue word begins within this many characters.
HEADER_CHARACTERS = 30
#: A date opens its sentence if at most this many characters precede it.
OPENING_CHARACTERS = 7
#: With more letters beside a date, the line is more than a date and its weekday.
WEEKDAY_LETTERS = 14
#: A month that is the effective date began no longer ago than this.
MONTH = timedelta(days=31)

_LETTER = re.compile(r"[^\W\d_]")
#: Text between two dates with the same role: "on 5 March, for others on".
_TIED = re.compile(r"[^.;!?]{0,60}")
#: After a day without a year: it recurs every year, or starts a period.
_AGAIN = re.compile(
    r",?\s?(?:(?:to|until|through|bis|au|al|tot|do|até|hasta|[-–])\s|(?:of )?(?:each|every)\b)",
    re.I,
)


#: The first words of a sentence about a coming month.
_IN = frozenset("In Im En A Em W Nel Nell'".split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A date that may be the effective date, with its role.

    `fits` is 1 if it is for existing users, -1 if for new ones, else 0.
    """

    day: date
    role: Role
    fits: int = 0


#: The most characters and dates of a sentence that are read; more are a table or an attack.
MAX_CHARACTERS = 1_500
MAX_DATES = 30


@dataclass(frozen=True, slots=True)
class _Place:
    """A date with the words between it and its neighbouring dates."""

    loose: Loose
    before: str
    after: str


def in_sentence(
    sentence: Sentence, above: str, recorded: date, day_first: bool | None
) -> Iterator[Candidate]:
    """The candidates of a sentence; `above` is the line or cell before it, or "".

    A line that is only a date counts if the line above is a label for it.
    """
    places = _places(sentence.text, recorded, day_first)
    span = loose_dates.after_posting(sentence.text)
    if span:
        yield Candidate(recorded + span, Role.EFFECT)
    if len(places) == 1 and _is_only_date(places[0]):
        day = places[0].loose.day
        if date_words.is_label(above) and _is_near(day, Role.EFFECT, places[0], recorded):
            yield Candidate(day, Role.HEADER)
        return
    last = None
    for place in places:
        role = _role(place, sentence.text, last, recorded)
        last = role
        if role is None or role < Role.AHEAD:
            continue
        words, day = loose_dates.later(place.before, place.loose.day)
        if not _is_near(day, role, place, recorded):
            continue
        if role is Role.EFFECT and _heads(sentence.text):
            role = Role.HEADER
        yield Candidate(day, role, _fits(words, place.after))


def _places(text: str, recorded: date, day_first: bool | None) -> list[_Place]:
    """The dates of a text, in order, without those that overlap a surer one."""
    found: list[Loose] = []
    text = text[:MAX_CHARACTERS]
    sure = [Loose(start, end, day, whole=True) for start, end, day in dates.find(text)]
    for loose in islice(chain(sure, loose_dates.find(text, recorded, day_first)), MAX_DATES):
        if not any(_overlap(loose, other) for other in found):
            found.append(loose)
    found.sort(key=lambda loose: loose.start)
    ends = [0, *(loose.end for loose in found)]
    starts = [*(loose.start for loose in found[1:]), len(text)]
    places = []
    for loose, end, start in zip(found, ends, starts, strict=False):
        first = max(min(end, loose.start), loose.start - date_words.BEFORE_CHARACTERS)
        places.append(_Place(loose, text[first : loose.start], text[loose.end : start]))
    return places


def _overlap(one: Loose, other: Loose) -> bool:
    """Whether two dates overlap; two readings of the same words do not."""
    if (one.start, one.end) == (other.start, other.end):
        return not one.whole
    return one.start < other.end and other.start < one.end


def _is_only_date(place: _Place) -> bool:
    return len(_LETTER.findall(place.before + place.after)) <= WEEKDAY_LETTERS and not _has_cue(
        place
    )


def _has_cue(place: _Place) -> bool:
    if date_words.before(place.before)[0] is not None:
        return True
    return date_words.after(place.after) is not None


def _role(place: _Place, text: str, last: Role | None, recorded: date) -> Role | None:
    """The role of a date by the words around it; `last` is the role of the date before it."""
    role, far = date_words.before(place.before)
    if not place.loose.whole:
        return _role_of_loose(place, role, far, recorded)
    if role is Role.PAST and place.loose.day > recorded + dates.JUST:
        return _ahead_of_its_day(text)
    if role is Role.SINCE:
        return date_words.after(place.after)
    if last is Role.OLD and _is_tied(place) and not date_words.is_of_the_new(place.before):
        return last
    if role is Role.DEADLINE and date_words.after(place.after[:CLOSE_CHARACTERS]):
        return Role.OLD  # "stays in force until then"
    if role is not None:
        return role
    return _role_by_the_rest(place, text, last, recorded)


def _role_by_the_rest(place: _Place, text: str, last: Role | None, recorded: date) -> Role | None:
    """The role of a date without a cue word before it: by what follows, or the date before."""
    role = date_words.after(place.after)
    if role is not None and place.loose.day >= recorded - dates.JUST:
        return role
    if last is not None and _is_tied(place):
        return last
    if place.loose.day <= recorded:
        return None
    if _is_announced(text) or _opens(place, text):
        return Role.START
    return Role.AHEAD


def _is_tied(place: _Place) -> bool:
    return bool(_TIED.fullmatch(place.before))


def _opens(place: _Place, text: str) -> bool:
    """Whether a date opens its sentence: "On 1 May 2026 the firm moves"."""
    return place.loose.start <= OPENING_CHARACTERS and text.startswith(place.before)


def _role_of_loose(place: _Place, role: Role | None, far: int, recorded: date) -> Role | None:
    """The role of a date without a year or day, or None; it needs a cue word close before it."""
    if _AGAIN.match(place.after):
        return None
    if role in (Role.EFFECT, Role.START) and far <= CLOSE_CHARACTERS:
        return role
    if place.before.strip() in _IN and place.loose.day > recorded:
        return Role.START
    return None


def _ahead_of_its_day(text: str) -> Role:
    """The role of a future date on which a text says it was written."""
    if _is_announced(text) or len(text.split()) <= HEADER_WORDS:
        return Role.START
    return Role.PAST


def _is_announced(text: str) -> bool:
    return date_words.coming(text) or date_words.announces(text)


def _is_near(day: date, role: Role, place: _Place, recorded: date) -> bool:
    """Whether a day is near enough to the day of recording to be this change's."""
    if day > recorded + dates.FUTURE:
        return False
    if role >= Role.EFFECT:
        return day >= recorded - (dates.PAST if place.loose.whole else MONTH)
    if role is Role.START:
        return day >= recorded - dates.JUST
    return day > recorded


def _heads(text: str) -> bool:
    """Whether a sentence states the date for the whole text."""
    if len(text.split()) > HEADER_WORDS:
        return False
    return date_words.is_label(text[:HEADER_CHARACTERS])


def _fits(words: str, rest: str) -> int:
    return date_words.for_whom(words) or date_words.for_whom(rest)
