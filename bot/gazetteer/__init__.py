"""The gazetteer: names of countries, their parts and peoples, and groups of countries.

The names of countries in eight languages are CLDR's; the tables beside this file hold what CLDR
lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from itertools import product

from babel import Locale

#: The languages in which people name places.
LANGUAGES = ("en", "de", "fr", "it", "es", "nl", "pl", "pt")
#: Portugal's Portuguese has other names for some countries than Brazil's.
_LOCALES = (*LANGUAGES, "pt_PT")
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AQ", "BV", "HM"})
#: Letters of the shortest name taken from CLDR; shorter ones are words of some language.
SHORTEST_NAME = 4
#: The endings that a stem takes, by language; the first is the base form.
_ENDINGS = {
    "de": ("", "e", "en", "er", "em", "es"),
    "fr": ("", "e", "s", "es"),
    "it": ("o", "a", "e", "i", "hi", "he"),
    "es": ("", "o", "a", "os", "as", "es"),
    "pt": ("", "o", "a", "e", "ês", "os", "as", "es", "ão", "ã", "ães", "ãs", "ia", "us", "eus"),
    "nl": ("", "e", "en"),
    "pl": ("i", "a", "ie", "iego", "iej", "im", "ich", "imi", "ą", "e", "y", "ego", "ej", "ym"),
}
# Names that are also a person's, or a word of another language with a different meaning.
_OTHERWISE = frozenset(
    "Indie Dominique Maurice Grenade Granada Dania Man Nova Eland Indes Inde Bonaire".split()
)


class Kind(Enum):
    """The kind of a name."""

    PLACE = "place"
    #: A part stands for its country, but excludes nobody: "outside Texas" is not outside the US.
    PART = "part"
    ADJECTIVE = "adjective"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Entry:
    """The meaning of a name: codes of countries, or of the groups EU, EEA, EUROPE and WORLD."""

    codes: tuple[str, ...]
    kind: Kind


@cache
def countries() -> frozenset[str]:
    """Every inhabited ISO country that CLDR knows."""
    codes = map(str, Locale("en").territories)
    two = {code for code in codes if len(code) == 2 and code.isalpha()}
    return frozenset(two - _NOT_COUNTRIES)


@cache
def names() -> Mapping[str, Entry]:
    """The meaning of every place name, as written; the tables take precedence over CLDR."""
    found: dict[str, Entry] = {}
    for table, kind in (("names", Kind.PLACE), ("parts", Kind.PART)):
        for name, codes in _table(table):
            found.setdefault(name, Entry(codes, kind))
    for code, name in _of_cldr():
        found.setdefault(name, Entry((code,), Kind.PLACE))
    for name, codes in _table("native"):
        found.setdefault(name, Entry(codes, Kind.PLACE))
    return found


@cache
def adjectives() -> Mapping[str, Entry]:
    """Adjectives for the people of a place, in eight languages: "Dutch", "niederländische"."""
    return {word: entry for word, entry in _peoples() if entry.kind is Kind.ADJECTIVE}


@cache
def peoples() -> Mapping[str, Entry]:
    """Names of peoples: "Germans", "Europeans"."""
    return {word: entry for word, entry in _peoples() if entry.kind is Kind.PEOPLE}


@cache
def typed() -> Mapping[str, tuple[str, ...]]:
    """Other things that people type for a place, with the codes that they mean."""
    return dict(_table("typed"))


@cache
def cities() -> Mapping[str, tuple[str, str]]:
    """The (country, time zone) of each larger European city, by its names."""
    found: dict[str, tuple[str, str]] = {}
    for line in _lines("cities"):
        head, _, listed = line.partition(": ")
        country, _, zone = head.partition(" ")
        for name in listed.split("; "):
            found.setdefault(name, (country, zone))
    return found


def _of_cldr() -> Iterator[tuple[str, str]]:
    """(code, name) of each country in each of the languages."""
    for language, code in product(_LOCALES, sorted(countries())):
        written = Locale.parse(language).territories.get(code, "")
        for name in _variants(written):
            yield code, name


def _variants(name: str) -> list[str]:
    """The forms in which people write a CLDR name: "Myanmar (Burma)", "Bosnia & Herzegovina"."""
    short, _, other = name.removesuffix(" SAR China").partition(" (")
    written = [short, other.rstrip(")"), short.replace(" & ", " and ")]
    written += [form.replace("St. ", "Saint ") for form in written]
    kept = [form for form in written if len(form) >= SHORTEST_NAME]
    return [form for form in kept if form not in _OTHERWISE]


def _peoples() -> Iterator[tuple[str, Entry]]:
    for line in _lines("adjectives"):
        language, _, entries = line.partition(" ")
        for entry in entries.split("; "):
            codes, _, words = entry.partition(": ")
            for word in words.split():
                yield from _forms(word.replace("_", " "), language, tuple(codes.split()))


def _forms(word: str, language: str, codes: tuple[str, ...]) -> Iterator[tuple[str, Entry]]:
    """The forms of an entry: a stem with endings (*), adjective and noun (+), or people (!)."""
    stem = word.rstrip("*+!")
    if word.endswith("!"):
        yield stem, Entry(codes, Kind.PEOPLE)
        return
    if word.endswith("*"):
        for ending in _ENDINGS[language]:
            yield stem + ending, Entry(codes, Kind.ADJECTIVE)
        return
    yield stem, Entry(codes, Kind.ADJECTIVE)
    if word.endswith("+"):
        yield f"{stem}s", Entry(codes, Kind.PEOPLE)


def _table(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, codes) of each name in a table."""
    for line in _lines(name):
        codes, _, listed = line.partition(": ")
        for written in listed.split("; "):
            yield written, tuple(codes.split())


def _lines(name: str) -> Iterator[str]:
    text = files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line
