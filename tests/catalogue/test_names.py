"""Finding services: by what people type, and by what trackers call them."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.naming import fold
from tests.support.shared import SHARED, needs_shared


def typed_forms(known: Catalogue) -> Iterator[tuple[str, str]]:
    """What people type for a service: its names, a pasted link, a name with a typo."""
    rng = random.Random(2025)
    shared = _shared(known)
    for service in known.services:
        for name in (service.name, *service.nicknames):
            if fold(name) not in shared:
                yield name, service.id
        for domain in service.domains[:1]:
            if domain not in shared and "/" not in domain:
                yield f"https://www.{domain}/legal/privacy-policy", service.id
        if len(fold(service.name)) >= 6 and fold(service.name) not in shared:
            yield _typo(service.name, rng), service.id


def _shared(known: Catalogue) -> set[str]:
    """What two services claim, and names of companies: there is no one right answer."""
    claims: dict[str, set[str]] = {}
    for service in known.services:
        for name in (service.name, *service.nicknames):
            claims.setdefault(fold(name), set()).add(service.id)
        for domain in service.domains:
            claims.setdefault(domain, set()).add(service.id)
    owners = [fold(service.owner) for service in known.services if service.owner]
    return {name for name, ids in claims.items() if len(ids) > 1} | {
        owner for owner in owners if owners.count(owner) > 1
    }


def _typo(name: str, rng: random.Random) -> str:
    """One letter left out, doubled, swapped with the next, or another one."""
    place = rng.randrange(1, len(name) - 1)
    match rng.choice("odsx"):
        case "o":
            return name[:place] + name[place + 1 :]
        case "d":
            return name[:place] + name[place] + name[place:]
        case "s":
            return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        case _other:
            return name[:place] + rng.choice("aeiorstnl") + name[place + 1 :]


def test_what_people_type_finds_the_service(known: Catalogue, names: Names) -> None:
    cases = list(typed_forms(known))
    assert len(cases) >= 400
    first = wrong = 0
    for typed, wanted in cases:
        found = names.find(typed)
        best = found.service or next(iter(found.nearest), None)
        first += best is not None and best.id == wanted
        wrong += found.service is not None and found.service.id != wanted
    assert first / len(cases) >= 0.98, f"{first} of {len(cases)}"
    assert wrong == 0, "where it is not sure it asks"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("领英", "linkedin"),
        ("Twitter", "x"),
        ("https://www.linkedin.com/legal/privacy-policy", "linkedin"),
        ("chat gpt", "chatgpt"),
    ],
)
def test_other_scripts_former_names_and_links(names: Names, typed: str, found: str) -> None:
    service = names.find(typed).service
    assert service
    assert service.id == found


def test_a_company_offers_its_services(names: Names) -> None:
    assert {service.id for service in names.find("meta").nearest} == {
        "facebook",
        "instagram",
        "whatsapp",
        "threads",
        "meta-ai",
    }
    assert names.find("google").service is not None, "a service of that very name goes first"


@needs_shared
def test_everything_that_is_tracked_can_be_followed(names: Names) -> None:
    with (SHARED / "facts/registry/services.csv").open(newline="") as file:
        missing = [
            row["ota_name"]
            for row in csv.DictReader(file)
            if names.get(names.of_folder(row["ota_name"])) is None
        ]
    assert missing == []
