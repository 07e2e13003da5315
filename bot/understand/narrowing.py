"""Whom a change concerns by the edition that it is of."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Change
from bot.regions import EEA, EUROPE, all_countries, area_of
from bot.understand.memory import Edition
from bot.verdicts import Readers

#: Where editions for Europe hold. The United Kingdom often has one of its own, which nobody may
#: read: people there are told of a text for elsewhere, and that it is one.
_WITH_AN_EDITION = EEA | {"CH"}


def for_readers(change: Change, readers: Readers, edition: Edition) -> Change:
    """A change of a text that is written for `readers`.

    Where the text for Europe is read too, one for elsewhere concerns people in Europe only if it
    names them: they hear of their own text. What is written for Europe too is for everybody,
    whichever countries the collection sees.
    """
    change = replace(change, readers=readers)
    named = area_of(change.places)
    if readers is Readers.ELSEWHERE:
        if change.area is not None or not edition.europe_is_read or named & EUROPE:
            return change
        return replace(change, area=all_countries() - _WITH_AN_EDITION)
    is_for_europe = readers in (Readers.EUROPE, Readers.ALL)
    if is_for_europe and not named and change.area == edition.jurisdiction:
        return replace(change, area=None)
    return change
