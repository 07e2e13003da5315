"""Regions: the EU, the EEA, the UK, Switzerland and every country, and how people type them."""

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

#: The regions that are not ISO countries, and the countries of each.
GROUPS: dict[str, frozenset[str]] = {
    "EU": EU,
    "EEA": EEA,
    "UK": frozenset({"GB"}),
    "CH": frozenset({"CH"}),
}
#: The regions that people mean when they type "Europe".
_TYPED_EUROPE = ("EEA", "UK", "CH")
#: A flag is a pair of regional indicator symbols; those of England, Scotland and Wales are a black
#: flag followed by the code of the part in invisible tag characters.
_FLAG_A = 0x1F1E6
_BLACK_FLAG = "\U0001f3f4"
_ONE_FLAG = "[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4\U000e0067\U000e0062[\U000e0061-\U000e007f]*"
_FLAG = re.compile(_ONE_FLAG)
_FLAGS = re.compile(f"(?:{_ONE_FLAG})+")
_HYPHEN = re.compile(r"[-/–]")


def all_countries() -> frozenset[str]:
    """The codes of the ISO countries that CLDR knows and where people live."""
    return gazetteer.countries()


def parse(text: str) -> str | None:
    """The region code for what a person typed ("eu", "Norway", "Schweiz"), or None.

    If the name means several regions, as "Benelux" does, the first; `meant` has all of them.
    """
    return next(iter(meant(text)), None)


def meant(text: str) -> tuple[str, ...]:
    """The region codes that a typed name means, ignoring case, accents and dots.

    Empty if it is no place. "Europe" is the EEA, the UK and Switzerland, "🇩🇪" is Germany.
    """
    return _typed().get(_key(text), ())


def is_city(text: str) -> bool:
    """Whether a typed name is only a city's; many of those are also words ("Nice", "Essen")."""
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
    """The ISO countries of region codes taken together; `codes` is the inverse."""
    return frozenset(country for code in codes for country in countries(code))


def codes(area: frozenset[str]) -> list[str]:
    """An area as region codes: the EEA or the EU if it is complete, then countries."""
    for group in ("EEA", "EU"):
        if area >= GROUPS[group]:
            return [group, *_country_codes(area - GROUPS[group])]
    return _country_codes(area)


def _country_codes(area: frozenset[str]) -> list[str]:
    return sorted(_ours(code) for code in area)


def _ours(country: str) -> str:
    """The region code of a country: the country's own, but UK for GB."""
    if country == "GB":
        return "UK"
    return country


def _key(text: str) -> str:
    """The form of a typed name that is compared: words without case and accents."""
    words = (bare(word) for word in _without_flags(text).split())
    return " ".join(filter(None, words))


def flags(word: str) -> tuple[str, ...]:
    """The flags in a word of flags only ("🇩🇪🇫🇷" has two); empty for any other word."""
    if not _FLAGS.fullmatch(word):
        return ()
    return tuple(found[0] for found in _FLAG.finditer(word))


def _without_flags(text: str) -> str:
    """A text in which each flag is replaced by its country's letters, as a word."""
    return _FLAG.sub(lambda found: f" {_letters(found[0])} ", text)


def _letters(flag: str) -> str:
    """The lower-case country code of a flag; England, Scotland and Wales are "gb"."""
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
    """Typed names with the region codes that they mean; the first entry for a name counts."""
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
    """Gazetteer codes as region codes."""
    if "EUROPE" in written:
        return _TYPED_EUROPE
    return tuple(map(_ours, written))
