"""The search for services by what people type and by the names trackers use."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.naming import bare, fold
from lab.eval import names as forms
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


def test_ten_thousand_typed_forms_find_their_service(known: Catalogue, names: Names) -> None:
    typed = forms.forms(known.services, forms.REPORTED_WITH)
    said = forms.figures(forms.judged(known.services, names, typed))
    assert said["forms"] == 10_000
    assert said["services"] == len(known.services)
    assert said["top_1"] >= 0.995, said["items"]
    assert said["wrong"] == 0, said["items"]
    assert said["taken"] >= 8_500, "it does not always ask"


def test_the_same_seed_gives_the_same_forms(known: Catalogue) -> None:
    first, again = (forms.forms(known.services, 1, 1000) for _time in range(2))
    assert first == again
    assert first != forms.forms(known.services, 2, 1000)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("the Slack", "slack"),
        ("Spotify’s", "spotify"),
        ("Spotify GmbH", "spotify"),
        ("spotify.fr", "spotify"),
        ("Linkédin", "linkedin"),
        ("linkdein", "linkedin"),
        ("wahtsapp", "whatsapp"),
    ],
)
def test_what_stands_around_a_name_and_one_slip_are_no_doubt(
    names: Names, typed: str, found: str
) -> None:
    service = names.find(typed).service
    assert service
    assert service.id == found


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("über", "uber"),
        ("videos", "xvideos"),
        ("Google As", "google-ads"),
        ("facebo", "facebook"),
        ("tmu", "temu"),
    ],
)
def test_what_may_be_another_word_is_asked_about(names: Names, typed: str, offered: str) -> None:
    found = names.find(typed)
    assert found.service is None
    assert offered in {service.id for service in found.nearest}


def test_a_name_that_is_not_there_is_not_taken_for_another(known: Catalogue) -> None:
    for service in known.services[::25]:
        names = Names([other for other in known.services if other is not service])
        found = names.find(service.name).service
        assert found is None or found.owner == service.owner, (service.name, found)


def test_bare_names_have_no_marks_of_letters() -> None:
    assert bare("Pokémon GO") == "pokemongo"
    assert bare("Łódź Øresund") == "lodzoresund"
    assert bare("が") == "が", "marks that make another letter stay"


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


TYPED = {
    "linkdin": "linkedin",
    "Linked In": "linkedin",
    "likedin": "linkedin",
    "twitter": "x",
    "X": "x",
    "fb": "facebook",
    "youtub": "youtube",
    "telegramm": "telegram",
    "chat gpt": "chatgpt",
    "amazn prime": "amazon-prime",
    "https://www.linkedin.com/legal/privacy-policy": "linkedin",
    "m.facebook.com": "facebook",
    "领英": "linkedin",
    "Телеграм": "telegram",
    "claude.ai": "claude",
    "instagrm": "instagram",
}


@pytest.mark.parametrize(("typed", "service"), TYPED.items())
def test_names_people_type(typed: str, service: str, names: Names) -> None:
    found = names.find(typed).service
    assert found
    assert found.id == service


@pytest.mark.parametrize(
    "typed", ["zz", "q", "", " ", "the quick brown fox jumps", "x" * 5000, "😀", "\x00"]
)
def test_names_that_nobody_has_are_not_guessed(typed: str, names: Names) -> None:
    assert names.find(typed).service is None
