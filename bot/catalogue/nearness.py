"""How near a name is to what was typed, and when the nearest is taken without asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.catalogue.indices import SHORT

#: With one slip of the hand, a name of so many letters is taken; a shorter one is asked about.
TAKEN = 7
#: A shorter name is not taken where its first letter is another: "videos" is a common word.
LONG = 8
#: Slips with which a name of so many letters is offered.
OFFERED = ((8, 3), (5, 2), (SHORT, 1))
#: A name that goes on behind another lacks more than so many letters, or it may be meant.
FEW_LACKING = 3


class Off(NamedTuple):
    """How far a name is from what was typed; the smaller, the nearer.

    Slips of the hand, letters that are wrong, and letters alike at the beginning, which are
    counted below zero.
    """

    slips: int
    wrong: int
    alike: int
    name: str


def is_sure(ranked: Sequence[Off], wanted: str) -> bool:
    """Whether the nearest is meant: one letter of it is wrong, and more of the next."""
    if not ranked or ranked[0].wrong > 1:
        return False
    first, *others = ranked
    if any(_is_rival(other, first) for other in others):
        return False
    letters = max(len(wanted), len(first.name))
    return letters >= TAKEN and (first.alike < 0 or letters > LONG)


def _is_rival(other: Off, first: Off) -> bool:
    """Whether a name is as near as the first; "youtub" is hardly the beginning of YouTube Kids."""
    goes_on = other.wrong > FEW_LACKING and other.name.startswith(first.name)
    return other.slips == first.slips and not goes_on
