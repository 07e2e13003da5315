"""Regions as people type them: the EU, the EEA, the United Kingdom, Switzerland, every country."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel import Locale

# Membership as of 2026; no library has it. Source: europa.eu, EFTA.
EU = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
)
EEA = EU | {"IS", "LI", "NO"}
EUROPE = EEA | {"GB", "CH"}
#: The languages in which people name places.
LANGUAGES = ("en", "de", "fr", "it", "es", "nl", "pl", "pt")
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AQ", "BV", "HM"})

#: The regions that are no countries in ISO's sense, and the countries of each.
GROUPS: dict[str, frozenset[str]] = {
    "EU": EU,
    "EEA": EEA,
    "UK": frozenset({"GB"}),
    "CH": frozenset({"CH"}),
}


@cache
def all_countries() -> frozenset[str]:
    """Every ISO country that CLDR knows and where people live."""
    codes = map(str, Locale("en").territories)
    two = {code for code in codes if len(code) == 2 and code.isalpha()}
    return frozenset(two - _NOT_COUNTRIES)


#: What people type for a region besides its code and its names in CLDR, in small letters.
_NAMES = {
    **dict.fromkeys(("eu", "european union", "e.u.", "ue"), "EU"),
    **dict.fromkeys(
        ("europe", "eea", "ewr", "european economic area", "eee", "eog", "eer", "see"), "EEA"
    ),
    **dict.fromkeys(
        (
            "uk",
            "u.k.",
            "gb",
            "great britain",
            "britain",
            "united kingdom",
            "england",
            "scotland",
            "wales",
            "northern ireland",
        ),
        "UK",
    ),
    **dict.fromkeys(("ch", "swiss"), "CH"),
    **dict.fromkeys(("usa", "america"), "US"),
    **dict.fromkeys(("holland",), "NL"),
    **dict.fromkeys(("czech republic",), "CZ"),
}


def parse(text: str) -> str | None:
    """The region code of what a person typed ("eu", "Norway", "Schweiz"), or None."""
    return _typed().get(text.strip().casefold())


def countries(code: str) -> frozenset[str]:
    """The ISO countries of a region code."""
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


@cache
def _typed() -> dict[str, str]:
    known = dict(_NAMES)
    for code in sorted(all_countries()):
        ours = _ours(code)
        known.setdefault(code.casefold(), ours)
        for language in LANGUAGES:
            known.setdefault(Locale(language).territories.get(code, code).casefold(), ours)
    return known
