"""The catalogue: the services that can be subscribed to, and how to opt out of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter

from bot.catalogue.facts import Controller, DocumentAddress, Edition, Facts, NationalSite
from bot.catalogue.names import Names
from bot.catalogue.reading import Reader
from bot.catalogue.schema import STALE_DAYS, Authority, Control, Guide, Listing, Pointer, Source
from bot.model import Service
from bot.naming import fold
from bot.regions import EEA

FOLDER = Path(__file__).parent
#: The ids of services by the names of starter packs.
Packs = dict[str, tuple[str, ...]]

_GUIDE = TypeAdapter(Guide)
_LISTING = TypeAdapter(Listing)
_PACKS = TypeAdapter(Packs)
_AUTHORITIES = TypeAdapter(dict[str, Authority])


@dataclass(frozen=True)
class Catalogue:
    """Everything known about services: listings by id, starter packs, and authorities by country.

    `authorities` take complaints in their country. `facts` come from recorded texts of the
    services. `problems` name what was left out or contradicts itself, in words for people.
    """

    listings: dict[str, Listing]
    packs: Packs = field(default_factory=dict)
    authorities: dict[str, Authority] = field(default_factory=dict)
    problems: tuple[str, ...] = field(default=())
    facts: Facts = field(default=Facts())

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """All services, in order of their ids."""
        return tuple(listing.service for listing in self.listings.values())

    @cached_property
    def by_id(self) -> dict[str, Service]:
        """The services by their ids."""
        return {service.id: service for service in self.services}

    @cached_property
    def names(self) -> Names:
        """The index of service names."""
        return Names(self.services)

    @cached_property
    def successors(self) -> dict[str, tuple[str, ...]]:
        """For each id used by earlier releases, the ids of the services that replaced it."""
        found: dict[str, tuple[str, ...]] = {}
        for name, listing in self.listings.items():
            for former in listing.replaces:
                found[former] = (*found.get(former, ()), name)
        return found

    @cached_property
    def guides(self) -> dict[str, Guide]:
        """The services that have a how-to, by their ids."""
        found = {}
        for name, listing in self.listings.items():
            if isinstance(listing, Guide):
                found[name] = listing
        return found

    @cached_property
    def popular(self) -> tuple[str, ...]:
        """The ids of the most widely used services: those of the packs, in the packs' order."""
        return tuple(dict.fromkeys(each for pack in self.packs.values() for each in pack))

    def guide(self, service_id: str) -> Guide | None:
        """The how-to of a service, if it has one."""
        return self.guides.get(service_id)

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """The problems of the catalogue and of its facts. Reads all tables of facts."""
        return (*self.problems, *self.facts.problems(self.listings))

    def authority_of(self, controller: Controller) -> Authority | None:
        """The authority of the country where the controller is based, or None.

        None if the text names no controller or no country. For people in the EU that is the lead
        authority, so its country must be in the EEA.
        """
        country = controller.country
        if not controller.name or not country:
            return None
        if controller.region == "EU" and country not in EEA:
            return None
        return self.authorities.get(country)

    def stale(self, today: date) -> list[tuple[Guide, Control]]:
        """Controls that were last verified more than STALE_DAYS ago, or never; the oldest first."""
        found = []
        for guide in self.guides.values():
            for control in guide.controls:
                if control.is_stale(today):
                    found.append((guide, control))
        return sorted(found, key=lambda pair: pair[1].verified or "")


def load(folder: Path = FOLDER) -> Catalogue:
    """Read services/*.yaml, registry.yaml, packs.yaml and authorities.yaml.

    The tables of facts are read when they are first needed. A broken file or row is named among the
    problems; everything else is kept.
    """
    reader = Reader()
    listed: list[Listing] = [*_guides(folder / "services", reader)]
    listed += reader.rows(folder / "registry.yaml", _LISTING)
    listings: dict[str, Listing] = {}
    for listing in sorted(listed, key=lambda listing: listing.id):
        listings.setdefault(listing.id, listing)
    packs = reader.one(folder / "packs.yaml", _PACKS) or {}
    authorities = reader.one(folder / "authorities.yaml", _AUTHORITIES) or {}
    problems = (*reader.problems, *_unknown(packs, listings), *dict.fromkeys(_clashes(listed)))
    facts = Facts(folder / "facts")
    return Catalogue(listings, _without_unknown(packs, listings), authorities, problems, facts)


def _guides(folder: Path, reader: Reader) -> Iterator[Guide]:
    """The services that have a file of their own."""
    for path in sorted(folder.glob("*.yaml")):
        guide = reader.one(path, _GUIDE)
        if guide is None:
            continue
        if guide.id != path.stem:
            reader.problems.append(
                f"{path.name}: its id is {guide.id}; the file must be {guide.id}.yaml"
            )
        yield guide


def _unknown(packs: Packs, listings: Mapping[str, Listing]) -> Iterator[str]:
    """A problem for each service that a starter pack names but the catalogue lacks."""
    for name, pack in packs.items():
        for service in pack:
            if service not in listings:
                yield f"packs.yaml: {name}: there is no service {service!r}"


def _without_unknown(packs: Packs, listings: Mapping[str, Listing]) -> Packs:
    found = {}
    for name, pack in packs.items():
        found[name] = tuple(service for service in pack if service in listings)
    return found


def _clashes(listed: Sequence[Listing]) -> Iterator[str]:
    """A problem for each name, or folder of a collection, that two services claim.

    It would be ambiguous which of the two is meant.
    """
    claims: dict[tuple[str, str], Listing] = {}
    for listing in listed:
        for claim, words in _claims(listing).items():
            other = claims.setdefault(claim, listing)
            if other is not listing:
                yield _clash(listing, words, other)


def _clash(listing: Listing, words: str, other: Listing) -> str:
    if listing.id == other.id:
        return f"{listing.id} has a file and a line in registry.yaml: delete the line"
    return f"{listing.id} {words}, and so is {other.id}"


def _claims(listing: Listing) -> dict[tuple[str, str], str]:
    """What a listing claims, in words, by (collection, name); a plain name's collection is ""."""
    found: dict[tuple[str, str], str] = {}
    for name in (listing.id, listing.name, *listing.aliases, *listing.former_names):
        found["", fold(name)] = f"is called {name!r}"
    for name, collections in listing.folders.items():
        for collection in collections:
            found[collection, name] = f"is {name!r} in {collection}"
    return found


__all__ = [
    "STALE_DAYS",
    "Authority",
    "Catalogue",
    "Control",
    "Controller",
    "DocumentAddress",
    "Edition",
    "Guide",
    "Listing",
    "NationalSite",
    "Pointer",
    "Source",
    "load",
]
