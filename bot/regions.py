"""Regions: the European Union, the EEA, the United Kingdom, Switzerland and every country, as people type them."""

from __future__ import annotations

from functools import cache

from babel import Locale

# Membership as of 2026; no library has it. Source: europa.eu, EFTA.
EU = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
)
EEA = EU | {"IS", "LI", "NO"}
EUROPE = EEA | {"GB", "CH"}
LANGUAGES = ("en", "de", "fr", "it", "es", "nl", "pl", "pt")
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AQ", "BV", "HM"})


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


_NAMES = {
    "eu": "EU", "european union": "EU", "e.u.": "EU", "ue": "EU", "europe": "EEA", "eea": "EEA", "ewr": "EEA",
    "european economic area": "EEA", "eee": "EEA", "eog": "EEA", "eer": "EEA", "see": "EEA", "uk": "UK", "u.k.": "UK", "gb": "UK", "great britain": "UK",
    "britain": "UK", "united kingdom": "UK", "england": "UK", "scotland": "UK", "wales": "UK",
    "northern ireland": "UK", "ch": "CH", "swiss": "CH", "usa": "US", "america": "US", "holland": "NL",
    "czech republic": "CZ",
}  # fmt: skip


def parse(text: str) -> str | None:
    """The region code of what a person typed ("eu", "Norway", "Schweiz"), or None."""
    return _typed().get(text.strip().casefold())


def countries(code: str) -> frozenset[str]:
    """The ISO countries of a region code."""
    return GROUPS.get(code, frozenset({code}))


def codes(area: frozenset[str]) -> list[str]:
    """An area in region codes: whole groups first, then countries."""
    groups = [code for code in ("EEA", "EU") if area >= GROUPS[code]][:1]
    left = area - (GROUPS[groups[0]] if groups else frozenset())
    return groups + sorted("UK" if code == "GB" else code for code in left)


@cache
def _typed() -> dict[str, str]:
    known = dict(_NAMES)
    for code in sorted(all_countries()):
        ours = "UK" if code == "GB" else code
        known.setdefault(code.casefold(), ours)
        for language in LANGUAGES:
            known.setdefault(Locale(language).territories.get(code, code).casefold(), ours)
    return known
