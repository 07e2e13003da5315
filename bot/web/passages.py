"""Passages on pages: before and after, with differences marked and unchanged text folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.model import Change, Story
from bot.naming import fold
from bot.render.excerpts import for_reader
from bot.render.labels import area, terms
from bot.render.story import RECORDED, cut_into_pages, length_of
from bot.understand.diff import Piece, pieces
from bot.verdicts import Excerpt

#: Words of an unchanged run kept at each side of its fold, and the fewest words to fold.
KEPT_WORDS = 14
FOLDED_WORDS = 12
#: The most characters of passages on a page, without markup.
PAGE_CHARACTERS = 16_000


class Mark(StrEnum):
    """What happened to a run of words."""

    SAME = "same"
    FOLDED = "folded"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words that are unchanged, removed or new."""

    text: str
    mark: Mark

    @property
    def words(self) -> int:
        """The number of words."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Passage:
    """A changed passage, as two texts and as one; a missing side is empty."""

    number: int
    document: str
    where: str
    language: str
    before: tuple[Run, ...]
    after: tuple[Run, ...]
    inline: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages of a page, their number on all pages, the page, and the number of pages."""

    shown: tuple[Passage, ...]
    count: int
    page: int
    pages: int


def passages(story: Story, regions: frozenset[str], page: int) -> Passages:
    """The passages of a page: by document, those of the story's first part first."""
    found: dict[tuple[str, str], tuple[Change, Excerpt]] = {}
    for part in _documents(story):
        for excerpt in for_reader(part, regions):
            found.setdefault((fold(excerpt.before), fold(excerpt.after)), (part, excerpt))
    every = list(found.values())
    cuts = list(cut_into_pages([length_of(excerpt) for _part, excerpt in every], PAGE_CHARACTERS))
    page = min(page, max(1, len(cuts)))
    cut = cuts[page - 1] if cuts else slice(0)
    shown = [
        _passage(number, part, excerpt)
        for number, (part, excerpt) in enumerate(every[cut], 1 + (cut.start or 0))
    ]
    return Passages(tuple(shown), len(every), page, len(cuts))


def _documents(story: Story) -> list[Change]:
    """The recorded parts of a story, those of its first document first."""
    recorded = [part for part in story.parts if part.record in RECORDED]
    return sorted(recorded, key=lambda part: part.terms_type != story.lead.terms_type)


def _passage(number: int, part: Change, excerpt: Excerpt) -> Passage:
    old, new = pieces(excerpt.before, excerpt.after)
    whole = not (excerpt.before and excerpt.after)
    return Passage(
        number,
        terms(part.terms_type),
        area(excerpt.area) if excerpt.area else "",
        part.language,
        tuple(_runs(old, Mark.GONE, whole)),
        tuple(_runs(new, Mark.NEW, whole)),
        tuple(_folded(list(_merged(old, new, whole)))),
    )


def _runs(side: Sequence[Piece], differs: Mark, whole: bool) -> Iterator[Run]:
    """The runs of one side; without the other side, all of it is removed or new."""
    runs = [Run(each.text, differs if each.differs or whole else Mark.SAME) for each in side]
    return _folded(runs)


def _merged(old: Sequence[Piece], new: Sequence[Piece], whole: bool) -> Iterator[Run]:
    """Both sides as one text: removed words come before new ones."""
    left, right = list(old), list(new)
    while left or right:
        while left and (left[0].differs or whole):
            yield Run(left.pop(0).text, Mark.GONE)
        while right and (right[0].differs or whole):
            yield Run(right.pop(0).text, Mark.NEW)
        if left and right:
            yield Run(left.pop(0).text, Mark.SAME)
            right.pop(0)
        elif left:
            yield Run(left.pop(0).text, Mark.GONE)
        elif right:
            yield Run(right.pop(0).text, Mark.NEW)


def _folded(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs, with the middle of each long unchanged one folded."""
    for place, run in enumerate(runs):
        if run.mark is not Mark.SAME:
            yield run
            continue
        words = run.text.split()
        head = KEPT_WORDS if place else 0
        tail = KEPT_WORDS if place < len(runs) - 1 else 0
        if len(words) - head - tail < FOLDED_WORDS:
            yield run
            continue
        end = len(words) - tail
        cut = (words[:head], words[head:end], words[end:])
        for mark, part in zip((Mark.SAME, Mark.FOLDED, Mark.SAME), cut, strict=True):
            if part:
                yield Run(" ".join(part), mark)
