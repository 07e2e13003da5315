"""The time zone that somebody names by a city, country, offset or abbreviation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from bot import gazetteer, regions
from bot.conversation import vocabulary
from bot.conversation.days import LANGUAGES
from bot.conversation.spots import Spot, Word, is_free, runs, text_of
from bot.naming import bare

#: Common abbreviations of zones.
_SHORT = {
    "gmt": "Etc/GMT",
    "utc": "Etc/UTC",
    "bst": "Europe/London",
    "wet": "Europe/Lisbon",
    "west": "Europe/Lisbon",
    "cet": "Europe/Brussels",
    "cest": "Europe/Brussels",
    "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin",
    "eet": "Europe/Helsinki",
    "eest": "Europe/Helsinki",
}
#: Offsets from Greenwich: "utc+2", "gmt-1", "+02:00".
_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+-])\s?(\d{1,2})(?::?00)?", re.I)
#: The number of words of the longest name of a zone.
LONGEST = 3
MASK = "<t>"
#: The forms of a zone that is not a city: "UTC+2", "Europe/Athens".
_IS_ZONE = re.compile(r"(?:utc|gmt)\s?[+-]?\s?\d|[A-Za-z]+/[A-Za-z]", re.I)
#: Words that say that a place is named for its time.
_OF_ZONES = re.compile(r"timezone|time-zone|zone|zeitzon|fuseau|fuso|huso|tijdzon|stref")
_TIME = frozenset("time zeit ortszeit tijd".split())
MOST_WEST = 12
MOST_EAST = 14


def zone_of(typed: str) -> str | None:
    """The zone of a typed name, or None: "Athens", "cet", "UTC+2", "europe/lisbon", "Norway"."""
    name = typed.strip()
    if match := _OFFSET.fullmatch(name):
        return _at_offset(match[1], int(match[2]))
    key = bare(name)
    return _SHORT.get(key) or _by_name().get(key) or of_regions(regions.meant(name))


def of_regions(codes: Iterable[str]) -> str | None:
    """The zone of most people in a region that is one country; None if there is no clear one."""
    countries = {country for code in codes for country in regions.countries(code)}
    if len(countries) != 1:
        return None
    country = countries.pop()
    cities = Counter(zone for where, zone in gazetteer.cities().values() if where == country)
    if cities:
        return cities.most_common(1)[0][0]
    zones = get_global("territory_zones").get(country, [])
    return zones[0] if len(zones) == 1 else None


def find(words: Sequence[Word], taken: Mapping[int, Spot]) -> Iterator[Spot]:
    """The zones that a sentence names: "cet", "utc+2", "Lisbon time", "time zone Norway"."""
    for first, last, text in runs(words, LONGEST):
        if is_free(first, last, taken) and (key := bare(text)):
            zone = _SHORT.get(key) or (zone_of(text) if _IS_ZONE.match(text) else None)
            if zone:
                yield Spot(first, last, MASK, zone=zone)
    is_about_zones = any(_OF_ZONES.match(vocabulary.folded(word.text)) for word in words)
    for spot in set(taken.values()):
        behind = words[spot.last + 1].text.casefold() if spot.last + 1 < len(words) else ""
        is_meant = spot.codes and (is_about_zones or behind in _TIME)
        if is_meant and (zone := zone_of(text_of(spot, words))):
            yield Spot(spot.first, spot.last, MASK, zone=zone)


def beginning(typed: str) -> Iterator[str]:
    """The zones whose name, or that of a city in them, begins with the input."""
    key = bare(typed)
    if key:
        found = {zone for name, zone in _by_name().items() if name.startswith(key)}
        yield from sorted(found, key=lambda zone: (not zone.startswith("Europe/"), zone))


def label(zone: str) -> str:
    """A zone's name for people: "Europe/Athens", "UTC+2"."""
    if not zone.startswith("Etc/"):
        return zone
    name = zone.removeprefix("Etc/").replace("GMT", "UTC")
    return name.translate(str.maketrans("+-", "-+"))


def _at_offset(sign: str, hours: int) -> str | None:
    """The zone with a fixed offset in hours, or None; zone names have the opposite sign."""
    if hours > (MOST_EAST if sign == "+" else MOST_WEST):
        return None
    if not hours:
        return "Etc/UTC"
    return f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"


@cache
def _by_name() -> Mapping[str, str]:
    """Zones by their names and the names of their cities, in all languages."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone)
    known = set(zones)
    found = {bare(zone): zone for zone in zones}
    for zone in zones:
        found.setdefault(bare(zone.rpartition("/")[2]), zone)
    for language in LANGUAGES:
        for zone, names in Locale(language).time_zones.items():
            if "city" in names:
                found.setdefault(bare(str(names["city"])), zone)
    for name, (_country, zone) in gazetteer.cities().items():
        found.setdefault(bare(name), zone)
    return {key: zone for key, zone in found.items() if key and zone in known}
