"""Which passages of a change a reader is shown first."""

from __future__ import annotations

from bot.model import Change
from bot.regions import EUROPE, area_of
from bot.verdicts import Excerpt


def for_reader(change: Change, regions: frozenset[str]) -> tuple[Excerpt, ...]:
    """The passages of a change, what is for the reader's regions first, the most telling first.

    What is for people elsewhere only comes last. `regions` are empty where none is known.
    """
    mine = area_of(regions) if regions else EUROPE

    def rank(excerpt: Excerpt) -> int:
        if excerpt.area is None:
            return 1
        return 0 if excerpt.area & mine else 2

    return tuple(sorted(change.excerpts, key=rank))
