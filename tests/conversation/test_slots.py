"""The slots of a sentence, and the rest of it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.catalogue import Catalogue
from bot.conversation import slots, vocabulary
from bot.conversation.classifier import packaged
from bot.conversation.zones import label, zone_of

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("said", "services", "regions", "masked"),
    [
        ("unfollow tiktok and x", ["tiktok", "x"], set(), "unfollow <s>"),
        ("follow reddit in the uk", ["reddit"], {"UK"}, "follow <s> in the <r>"),
        ("not the eu, im in the uk", [], {"UK"}, "not the <r> , im in the <r>"),
        ("ich bin Österreicherin", [], {"AT"}, "ich bin <r>"),
        ("jestem z Holandii", [], {"NL"}, "jestem z <r>"),
        ("i'm dutch and use snapchat", ["snapchat"], {"NL"}, "i'm <r> and use <s>"),
        ("mute linkedin for two weeks", ["linkedin"], set(), "mute <s> for <d>"),
        ("line, whatsapp et signal", ["line", "whatsapp", "signal"], set(), "<s>"),
        ("je m'en vais", [], set(), "je m'en vais"),
        ("give it to me in an hour", [], set(), "give it to me in an hour"),
    ],
)
def test_names_and_places(
    known: Catalogue, said: str, services: list[str], regions: set[str], masked: str
) -> None:
    found = slots.find(said, known.names, TODAY, packaged().words)
    assert [service.id for service in found.services] == services
    assert found.regions == regions
    assert found.masked == masked


def test_a_name_that_is_a_word_counts_only_perhaps(known: Catalogue) -> None:
    found = slots.find("i need a lime for my cocktail", known.names, TODAY)
    assert not found.services
    assert [service.id for service in found.perhaps] == ["lime"]
    assert found.masked == "i need a lime for my cocktail"


def test_a_company_is_all_of_its_services(known: Catalogue) -> None:
    found = slots.find("stop microsoft ads", known.names, TODAY)
    assert found.services or len(found.companies) > 1


@pytest.mark.parametrize(
    ("said", "table", "chosen"),
    [
        ("nur zu KI bitte", "topics", ("ai_training",)),
        ("seulement la pub", "topics", ("advertising_tracking",)),
        ("i paid for dinner", "topics", ()),
        ("eine Kopie meiner Daten", "letters", ("access",)),
        ("napisz sprzeciw", "letters", ("objection",)),
        ("alles", "everything", ("all",)),
    ],
)
def test_choices_by_plain_words(said: str, table: str, chosen: tuple[str, ...]) -> None:
    assert vocabulary.chosen(said, table) == chosen


@pytest.mark.parametrize(
    ("said", "unlisted"),
    [
        ("i use reddit and qwertygram", ["qwertygram"]),
        ("reddit, qwertygram plus, tiktok please", ["qwertygram plus"]),
        ("reddit and tiktok please", []),
        ("quiero darme de baja de tinder y q borren todo", []),
    ],
)
def test_names_of_a_list_that_are_unknown(known: Catalogue, said: str, unlisted: list[str]) -> None:
    found = slots.find(said, known.names, TODAY, packaged().words)
    assert list(found.unlisted) == unlisted


@pytest.mark.parametrize(
    ("said", "regions"),
    [
        ("i moved from germany to spain", {"ES"}),
        ("moro no porto", {"PT"}),
        ("wohne in wien", {"AT"}),
        ("is it so in it", set()),
        ("scotland", {"UK"}),
    ],
)
def test_places_as_they_are_meant(known: Catalogue, said: str, regions: set[str]) -> None:
    assert slots.find(said, known.names, TODAY, packaged().words).regions == regions


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("my timezone is cet", "Europe/Brussels"),
        ("i'm on lisbon time", "Europe/Lisbon"),
        ("zeitzone wien", "Europe/Vienna"),
        ("utc+2", "Etc/GMT-2"),
        ("i was in lisbon", ""),
    ],
)
def test_zones_of_a_sentence(known: Catalogue, said: str, zone: str) -> None:
    assert slots.find(said, known.names, TODAY, packaged().words).zone == zone


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("london", "Europe/London"),
        ("Zürich", "Europe/Zurich"),
        ("Norway", "Europe/Oslo"),
        ("europe/athens", "Europe/Athens"),
        ("+2", "Etc/GMT-2"),
        ("Rzym", "Europe/Rome"),
        ("usa", None),
        ("utc+99", None),
        ("mars", None),
    ],
)
def test_a_zone_by_a_city_a_country_or_an_offset(typed: str, zone: str | None) -> None:
    assert zone_of(typed) == zone


def test_an_offset_is_shown_as_people_know_it() -> None:
    assert (label("Etc/GMT-2"), label("Europe/Athens")) == ("UTC+2", "Europe/Athens")
