"""Narrowing of a change's area by the edition that it belongs to."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Change
from bot.regions import EEA, EUROPE, all_countries, area_of
from bot.understand.memory import Edition
from bot.verdicts import Readers

#: Countries where editions for Europe apply. The United Kingdom often has an edition of its own
#: that nobody may read: people there are told about a text for elsewhere, marked as such.
_WITH_AN_EDITION = EEA | {"CH"}


def for_readers(change: Change, readers: Readers, edition: Edition) -> Change:
    """The change with its readers, and its area narrowed by them.

    If the text for Europe is read too, one for elsewhere concerns people in Europe only if it names
    them, because they hear about their own text. A text for Europe too is for everybody, whichever
    countries the collection sees.
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
