"""Known places in running text: its words and marks, with each place as one piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from bot import gazetteer, regions
from bot.gazetteer import Entry, Kind

Codes = frozenset[str]
#: Terms that a document defines as places, with their countries.
Terms = tuple[tuple[str, Codes], ...]

#: Words, abbreviations with full stops, and single marks. French and Italian articles are words.
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"
    r"|\b(?:[dlDL]|[Dd]ell|[Aa]ll|[Nn]ell|[Dd]all|[Ss]ull)(?=[’'][^\W\d_])"
    r"|[’'][sS]\b"
    r"|[^\W_]+(?:[’'](?![sS]\b)[^\W_]+)*"
    r"|[^\s\w]|_"
)
#: Names of at most this many letters are read only in capitals.
SHORT_NAME = 3
#: Countries with overseas territories: people there may have chosen the country.
_OWNERS = {
    **dict.fromkeys(("AX",), "FI"),
    **dict.fromkeys(("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"), "FR"),
    **dict.fromkeys(("AW", "BQ", "CW", "SX"), "NL"),
    **dict.fromkeys(("FO", "GL"), "DK"),
    **dict.fromkeys(("EA", "IC"), "ES"),
    **dict.fromkeys(("GG", "GI", "IM", "JE"), "GB"),
    "SJ": "NO",
}
_NOBODY = frozenset[str]()
#: Words for a part of a place.
_SIDES = frozenset(
    "Greater Northern Southern Eastern Western Central North South East West Inner Upper Lower "
    "Metropolitan".split()
)
#: The first word of the long form of a name: "the Commonwealth of Massachusetts".
_FORMS = frozenset(
    "Republic Kingdom Duchy Principality State Province Commonwealth Region Island Islands "
    "Federation County City Canton".split()
)


@dataclass(frozen=True, slots=True)
class Place:
    """The meaning of a place in a text.

    `codes` are its countries, `excludes` those that "outside" it certainly excludes. `wide` are
    those that writers exclude who mean all of Europe. An adjective needs people beside it ("Dutch
    users"); a name does not ("users in Holland").
    """

    codes: Codes
    excludes: Codes
    wide: Codes
    is_name: bool
    is_adjective: bool
    is_people: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a mark or a known place of a text, from `start` to `end` in characters."""

    text: str
    start: int
    end: int
    place: Place | None = None

    @property
    def word(self) -> str:
        """The text in lower case."""
        return self.text.casefold()

    @property
    def capital(self) -> bool:
        """Whether it is capitalised."""
        return self.text[:1].isupper()


@lru_cache(maxsize=4_000)
def pieces(text: str, terms: Terms = ()) -> tuple[Piece, ...]:
    """The words and marks of a text, with each known place and defined term as one piece."""
    found = tuple(_joined(text, [match.span() for match in _TOKEN.finditer(text)]))
    for term, codes in terms:
        found = tuple(_with_term(found, text, term, codes))
    return found


def _with_term(found: tuple[Piece, ...], text: str, term: str, codes: Codes) -> Iterator[Piece]:
    """The pieces with the first mention of a term as one place."""
    start = text.find(term)
    end = start + len(term)
    for piece in found:
        if piece.end <= start or piece.start >= end:
            yield piece
        elif piece.start <= start:
            yield Piece(term, start, end, Place(codes, codes, codes, True, False))


def _joined(text: str, spans: list[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    words = [text[start:end] for start, end in spans]
    keys = [_folded(word) for word in words]
    while at < len(spans):
        used, place = _longest(words, keys, at)
        long = 0 if place else _long_form(words, at)
        if long:
            used, place = _longest(words, keys, at + long)
            used = used + long if place else 1
        if place is None and words[at] in _SIDES and at + 1 < len(words):
            used, place = _side(words, keys, at)
        start, end = spans[at][0], spans[at + used - 1][1]
        yield Piece(text[start:end], start, end, place)
        at += used


def _side(words: list[str], keys: list[str], at: int) -> tuple[int, Place | None]:
    """Like `_longest`, for a part of a place: "Greater London", "Northern France"."""
    used, place = _longest(words, keys, at + 1)
    if place is None or not place.is_name:
        return 1, None
    return used + 1, replace(place, excludes=_NOBODY, wide=_NOBODY)


def _long_form(words: list[str], at: int) -> int:
    """The number of words that make up the long form before a name: "the State of"."""
    if words[at] not in _FORMS or words[at + 1 : at + 2] != ["of"]:
        return 0
    if words[at + 2 : at + 3] == ["the"]:
        return 3 if len(words) > at + 3 else 0
    return 2 if len(words) > at + 2 else 0


def _longest(words: list[str], keys: list[str], at: int) -> tuple[int, Place | None]:
    """The number of words of the longest known place at `at`, and the place; (1, None) if none."""
    for rest, place in _index().get(keys[at], ()):
        end = at + 1 + len(rest)
        if tuple(keys[at + 1 : end]) == rest and _is_written_so(words[at:end], place):
            return end - at, place
    return 1, None


def _is_written_so(words: list[str], place: Place) -> bool:
    """Whether it is capitalised like a name: "turkey" is none, and "us" is not the US."""
    if len(words) == 1 and words[0].isascii() and len(words[0].replace(".", "")) <= SHORT_NAME:
        return words[0].isupper()
    if place.is_name and not place.is_adjective:
        return any(word[:1].isupper() for word in words) or "".join(words) in _in_small_letters()
    return True


@cache
def _in_small_letters() -> frozenset[str]:
    """Lower-case names, without spaces: "memberstates", "worldwide", "svizzera"."""
    names = filter(lambda name: not name[0].isupper(), gazetteer.names())
    return frozenset("".join(_TOKEN.findall(name)) for name in names)


@cache
def _index() -> dict[str, list[tuple[tuple[str, ...], Place]]]:
    """All names by their first word, the longest first."""
    found: dict[tuple[str, ...], Place] = {}
    for table in (gazetteer.names(), gazetteer.peoples(), gazetteer.adjectives()):
        for name, entry in table.items():
            key = tuple(map(_folded, _TOKEN.findall(name)))
            found[key] = _both(found.get(key), _place_of(entry))
    index: dict[str, list[tuple[tuple[str, ...], Place]]] = {}
    for key in sorted(found, key=len, reverse=True):
        index.setdefault(key[0], []).append((key[1:], found[key]))
    return index


def _both(one: Place | None, other: Place) -> Place:
    """A place that is a name in one table and an adjective in another: "Swiss"."""
    if one is None:
        return other
    return Place(
        one.codes,
        one.excludes,
        one.wide,
        one.is_name or other.is_name,
        one.is_adjective or other.is_adjective,
        one.is_people or other.is_people,
    )


@lru_cache(maxsize=1_000)
def _place_of(entry: Entry) -> Place:
    codes = regions.area_of(entry.codes)
    owners = frozenset(_OWNERS[code] for code in codes if code in _OWNERS)
    narrow = wide = codes
    if entry.kind is Kind.PART or {"US", "GE"} == codes:
        narrow = wide = _NOBODY
    elif codes == regions.EUROPE:
        # "Users in Europe" may be anybody in Europe; "outside Europe" certainly excludes the EEA.
        narrow = regions.EEA
    is_adjective = entry.kind is Kind.ADJECTIVE
    is_people = entry.kind is Kind.PEOPLE
    is_name = not is_adjective and not is_people
    return Place(codes | owners, narrow, wide, is_name, is_adjective, is_people)


def _folded(word: str) -> str:
    return word.replace("’", "'").casefold()
