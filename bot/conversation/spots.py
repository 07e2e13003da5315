"""The words of a sentence, and which of them name something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.model import Service

#: The number of characters, and of words, of a sentence that are read.
MAX_CHARACTERS = 500
MAX_WORDS = 60
#: Punctuation around words that is not part of them.
MARKS = ".:'’"
#: Separators between the members of a list.
JOINTS = frozenset(", and und et e y en i n & + or oder ou o also oraz".split())
_WORD = re.compile(r"[^\s,;!?()\"“”„«»]+|[,;]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence, and the span of its characters."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A run of words that names something: words `first` to `last`, replaced by a mask.

    `sure` is False if the words are just as likely to mean something else.
    """

    first: int
    last: int
    mask: str
    services: tuple[Service, ...] = ()
    codes: tuple[str, ...] = ()
    language: str = ""
    zone: str = ""
    sure: bool = True


def words_of(said: str) -> list[Word]:
    """The words and commas of a sentence."""
    found = list(_WORD.finditer(said[:MAX_CHARACTERS]))[:MAX_WORDS]
    return [Word(each.group(), each.start(), each.end()) for each in found]


def runs(words: Sequence[Word], longest: int) -> Iterator[tuple[int, int, str]]:
    """(first word, last word, text) of all runs of words, the longest first."""
    for used in range(longest, 0, -1):
        for first in range(len(words) - used + 1):
            run = [word.text for word in words[first : first + used]]
            text = " ".join(run).strip(MARKS)
            if text and "," not in run and ";" not in run:
                yield first, first + used - 1, text


def text_of(spot: Spot, words: Sequence[Word]) -> str:
    """The words of a spot, unchanged."""
    return " ".join(word.text for word in words[spot.first : spot.last + 1])


def is_free(first: int, last: int, taken: Mapping[int, Spot]) -> bool:
    """Whether none of these words name something else."""
    return not any(place in taken for place in range(first, last + 1))


def take(spot: Spot, taken: dict[int, Spot]) -> None:
    """Assign words to a spot, unless some of them are taken."""
    if is_free(spot.first, spot.last, taken):
        taken.update(dict.fromkeys(range(spot.first, spot.last + 1), spot))


def masked(words: Sequence[Word], spots: Sequence[Spot]) -> str:
    """The words with a mask for each named thing; a list gets one mask."""
    at = {place: spot for spot in spots for place in range(spot.first, spot.last + 1)}
    found: list[str] = []
    for place, word in enumerate(words):
        spot = at.get(place)
        if spot is None:
            found.append(word.text)
        elif spot.mask not in _end(found):
            found.append(spot.mask)
        else:
            found[:] = found[: len(found) - found[::-1].index(spot.mask)]
    return " ".join(found)


def _end(pieces: Sequence[str]) -> Sequence[str]:
    """The last pieces, back to one that a further member of its list would follow."""
    length = 1
    while length < len(pieces) and pieces[-length].casefold() in JOINTS:
        length += 1
    return pieces[-length:]
