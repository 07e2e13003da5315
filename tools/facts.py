"""Make the tables of facts from the sheets about Open Terms Archive.

    python -m tools.facts SHEETS [FOLDER]

SHEETS holds `ota/` and `registry/`; the tables are written to bot/catalogue/facts, or to FOLDER.
The same sheets give the same tables. What is left out is counted, and said.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel import Locale

from bot.catalogue import facts
from bot.catalogue.facts.forms import Controller, DocumentAddress, Edition, NationalSite
from bot.catalogue.facts.sheets import Row
from bot.catalogue.schema import URL
from bot.regions import EUROPE, all_countries
from tools import facts_checked as checked

Sheet = list[dict[str, str]]
#: Parameters that say whence a reader comes, and nothing of the page.
TRACKING = re.compile(
    r"(utm_\w+|_ga|_gl|_|spm|ref|ref_|lnk|intnavid|dbkanal_\w+|suid|openaicom[-_]\w+)"
)
#: Parameters of an address that holds for a few days only.
PASSING = frozenset({"oe", "token"})
#: Where an address names the country it is for.
PARAMETERS = frozenset({"gl", "region", "regioncode", "country", "countrycode"})
DOMAINS = frozenset("at be ch cz de dk ee es fi fr gr ie it nl no pl pt se uk".split())
SEGMENTS = {"ie": "IE", "gb": "GB", "us": "US", "uk": "GB", "eea": "EEA", "eu": "EU", "cz": "CZ"}
EUROPEAN_PARTS = re.compile(r"-(eea|uk)$|^(eu)-")
RECORD = re.compile(r"(?P<collection>[\w-]+):(?P<folder>[^/]+)/(?P<terms_type>.+)@\w+")
#: So many words about Europe, or about the UK, and a text is taken for one that is for it.
FEW = 3
#: What the text says of the regions in a row of the controllers' sheet.
NAMED = {
    "stated": "It names who is responsible for people in {}.",
    "operator": "It names who provides the service to people in {}.",
    "representative": "It names a representative for people in {}.",
}
REGIONS = {"EU": "the EU", "UK": "the United Kingdom", "CH": "Switzerland"}


@dataclass
class Maker:
    """The sheets, and what was left out of them, by reason."""

    sheets: dict[str, Sheet]
    left_out: Counter[str] = field(default_factory=Counter)

    def controllers(self) -> Iterator[dict[str, str]]:
        """Who is responsible, by service and region."""
        for row in self.sheets["controllers"]:
            if not (row["controller"] or row["address"] or row["contact"] or row["representative"]):
                self.left_out["controllers of which nothing is known"] += 1
                continue
            address = checked.SPELT.get(row["address"], row["address"])
            yield {
                "service": row["service_id"],
                "region": row["region"],
                "name": row["controller"],
                "address": address,
                "country": country_of(address),
                "contact": untracked(row["contact"]),
                "representative": row["representative"],
                "basis": row["basis"],
                "source": row["source"],
                "date": row["date"],
            }

    def documents(self) -> Iterator[dict[str, str]]:
        """Where every document lies, by collection; the first address where there are several."""
        seen: set[tuple[str, ...]] = set()
        for row, method in self._addresses():
            url = self._kept(row["url"])
            key = (row["service_id"], row["terms_type"], row["collection"], row["service"])
            if not url or key in seen:
                continue
            seen.add(key)
            edition, language = edition_of(row["collection"], row.get("method", ""), url)
            yield {
                "service": row["service_id"],
                "terms_type": row["terms_type"],
                "collection": row["collection"],
                "folder": row["service"],
                "edition": edition,
                "language": language,
                "url": url,
                "method": method,
                "date": row.get("valid", "") or row.get("date", ""),
            }

    def nationals(self) -> Iterator[dict[str, str]]:
        """What services have for one country."""
        for row in self.sheets["national"]:
            url = self._kept(row["example_url"])
            if (row["service_id"], row["country"], row["domain"]) in checked.NOT_NATIONAL:
                self.left_out["national sites that are none"] += 1
                continue
            places = row["country"].split(", ")
            if not set(places) <= {"EU", *all_countries()}:
                self.left_out["national sites of no single country"] += 1
                continue
            for place in places if url else ():
                yield {
                    "service": row["service_id"],
                    "country": place,
                    "kind": row["kind"].removeprefix("regional edition of a "),
                    "site": row["domain"],
                    "url": url,
                    "source": row["source"],
                    "date": row["date"],
                }

    def editions(self) -> Iterator[dict[str, str]]:
        """For whom the recorded texts are, where something says so."""
        evidence = Evidence(self.sheets)
        recorded = (*self.sheets["terms"], *self.sheets["terms_inferred"])
        declared = {_record(row): row for row in self.sheets["terms"]}
        for record in sorted({*map(_record, recorded), *evidence.records}):
            answer, why, source, date = evidence.of(record, declared.get(record))
            if why:
                yield {
                    "collection": record[0],
                    "folder": record[1],
                    "terms_type": record[2],
                    "for_europe": answer,
                    "why": why,
                    "source": source,
                    "date": date,
                }

    def _addresses(self) -> Iterator[tuple[dict[str, str], str]]:
        """Rows of services that the catalogue has, each with how the address was found."""
        for name, method in (
            ("terms", "declared"),
            ("terms_inferred", "inferred"),
            ("terms_tosdr", "two years old"),
        ):
            for row in self.sheets[name]:
                if not row["service_id"]:
                    self.left_out["documents of services that the catalogue lacks"] += 1
                elif not row["url"]:
                    self.left_out["documents without an address"] += 1
                elif self._is_of_the_service(row):
                    yield row, method

    def _is_of_the_service(self, row: dict[str, str]) -> bool:
        """Whether the address is of that service and document, as far as that was looked at."""
        name = (row["collection"], row["service"])
        if row.get("id_by") == "name" and name not in checked.SAME_SERVICE:
            if name not in checked.OTHER_SERVICE:
                raise SystemExit(f"{name} was found by its name: look at it, and say which it is")
            self.left_out["documents of another service of that name"] += 1
            return False
        if (*name, row["terms_type"]) in checked.OTHER_DOCUMENT:
            self.left_out["addresses of another document"] += 1
            return False
        return True

    def _kept(self, url: str) -> str:
        """An address without what tracks, or nothing where it cannot be used."""
        if url.startswith("http://"):
            host = urlsplit(url).hostname
            if host not in self._secure_hosts:
                self.left_out["addresses over http of hosts not known over https"] += 1
                return ""
            url = f"https://{url.removeprefix('http://')}"
        if PASSING & dict(parse_qsl(urlsplit(url).query)).keys():
            self.left_out["addresses that hold for a few days"] += 1
            return ""
        url = untracked(url)
        if not re.fullmatch(URL, url):
            self.left_out["addresses that are too long or broken"] += 1
            return ""
        return url

    @cached_property
    def _secure_hosts(self) -> frozenset[str | None]:
        found = set()
        for sheet in self.sheets.values():
            for row in sheet:
                for name in ("url", "example_url", "contact"):
                    if row.get(name, "").startswith("https://"):
                        found.add(urlsplit(row[name]).hostname)
        return frozenset(found)


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
        if row["few_EU_markers"]:
            return "unknown", "The recorded text hardly names Europe or its law."
        if record[0] == "vlopses-ie":
            return "yes", "It was recorded as it is shown in Ireland, and it names the EU."
        if record[0] == "vlopses-gb" and int(row["mentions_UK"]) >= FEW:
            return "yes", "It was recorded as it is shown in the United Kingdom, and it names it."
        return None


def main(arguments: list[str]) -> int:
    """Write the tables, and say what they hold and what was left out."""
    if len(arguments) not in (1, 2):
        print(__doc__)
        return 2
    maker = Maker(read(Path(arguments[0])))
    target = Path(arguments[1]) if len(arguments) > 1 else facts.FOLDER
    write(target / "controllers.csv", maker.controllers(), Controller)
    write(target / "documents.csv", maker.documents(), DocumentAddress)
    write(target / "national.csv", maker.nationals(), NationalSite)
    write(target / "editions.csv", maker.editions(), Edition)
    for reason, count in sorted(maker.left_out.items()):
        print(f"left out: {count} {reason}")
    return 0


def read(folder: Path) -> dict[str, Sheet]:
    """The sheets by their names."""
    found = {}
    for path in (*sorted(folder.glob("ota/*.csv")), folder / "registry/jurisdiction_check.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


def write(path: Path, rows: Iterable[dict[str, str]], form: type[Row]) -> None:
    """Write a table, sorted by its first columns."""
    columns = list(form.model_fields)
    listed = sorted({tuple(row[column] for column in columns) for row in rows})
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(listed)
    print(f"{path.name}: {len(listed)} rows")


def untracked(url: str) -> str:
    """An address without the parameters that say whence a reader comes."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not TRACKING.fullmatch(name)]
    if kept == pairs:
        return url
    return parts._replace(query=urlencode(kept)).geturl()


