"""Scopes of sentences: whether a rule is for people somewhere, or not for people there.

A place that is only mentioned says nothing: the seat of a company, a law, a comparison.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.regions import EUROPE, all_countries
from bot.understand.left_out import left_out
from bot.understand.place_lists import Line, Listed
from bot.understand.place_meaning import (
    LONGEST_WAY_BEHIND,
    LONGEST_WAY_TO_A_VERB,
    How,
    is_denied,
    is_in_brackets,
)
from bot.understand.place_people import meant, stand_before, stand_before_a_name, stand_behind
from bot.understand.place_words import (
    APPLIES,
    APPLIES_TO,
    GIVING,
    IN,
    LANDS,
    OF_LAWS,
    PEOPLE,
    THE,
    THINGS,
)
from bot.understand.spotting import Codes, Terms

_NOBODY = frozenset[str]()
_ARTICLES = THE - IN


@dataclass(frozen=True, slots=True)
class Said:
    """Whom a sentence says it is for.

    `included` are the countries it is for, `excluded` those it is not for, and `wide` those
    together with the rest of Europe if it excludes "Europe". `elsewhere` says that it is for
    everybody else. `loose` are countries that it only mentions. `vague` says that it may name an
    unknown place. `scoped` says that it states a scope at all.
    """

    included: Codes = _NOBODY
    excluded: Codes = _NOBODY
    wide: Codes = _NOBODY
    loose: Codes = _NOBODY
    elsewhere: bool = False
    vague: bool = False
    scoped: bool = False

    @property
    def reach(self) -> Codes:
        """The countries whose people it concerns; all if it does not say."""
        if not self.scoped or self.vague:
            return all_countries()
        if self.elsewhere and self.included.isdisjoint(self.excluded):
            # "If you are outside China, your contract is ...": all countries but China are meant.
            return all_countries() - self.excluded
        if self.included and not self.included <= self.excluded:
            # European places that are only mentioned may be meant too.
            return (self.included | (self.loose & EUROPE)) - self.excluded
        if self.included:
            # "From the EU to places outside the EU" distinguishes no country.
            return all_countries()
        return all_countries() - self.excluded


def _is_of_others(line: Line) -> bool:
    """Whether a sentence is about people elsewhere too: "all other customers"."""
    if not _ANYWHERE.isdisjoint(line.words):
        return True
    for at, word in enumerate(line.words):
        behind = line.word(at + 1)
        if word == "other" and behind in PEOPLE:
            return True
        if (word, behind) in _ALL_OTHERS:
            return True
    return False


_ALL_OTHERS = frozenset(
    {("all", "others"), ("everyone", "else"), ("anyone", "else"), ("everybody", "else")}
)
#: "If you live in the US, this does not apply" reverses whom it is for.
_DENIED = re.compile(
    r"\b(?:not|nicht|pas|niet|nie|non|não|no)\s+(?:\w+\s+)?"
    r"(?:apply|applies|applicable|concern|affect|gelten|dotyczy|obowiązuje|applica|aplica|aplicam)\b"
    r"|n[’']t\s+(?:\w+\s+)?(?:apply|applicable|concern|affect)\b"
    r"|\b(?:gilt|gelten|applique|appliquent|geldt|gelden)\s+(?:\w+\s+)?(?:nicht|pas|niet)\b",
    re.I,
)
#: With these words a sentence is about everybody, whatever place it names.
_ANYWHERE = frozenset("elsewhere anywhere everywhere wherever regardless".split())


@lru_cache(maxsize=4_000)
def said(text: str, terms: Terms = ()) -> Said:
    """The scope of a sentence; `terms` are those that its document defines."""
    line = Line(text, terms)
    if line.words[:2] in (["for", "example"], ["for", "instance"]):
        return Said()
    included = set[str]()
    excluded = set[str]()
    wide = set[str]()
    loose = set[str]()
    vague = elsewhere = scoped = False
    for listed in line.lists():
        how = _how(line, listed)
        if how is How.MENTIONED:
            if _is_loose(line, listed):
                loose |= listed.codes
            continue
        if how is How.INCLUDED:
            vague |= listed.vague
            included |= listed.codes
        else:
            excluded |= listed.excludes
            wide |= listed.wide
            elsewhere |= how is How.OUTSIDE
        scoped |= bool(listed.places)
    if included or elsewhere:
        vague = vague or _is_of_others(line) or _DENIED.search(text) is not None
    return Said(
        frozenset(included),
        frozenset(excluded),
        frozenset(wide),
        frozenset(loose),
        elsewhere,
        vague,
        scoped,
    )


def _is_loose(line: Line, listed: Listed) -> bool:
    """Whether a mention may be about people there: neither a law nor a transfer of data."""
    if not listed.is_name or line.is_of_a_thing(listed.last - 1):
        return False
    return line.word(listed.first - 1) != "from" or line.word(listed.last) != "to"


def headed(title: str) -> Codes:
    """The countries that a title names as affected: "in Spain", "Spain: ...", "(UK)"."""
    line = Line(title)
    found = _NOBODY
    for listed in line.lists():
        before = line.word(_before(line, listed))
        behind = line.word(listed.last)
        if before in {"with", "by"} or not (_is_loose(line, listed) or behind in _TERMS):
            continue
        if before in IN | _HEADING or behind in {":", ")", "]"} | _TERMS:
            found |= listed.codes
    return found


#: Nouns after an adjective: "its Swiss terms".
_TERMS = frozenset("terms policy policies conditions contract contracts prices price".split())
#: Words before the place that a title is about.
_HEADING = frozenset("to for excludes exclude adds add drops removes leaves ( [".split())


def _how(line: Line, listed: Listed) -> How:
    """How a list of places is meant: for people there, for others, or only mentioned."""
    before = _before(line, listed)
    if _is_negated(line, before):
        return How.OUTSIDE if stand_behind(line, listed) else How.MENTIONED
    out = left_out(line, before)
    if out is not How.MENTIONED:
        return out
    if listed.places and all(place.is_people for place in listed.places):
        return How.INCLUDED
    if stand_behind(line, listed):
        return meant(line, before + 1)
    if _is_compared(line, before):
        return How.MENTIONED
    if not listed.places:
        return stand_before_a_name(line, before)
    if listed.is_name and not line.is_of_a_thing(listed.first):
        return _of_a_place(line, listed, before)
    return How.MENTIONED


def _is_negated(line: Line, before: int) -> bool:
    return line.word(before) == "-" and line.word(before - 1) == "non"


def _is_compared(line: Line, before: int) -> bool:
    return line.word(before) in IN and line.word(before - 1) in _COMPARED


#: Words of comparison: "as in Germany".
_COMPARED = frozenset({"as", "like", "than", "example"})


def _before(line: Line, listed: Listed) -> int:
    """The place of the word before a list, skipping articles."""
    at = listed.first - 1
    while at >= 0 and line.word(at) in _ARTICLES:
        at -= 1
    return at


def _of_a_place(line: Line, listed: Listed, before: int) -> How:
    """How a place is meant by the words before it: "users in", "you live in", "available in"."""
    people = stand_before(line, before, listed.last)
    if people is not How.MENTIONED:
        return people
    applies = _applies(line, before)
    if applies is not How.MENTIONED:
        return applies
    for is_scope in (_is_opening, _is_only, _is_whose_data, _are_enumerated):
        if is_scope(line, listed, before):
            return How.INCLUDED
    return How.MENTIONED


def _is_only(line: Line, listed: Listed, before: int) -> bool:
    """Whether it is "only in" a place, or "in" a place "only"."""
    if line.word(before) in IN and line.word(before - 1) == "only":
        return True
    if line.word(listed.last) not in {"only", "exclusively"}:
        return False
    return line.word(before) in IN or line.word(before) in {"(", "for"}


def _applies(line: Line, before: int) -> How:
    """How a place is meant where something applies, or does not; else MENTIONED."""
    if line.word(before) not in IN | {"to", "for"}:
        return How.MENTIONED
    at = before - 1
    while before - at <= LONGEST_WAY_BEHIND + 1 and line.word(at) in APPLIES_TO:
        at -= 1
    if line.word(at) not in APPLIES:
        return How.MENTIONED
    window = line.words[max(0, at - LONGEST_WAY_TO_A_VERB) : at + 1]
    if not OF_LAWS.isdisjoint(window) or is_in_brackets(line, at):
        return How.MENTIONED
    window = window[-1 - LONGEST_WAY_BEHIND :]
    if line.word(at) == "limited" and "not" in window:
        return How.MENTIONED
    if is_denied(window):
        return How.EXCEPT
    return How.INCLUDED


def _is_opening(line: Line, listed: Listed, before: int) -> bool:
    """Whether a sentence begins with the place: "In the US, ...", "- For California: ..."."""
    if line.word(before) not in IN | {"for", "für", "pour", "para", "per", "voor", "dla"}:
        return False
    for at in range(before):
        piece = line.pieces[at]
        if (
            piece.text[-1:].isalnum()
            and piece.word not in _CONNECTIVES
            and not piece.text.isdigit()
        ):
            return False
    return before <= LONGEST_WAY_BEHIND * 2 and _is_opened(line, listed.last)


_CONNECTIVES = frozenset(
    "however also and but additionally furthermore similarly moreover only currently now if or "
    "further".split()
)
_SUBJECTS = frozenset("we you they it the our your this these their users if a an all any".split())


def _is_opened(line: Line, end: int) -> bool:
    """Whether what follows is what applies there."""
    word = line.word(end)
    return word in {"", ",", ":", "-", "–", "—", ".", ")", "?"} | _SUBJECTS


def _are_enumerated(line: Line, _listed: Listed, before: int) -> bool:
    """Whether a list follows "in other jurisdictions (" or "in the following countries:"."""
    if line.word(before) not in {"(", ":"}:
        return False
    at = before - 1
    while before - at <= LONGEST_WAY_BEHIND and line.word(at) in {"following", "below", "listed"}:
        at -= 1
    if line.word(at) not in LANDS:
        return False
    for place in range(at - 1, at - LONGEST_WAY_BEHIND - 2, -1):
        if line.word(place) in IN | {"for", "to"}:
            window = line.words[max(0, place - LONGEST_WAY_TO_A_VERB) : place]
            return GIVING.isdisjoint(window) and THINGS.isdisjoint(window)
    return False


def _is_whose_data(line: Line, listed: Listed, before: int) -> bool:
    """Whether "data from the EEA" is meant, not a transfer: "data from the EU to the US"."""
    if line.word(before) != "from" or line.word(listed.last) in {"to", "into", "outside"}:
        return False
    return line.word(before - 1) in {"data", "information", "content"}
