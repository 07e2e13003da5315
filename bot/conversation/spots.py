"""Places in a sentence: its words, and which of them name something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.model import Service

#: Characters and words of a sentence that are read.
MAX_CHARACTERS = 500
MAX_WORDS = 60
#: Marks around words that are no part of them.
MARKS = ".:'’"
#: What stands between the members of a list.
JOINTS = frozenset(", and und et e y en i n & + or oder ou o also oraz".split())
_WORD = re.compile(r"[^\s,;!?()\"“”„«»]+|[,;]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence and the characters that it takes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Spot:
    """What some words name: `first` to `last` of them, with a mask.

    It is not `sure` where the words mean something else just as well.
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
    """The words of a sentence, and its commas."""
    found = list(_WORD.finditer(said[:MAX_CHARACTERS]))[:MAX_WORDS]
    return [Word(each.group(), each.start(), each.end()) for each in found]


def runs(words: Sequence[Word], longest: int) -> Iterator[tuple[int, int, str]]:
    """All that stands together, the longest first: the first word, the last, and the text."""
    for used in range(longest, 0, -1):
        for first in range(len(words) - used + 1):
            run = [word.text for word in words[first : first + used]]
            text = " ".join(run).strip(MARKS)
            if text and "," not in run and ";" not in run:
                yield first, first + used - 1, text


def text_of(spot: Spot, words: Sequence[Word]) -> str:
    """The words of a spot as they stand."""
    return " ".join(word.text for word in words[spot.first : spot.last + 1])


def is_free(first: int, last: int, taken: Mapping[int, Spot]) -> bool:
    """Whether none of these words name something else."""
    return not any(place in taken for place in range(first, last + 1))


def take(spot: Spot, taken: dict[int, Spot]) -> None:
    """Mark words as those of a spot, unless some of them are another's."""
    if is_free(spot.first, spot.last, taken):
        taken.update(dict.fromkeys(range(spot.first, spot.last + 1), spot))


def masked(words: Sequence[Word], spots: Sequence[Spot]) -> str:
    """The words with masks in the place of what is named; of a list there is one mask."""
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
    """The last pieces, from behind which one more may be of the same list."""
    length = 1
    while length < len(pieces) and pieces[-length].casefold() in JOINTS:
        length += 1
    return pieces[-length:]
