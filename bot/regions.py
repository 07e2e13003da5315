"""Regions: the EU, the EEA, the United Kingdom, Switzerland, every country; as people type them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from bot import gazetteer
from bot.naming import bare

# Membership as of 2026; no library has it. Source: europa.eu, EFTA.
EU = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
)
EEA = EU | {"IS", "LI", "NO"}
EUROPE = EEA | {"GB", "CH"}
#: The languages in which people name places.
LANGUAGES = gazetteer.LANGUAGES

#: The regions that are no countries in ISO's sense, and the countries of each.
GROUPS: dict[str, frozenset[str]] = {
    "EU": EU,
    "EEA": EEA,
    "UK": frozenset({"GB"}),
    "CH": frozenset({"CH"}),
}
#: What "Europe" is to people who type it.
_TYPED_EUROPE = ("EEA", "UK", "CH")
#: A flag is two letters of its own; those of England, Scotland and Wales are a black one with the
#: code of the part behind it, in letters that nobody sees.
_FLAG_A = 0x1F1E6
_BLACK_FLAG = "\U0001f3f4"
_ONE_FLAG = "[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4\U000e0067\U000e0062[\U000e0061-\U000e007f]*"
_FLAG = re.compile(_ONE_FLAG)
_FLAGS = re.compile(f"(?:{_ONE_FLAG})+")
_HYPHEN = re.compile(r"[-/–]")


def all_countries() -> frozenset[str]:
    """Every ISO country that CLDR knows and where people live."""
    return gazetteer.countries()


def parse(text: str) -> str | None:
    """The one region code of what a person typed ("eu", "Norway", "Schweiz"), or None.

    The first where it means several, as "Benelux" does; `meant` has all of them.
    """
    return next(iter(meant(text)), None)


def meant(text: str) -> tuple[str, ...]:
    """The region codes that a person typed in one name, without regard to case, accents and dots.

    None for what is no place. "Europe" is the EEA, the UK and Switzerland, "🇩🇪" Germany.
    """
    return _typed().get(_key(text), ())


def is_city(text: str) -> bool:
    """Whether a typed name is only that of a city; many are words, too: "Nice", "Essen"."""
    return _key(text) in _cities()


@cache
def _cities() -> frozenset[str]:
    others = {_key(name) for name in gazetteer.names()}
    return frozenset(map(_key, gazetteer.cities())) - others


def countries(code: str) -> frozenset[str]:
    """The ISO countries of a region code, or of EUROPE or WORLD."""
    if code == "EUROPE":
        return EUROPE
    if code == "WORLD":
        return all_countries()
    return GROUPS.get(code, frozenset({code}))


def area_of(codes: Iterable[str]) -> frozenset[str]:
    """The ISO countries of region codes taken together; `codes` leads back."""
    return frozenset(country for code in codes for country in countries(code))


def codes(area: frozenset[str]) -> list[str]:
    """An area in region codes: the EEA or the EU if it is whole, then countries."""
    for group in ("EEA", "EU"):
        if area >= GROUPS[group]:
            return [group, *_country_codes(area - GROUPS[group])]
    return _country_codes(area)


def _country_codes(area: frozenset[str]) -> list[str]:
    return sorted(_ours(code) for code in area)


def _ours(country: str) -> str:
    """The region code of a country: people say UK."""
    if country == "GB":
        return "UK"
    return country


def _key(text: str) -> str:
    """A name in the form in which typed names are compared: words without case and marks."""
    words = (bare(word) for word in _without_flags(text).split())
    return " ".join(filter(None, words))


def flags(word: str) -> tuple[str, ...]:
    """The flags of a word that is made of flags only: "🇩🇪🇫🇷" is two; none of any other word."""
    if not _FLAGS.fullmatch(word):
        return ()
    return tuple(found[0] for found in _FLAG.finditer(word))


def _without_flags(text: str) -> str:
    """A text with the letters of flags as letters, each flag a word."""
    return _FLAG.sub(lambda found: f" {_letters(found[0])} ", text)


def _letters(flag: str) -> str:
    """The code of a country by its flag; England, Scotland and Wales are in the UK."""
    if flag.startswith(_BLACK_FLAG):
        return "gb"
    return "".join(chr(ord(sign) - _FLAG_A + ord("a")) for sign in flag)


@cache
def _typed() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for name, codes_of_name in _names():
        for written in (name, _HYPHEN.sub(" ", name)):
            known.setdefault(_key(written), codes_of_name)
    known.pop("", None)
    return known


def _names() -> Iterator[tuple[str, tuple[str, ...]]]:
    """What people type, with the region codes that it means; the first of a name counts."""
    for code in ("EU", "EEA", "UK"):
        yield code, (code,)
    for code in sorted(all_countries()):
        yield code, (_ours(code),)
    for name, written in gazetteer.typed().items():
        yield name, _of_regions(written)
    for name, entry in gazetteer.names().items():
        if "WORLD" not in entry.codes:
            yield name, _of_regions(entry.codes)
    for name, (country, _zone) in gazetteer.cities().items():
        yield name, (_ours(country),)


def _of_regions(written: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of the gazetteer as region codes."""
    if "EUROPE" in written:
        return _TYPED_EUROPE
    return tuple(map(_ours, written))
