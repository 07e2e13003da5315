"""The tables made from the sheets, and the rows left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

from bot.catalogue.fields import ANY_URL
from bot.regions import all_countries
from tools.facts import checked
from tools.facts.addresses import country_of, edition_of, untracked
from tools.facts.evidence import Evidence
from tools.facts.sheets import Sheet

#: Parameters of an address that holds for a few days only.
PASSING = frozenset({"oe", "token"})


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
                "edition": checked.ONE_COUNTRY.get((row["service_id"], row["region"]), ""),
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
            if url.startswith("http://"):
                self.left_out["national sites of hosts not known over https"] += 1
                continue
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
                    if former := checked.RECORDED_BEFORE_AS.get(_record(row)):
                        yield {**row, "terms_type": former}, method

    def _is_of_the_service(self, row: dict[str, str]) -> bool:
        """Whether the address is of that service and document, as far as that was looked at."""
        name = (row["collection"], row["service"])
        if row.get("id_by") == "name" and name not in checked.SAME_SERVICE:
            if name not in checked.OTHER_SERVICE:
                raise SystemExit(f"{name} was found by its name: look at it, and say which it is")
            self.left_out["documents of another service of that name"] += 1
            return False
        if _record(row) in checked.OTHER_DOCUMENT:
            self.left_out["addresses of another document"] += 1
            return False
        if _record(row) in checked.NOT_FOR_READERS:
            self.left_out["addresses of bare pages, made for machines"] += 1
            return False
        return True

    def _kept(self, url: str) -> str:
        """An address without what tracks, or nothing where it cannot be used."""
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname in self._secure_hosts:
            url = f"https://{url.removeprefix('http://')}"
        if PASSING & dict(parse_qsl(urlsplit(url).query)).keys():
            self.left_out["addresses that hold for a few days"] += 1
            return ""
        url = untracked(url)
        if not re.fullmatch(ANY_URL, url):
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


def _record(row: dict[str, str]) -> tuple[str, str, str]:
    return row["collection"], row["service"], row["terms_type"]