def country_of(address: str) -> str:
    """The country in which an address lies. Raises SystemExit where nobody looked at it."""
    if not address or address in checked.COUNTRY_UNKNOWN:
        return ""
    places = {}
    for word, country in checked.COUNTRY_WORDS.items():
        for found in re.finditer(rf"\b{word}\b", address, re.IGNORECASE):
            places[found.end()] = country
    if places:
        return places[max(places)]
    for end, country in checked.COUNTRY_ENDS.items():
        if address.endswith(end):
            return country
    raise SystemExit(f"no country is known of {address!r}: look at it, and say which it is")


def edition_of(collection: str, method: str, url: str) -> tuple[str, str]:
    """The regions that an address is for, and the language, as far as they are known."""
    origin = method.removeprefix("declared in ")
    if origin in checked.JURISDICTIONS:
        collection = origin
    regions, language = checked.JURISDICTIONS[collection]
    return place_of(url) or regions, language


def place_of(url: str) -> str:
    """The region that an address names, if it names one."""
    parts = urlsplit(url)
    for segment in parts.path.lower().split("/"):
        if segment in SEGMENTS:
            return SEGMENTS[segment]
        if found := EUROPEAN_PARTS.search(segment):
            return SEGMENTS[found[1] or found[2]]
    for name, value in parse_qsl(parts.query):
        if name.lower() in PARAMETERS and value.upper() in {*EUROPE, "UK", "US", "IN"}:
            return SEGMENTS.get(value.lower(), value.upper())
    top = (parts.hostname or "").rpartition(".")[2]
    if top in DOMAINS:
        return SEGMENTS.get(top, top.upper())
    return ""


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
    regions = [REGIONS[row["region"]] for row in rows]
    *first, last = regions
    words = f"{', '.join(first)} and {last}" if first else last
    return NAMED[rows[0]["basis"]].format(words)


def _record(row: dict[str, str]) -> tuple[str, str, str]:
    return row["collection"], row["service"], row["terms_type"]


def _counted(row: dict[str, str]) -> tuple[str, str, str]:
    folder, _slash, terms_type = row["document"].removesuffix(".md").partition("/")
    return row["collection"], folder, terms_type


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
