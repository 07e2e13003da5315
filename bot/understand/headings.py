"""Headings that say whom a section is for: "For users in Brazil", "US Privacy Notice"."""

from __future__ import annotations

from functools import lru_cache

from bot.understand.place_lists import Line
from bot.understand.place_words import AND, IN, KINDS_OF_PEOPLE, LANDS, THE
from bot.understand.scopes import Said, said
from bot.understand.spotting import Codes, Terms
from bot.understand.text import BETWEEN_HEADINGS

#: Words that a heading may hold besides places.
_PLAIN = (
    AND
    | IN
    | THE
    | LANDS
    | KINDS_OF_PEOPLE
    | frozenset(
        """
        privacy notice notices rights right regional supplemental supplementary addendum addenda
        terms policy statement additional specific information disclosure disclosures for your our
        to about at collection provisions section annex appendix schedule part only residents users
        consumers conditions supplement country - – — : . , ( ) “ ” * # 's consumer protection
        details jurisdiction requirements variations exceptions amendments your rules service use
        data and or states specific-terms users' notice: datenschutzhinweise hinweise rechte droits
        """.split()
    )
)


def scope(section: str, lead: str, terms: Terms) -> Codes | None:
    """The countries that the heading or lead above a sentence is for, or None.

    `section` is the path of its headings, `lead` the words that introduce its list. The innermost
    one that names countries counts. A heading that excludes a place is for everybody else; those
    excluded have an edition of their own, which is judged as such.
    """
    above = [
        said(lead, terms),
        *(_of_heading(each, terms) for each in section.split(BETWEEN_HEADINGS)[::-1]),
    ]
    for found in above:
        if found.vague:
            return None
        if found.scoped:
            return found.reach if found.included and not found.excluded else None
    return None


@lru_cache(maxsize=1_000)
def _of_heading(heading: str, terms: Terms) -> Said:
    found = said(heading, terms)
    if found.scoped or found.vague:
        return found
    line = Line(heading, terms)
    codes = frozenset[str]()
    for listed in line.lists():
        if listed.vague or not listed.places:
            return Said()
        codes |= listed.codes
    if not codes or not all(_is_plain(line, at) for at in range(len(line.pieces))):
        return Said()
    return Said(included=codes, scoped=True)


def _is_plain(line: Line, at: int) -> bool:
    """Whether a word of a heading is a place, or certainly not one."""
    piece = line.pieces[at]
    return piece.place is not None or piece.word in _PLAIN or not piece.text[-1:].isalpha()
