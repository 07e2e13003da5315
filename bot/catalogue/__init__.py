"""What we know: the services that can be subscribed to, and how to opt out of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter

from bot.catalogue.reading import Reader
from bot.catalogue.schema import STALE_DAYS, Authority, Control, Guide, Listing, Pointer, Source
from bot.model import Service
from bot.naming import fold

FOLDER = Path(__file__).parent
_GUIDE, _LISTING = TypeAdapter(Guide), TypeAdapter(Listing)
_PACKS, _AUTHORITIES = TypeAdapter(dict[str, tuple[str, ...]]), TypeAdapter(dict[str, Authority])


@dataclass(frozen=True)
class Catalogue:
    """Services by id with what is known of them, starter packs, and by country the authority to complain to. `problems`
    are what was left out or contradicts itself, in words."""

    listings: dict[str, Listing]
    packs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    authorities: dict[str, Authority] = field(default_factory=dict)
    problems: tuple[str, ...] = field(default=())

    @cached_property
    def services(self) -> tuple[Service, ...]:
        return tuple(listing.service for listing in self.listings.values())

    @cached_property
    def by_id(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def successors(self) -> dict[str, tuple[str, ...]]:
        """By an id of earlier releases, the services that took its place."""
        found: dict[str, tuple[str, ...]] = {}
        for name, listing in self.listings.items():
            for former in listing.replaces:
                found[former] = (*found.get(former, ()), name)
        return found

    @cached_property
    def guides(self) -> dict[str, Guide]:
        return {
            name: listing for name, listing in self.listings.items() if isinstance(listing, Guide)
        }

    def guide(self, service_id: str) -> Guide | None:
        return self.guides.get(service_id)

    def stale(self, today: date) -> list[tuple[Guide, Control]]:
        """Controls that nobody has looked at for long, the oldest first."""
        found = [
            (guide, c)
            for guide in self.guides.values()
            for c in guide.controls
            if c.is_stale(today)
        ]
        return sorted(found, key=lambda pair: pair[1].verified or "")


def load(folder: Path = FOLDER) -> Catalogue:
    """Read services/*.yaml, registry.yaml, packs.yaml and authorities.yaml. What is broken is named; the rest stands."""
    reader = Reader()
    listed: list[Listing] = []
    for path in sorted((folder / "services").glob("*.yaml")):
        if guide := reader.one(path, _GUIDE):
            listed.append(guide)
            if guide.id != path.stem:
                reader.problems.append(
                    f"{path.name}: its id is {guide.id}; the file must be {guide.id}.yaml"
                )
    listed += reader.rows(folder / "registry.yaml", _LISTING)
    listings: dict[str, Listing] = {}
    for listing in sorted(listed, key=lambda listing: listing.id):
        listings.setdefault(listing.id, listing)
    packs = reader.one(folder / "packs.yaml", _PACKS) or {}
    unknown = [
        f"packs.yaml: {name}: there is no service {s!r}"
        for name in packs
        for s in packs[name]
        if s not in listings
    ]
    packs = {
        name: tuple(service for service in pack if service in listings)
        for name, pack in packs.items()
    }
    authorities = reader.one(folder / "authorities.yaml", _AUTHORITIES) or {}
    return Catalogue(listings, packs, authorities, (*reader.problems, *unknown, *_clashes(listed)))


def _clashes(listed: Sequence[Listing]) -> Iterator[str]:
    """Names, and folders of a collection, that two services claim: nobody could tell which one is meant."""
    claims: dict[tuple[str, str], Listing] = {}
    for listing in listed:
        names = (listing.id, listing.name, *listing.aliases, *listing.former_names)
        called = {("", fold(name)): f"is called {name!r}" for name in names}
        stored = {
            (c, name): f"is {name!r} in {c}"
            for name, collections in listing.folders.items()
            for c in collections
        }
        for claim, words in {**called, **stored}.items():
            other = claims.setdefault(claim, listing)
            if other is not listing:
                yield f"{listing.id} {words}, and so is {other.id}"


__all__ = [
    "STALE_DAYS",
    "Authority",
    "Catalogue",
    "Control",
    "Guide",
    "Listing",
    "Pointer",
    "Source",
    "load",
]
