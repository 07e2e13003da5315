"""The distance between a name and what was typed, and when the nearest name is certain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.catalogue.indices import SHORT

#: From this length on, a name with one slip is taken; for a shorter one the bot asks.
TAKEN = 7
#: Up to this length, a name is not taken if its first letter differs: "videos" is a word.
LONG = 8
#: (shortest name, slips): up to how many slips a name of that length is offered.
OFFERED = ((8, 3), (5, 2), (SHORT, 1))
#: A longer name that begins with the first is a rival if at most this many letters are missing.
FEW_LACKING = 3


class Off(NamedTuple):
    """The distance of a name from what was typed; smaller is nearer.

    `slips` are slips of the hand, `wrong` are wrong letters, and `alike` is the likeness of the
    beginning, negated.
    """

    slips: int
    wrong: int
    alike: int
    name: str


def is_sure(ranked: Sequence[Off], wanted: str) -> bool:
    """Whether the nearest name is meant: at most one letter is wrong, and it has no rival."""
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
