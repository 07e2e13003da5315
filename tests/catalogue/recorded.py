"""The sheets read from recorded terms: all addresses in them, and the words of opt-outs.

A source there reads `collection:Service/Terms type@commit`, with the first letters of the commit.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote

from tests.support.shared import SHARED

SHEETS = SHARED / "facts/ota"
#: What stands around an address in a cell, or between two.
_BETWEEN = re.compile(r"[\s;]+")
_SOURCE = re.compile(r"([\w-]+):(.+)/([^/@]+)@(\w+)")
_VERSIONS = "https://github.com/OpenTermsArchive/{}-versions"


def _rows(name: str) -> list[dict[str, str]]:
    with (SHEETS / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def addresses() -> frozenset[str]:
    """All web and mail addresses of the sheets, those of the recorded texts among them."""
    found: set[str] = set()
    for path in sorted(SHEETS.glob("*.csv")):
        for row in _rows(path.name):
            found.update(_addresses(row))
    return frozenset(found)


def _addresses(row: dict[str, str]) -> Iterator[str]:
    for cell in row.values():
        for part in _BETWEEN.split(cell):
            yield part.removeprefix("mailto:")
    source = _SOURCE.fullmatch(row.get("source", ""))
    if source:
        collection, service, terms, commit = source.groups()
        versions = _VERSIONS.format(collection)
        yield f"{versions}/commit/{commit}"
        yield f"{versions}/blob/{commit}/{quote(service)}/{quote(terms)}.md"


@cache
def ways_out() -> dict[str, str]:
    """By the id of a service, what its own terms say of its ways out: their labels, and around."""
    found: dict[str, str] = {}
    for row in _rows("optouts.csv"):
        said = f"{row['label']} {row['quote']}"
        found[row["service_id"]] = f"{found.get(row['service_id'], '')} {said}"
    return found
