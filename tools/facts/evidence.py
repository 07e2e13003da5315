"""The readers of a recorded text, as far as the sheets tell."""

from __future__ import annotations

import re

from babel import Locale

from bot.regions import EUROPE
from tools.facts import checked
from tools.facts.addresses import place_of, untracked
from tools.facts.sheets import Sheet

RECORD = re.compile(r"(?P<collection>[\w-]+):(?P<folder>[^/]+)/(?P<terms_type>.+)@\w+")
#: A text that names the UK so often is taken for one that is for it.
FEW = 3
#: What the text says of the regions in a row of the controllers' sheet.
NAMED = {
    "stated": "It names who is responsible for people in {}.",
    "operator": "It names who provides the service to people in {}.",
    "representative": "It names a representative for people in {}.",
}
REGIONS = {"EU": "the EU", "UK": "the United Kingdom", "CH": "Switzerland"}


class Evidence:
    """What the sheets say of whom a recorded text is for."""

    def __init__(self, sheets: dict[str, Sheet]) -> None:
        self.records: dict[tuple[str, str, str], Sheet] = {}
        for row in sheets["controllers"]:
            found = RECORD.fullmatch(row["source"])
            if found and row["basis"] in NAMED:
                record = (found["collection"], found["folder"], found["terms_type"])
                self.records.setdefault(record, []).append(row)
        self._counts = {_counted(row): row for row in sheets["jurisdiction_check"]}

    def of(
        self, record: tuple[str, str, str], declared: dict[str, str] | None
    ) -> tuple[str, str, str, str]:
        """The answer, why, the source, and its date; without a why nothing is known."""
        if why := checked.NOT_FOR_EUROPE.get(record):
            return "no", why, "notes of the sheets", checked.NOTES_OF
        if rows := self.records.get(record):
            return "yes", _named(rows), rows[0]["source"], rows[0]["date"]
        if said := self._by_count(record):
            return *said, "count of words in the recorded text", ""
        address = untracked(declared["url"]) if declared else ""
        answer, why = _by_address(address)
        if answer == "no" or record[0] not in checked.EUROPEAN:
            return answer, why, address, declared["valid"] if declared else ""
        return "yes", checked.EUROPEAN[record[0]], "notes of the sheets", checked.NOTES_OF

    def _by_count(self, record: tuple[str, str, str]) -> tuple[str, str] | None:
        """By how often the text speaks of Europe, or of the UK where it was recorded there."""
        row = self._counts.get(record)
        if row is None:
            return None
        if record[0] == "vlopses-gb" and int(row["mentions_UK"]) >= FEW:
            return "yes", "It was recorded as it is shown in the United Kingdom, and it names it."
        if row["few_EU_markers"]:
            return "unknown", "The recorded text hardly names Europe or its law."
        if record[0] == "vlopses-ie":
            return "yes", "It was recorded as it is shown in Ireland, and names Europe or its law."
        return None


def _by_address(url: str) -> tuple[str, str]:
    place = place_of(url)
    if not place:
        return "unknown", ""
    if place == "US":
        return "no", "Its address is one for the United States."
    if place in {*EUROPE, "EU", "EEA"}:
        return "yes", f"Its address is one for {_named_place(place)}."
    return "unknown", ""


def _named_place(code: str) -> str:
    """A region in words."""
    if code in ("EU", "EEA"):
        return f"the {code}"
    name: str = Locale("en").territories[code]
    return f"the {name}" if name.startswith("United") else name


def _named(rows: Sheet) -> str:
    """What the text says of people in which regions, where it says most."""
    best = min((row["basis"] for row in rows), key=list(NAMED).index)
    named = {row["region"] for row in rows if row["basis"] == best}
    *first, last = [words for region, words in REGIONS.items() if region in named]
    listed = f"{', '.join(first)} and {last}" if first else last
    return NAMED[best].format(listed)


def _counted(row: dict[str, str]) -> tuple[str, str, str]:
    folder, _slash, terms_type = row["document"].removesuffix(".md").partition("/")
    return row["collection"], folder, terms_type
