"""Facts about services, from what Open Terms Archive recorded.

Who is responsible, where each document is published, which sites exist for one country, and for
whom a recorded text is written. `tools/facts` makes the tables; each is read when it is first
needed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from bot import regions
from bot.catalogue.facts import sheets
from bot.catalogue.facts.forms import Controller, DocumentAddress, Edition, NationalSite
from bot.catalogue.facts.sheets import Row

FOLDER = Path(__file__).parent
Key = TypeVar("Key", bound=tuple[str, ...])


@dataclass(frozen=True)
class Facts:
    """The tables of facts in a folder. Without a folder, they are empty."""

    folder: Path | None = None

    @cached_property
    def controllers(self) -> tuple[Controller, ...]:
        """All controllers: who is responsible for the data of people in a region."""
        return _rows(self._controllers)

    @cached_property
    def documents(self) -> tuple[DocumentAddress, ...]:
        """All addresses of documents."""
        return _rows(self._documents)

    @cached_property
    def nationals(self) -> tuple[NationalSite, ...]:
        """All sites and documents that services have for one country."""
        return _rows(self._nationals)

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """All recorded texts for which we looked whether they are written for people in Europe."""
        return _rows(self._editions)

    def controller(self, service_id: str, region: str) -> Controller | None:
        """The controller of the data of people in a region (EU, UK or CH), or None.

        Its name is empty if the text names only a contact.
        """
        return self._by_region.get((service_id, region))

    def document(
        self,
        service_id: str,
        terms_type: str,
        collection: str = "",
        countries: Iterable[str] = (),
        folder: str = "",
    ) -> DocumentAddress | None:
        """The address of a document: the collection's own, or else the best edition for the reader.

        `countries` are codes of countries or regions. `folder` is the service's name in the
        collection, which matters if it has two. A reader in Europe gets no edition that is for
        nobody there, unless it is the collection's own.
        """
        known = self._by_document.get((service_id, terms_type), ())
        own = [row for row in known if row.collection == collection]
        if own:
            return min(own, key=lambda row: row.folder != folder)
        where = regions.area_of(countries)
        homes = _homes(where)
        fitting = [row for row in known if not where or row.is_of(homes) or not row.is_elsewhere]
        return min(fitting, key=lambda row: row.rank(homes), default=None)

    def national(self, service_id: str, country: str) -> NationalSite | None:
        """The site of a service for a country, or else, for a member state, for the EU; or None."""
        own = "GB" if country == "UK" else country
        for place in (own, *_unions(own)):
            if found := self._by_country.get((service_id, place)):
                return found
        return None

    def edition(self, collection: str, folder: str, terms_type: str) -> Edition:
        """For whom a recorded text is written; `for_europe` is "unknown" if no row says so."""
        found = self._by_record.get((collection, folder, terms_type))
        if found:
            return found
        return Edition.model_construct(
            collection=collection,
            folder=folder,
            terms_type=terms_type,
            for_europe="unknown",
            why="",
            source="",
            date=None,
        )

    @property
    def links(self) -> Iterator[tuple[str, str]]:
        """(where, address) of every link that a reader may open."""
        for document in self.documents:
            where = f"{document.service}: {document.terms_type} of {document.collection}"
            yield where, document.url
        for site in self.nationals:
            yield f"{site.service}: {site.kind} for {site.country}", site.url
        for controller in self.controllers:
            if controller.link:
                yield f"{controller.service}: contact for {controller.region}", controller.link

    def problems(self, services: Collection[str]) -> Iterator[str]:
        """Problems of the tables, in words. `services` are the ids in the catalogue."""
        yield from _wrong("controllers.csv", self._controllers, _of_controller, services)
        yield from _wrong("documents.csv", self._documents, _of_document, services)
        yield from _wrong("national.csv", self._nationals, _of_national, services)
        yield from _wrong("editions.csv", self._editions, _of_edition, ())

    @cached_property
    def _controllers(self) -> Table[Controller]:
        return self._read("controllers.csv", Controller)

    @cached_property
    def _documents(self) -> Table[DocumentAddress]:
        return self._read("documents.csv", DocumentAddress)

    @cached_property
    def _nationals(self) -> Table[NationalSite]:
        return self._read("national.csv", NationalSite)

    @cached_property
    def _editions(self) -> Table[Edition]:
        return self._read("editions.csv", Edition)

    def _read(self, name: str, form: type[Row]) -> Table[Row]:
        if self.folder is None:
            return [], []
        return sheets.read(self.folder / name, form)

    @cached_property
    def _by_region(self) -> dict[tuple[str, str], Controller]:
        return {_of_controller(row): row for row in self.controllers}

    @cached_property
    def _by_document(self) -> dict[tuple[str, str], list[DocumentAddress]]:
        found: dict[tuple[str, str], list[DocumentAddress]] = {}
        for row in self.documents:
            found.setdefault((row.service, row.terms_type), []).append(row)
        return found

    @cached_property
    def _by_country(self) -> dict[tuple[str, str], NationalSite]:
        found: dict[tuple[str, str], NationalSite] = {}
        for row in sorted(self.nationals, key=lambda row: row.kind == "document"):
            found.setdefault((row.service, row.country), row)
        return found

    @cached_property
    def _by_record(self) -> dict[tuple[str, str, str], Edition]:
        return {_of_edition(row): row for row in self.editions}


#: Valid rows with their line numbers, and the problems of the others.
Table = tuple[list[tuple[int, Row]], list[str]]


def _rows(table: Table[Row]) -> tuple[Row, ...]:
    numbered, _problems = table
    return tuple(row for _line, row in numbered)


def _wrong(
    name: str, table: Table[Row], key_of: Callable[[Row], Key], services: Collection[str]
) -> Iterator[str]:
    """Problems of the rows: invalid, duplicate, or about a service that the catalogue lacks."""
    numbered, problems = table
    yield from problems
    lines: dict[tuple[str, ...], int] = {}
    for line, row in numbered:
        key = key_of(row)
        first = lines.setdefault(key, line)
        if first != line:
            yield f"{name}, line {line}: says again what line {first} says"
        service = getattr(row, "service", None)
        if service is not None and service not in services:
            yield f"{name}, line {line}: there is no service {service!r}"


def _of_controller(row: Controller) -> tuple[str, str]:
    return row.service, row.region


def _of_document(row: DocumentAddress) -> tuple[str, str, str, str]:
    return row.service, row.terms_type, row.collection, row.folder


def _of_national(row: NationalSite) -> tuple[str, str, str, str]:
    return row.service, row.country, row.kind, row.site


def _of_edition(row: Edition) -> tuple[str, str, str]:
    return row.collection, row.folder, row.terms_type


def _homes(where: frozenset[str]) -> frozenset[str]:
    """The countries that were named individually; regions such as the EU do not count."""
    named = (regions.countries(code) for code in regions.codes(where))
    return frozenset().union(*(countries for countries in named if len(countries) == 1))


def _unions(country: str) -> tuple[str, ...]:
    """The unions that a country is in, the smallest first."""
    return tuple(name for name in ("EU", "EEA") if country in regions.GROUPS[name])


__all__ = ["FOLDER", "Controller", "DocumentAddress", "Edition", "Facts", "NationalSite"]
