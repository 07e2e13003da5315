"""Regions as people type them, and as lists show them."""

from __future__ import annotations

import pytest

from bot import gazetteer, regions
from bot.catalogue import Catalogue
from bot.locales import speaking
from bot.model import Address
from bot.platform import Request
from bot.render.labels import labels, places
from bot.store import Store
from bot.understand import typed_regions
from handlers import answer
from tests.support import world

TYPED = [
    ("Ísland", "IS"),
    ("island", "IS"),
    ("Sverige", "SE"),
    ("magyarorszag", "HU"),
    ("ελλάδα", "GR"),
    ("Česká republika", "CZ"),
    ("Czechoslovakia", "CZ"),
    ("the states", "US"),
    ("u.s.a.", "US"),
    ("U.K", "UK"),
    ("Northern Ireland", "UK"),
    ("Nordirland", "UK"),
    ("Schottland", "UK"),
    ("republic of ireland", "IE"),
    ("Holland", "NL"),
    ("Países Baixos", "NL"),
    ("Cote d'Ivoire", "CI"),
    ("Türkiye", "TR"),
    ("turquie", "TR"),
    ("Espace économique européen", "EEA"),
    ("União Europeia", "EU"),
    ("EU-27", "EU"),
    ("europe", "EEA UK CH"),
    ("Europa", "EEA UK CH"),
    ("Benelux", "BE NL LU"),
    ("DACH", "DE AT CH"),
    ("scandinavia", "SE DK NO"),
    ("🇳🇴", "NO"),
    ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "UK"),
    ("California", "US"),
    ("Bayern", "DE"),
    ("Wien", "AT"),
    ("Zurich", "CH"),
    ("Polsce", "PL"),
    ("Rzeczpospolita Polska", "PL"),
    ("日本", "JP"),
    ("worldwide", ""),
    ("deutsch", ""),
    ("polish", ""),
    ("me", "ME"),
    ("nowhere", ""),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "codes"), TYPED)
def test_a_region_by_any_of_its_names(typed: str, codes: str) -> None:
    assert regions.meant(typed) == tuple(codes.split())
    assert regions.parse(typed) == next(iter(codes.split()), None)


LINES = [
    ("I live in Northern Ireland", "UK"),
    ("ich wohne in Österreich", "AT"),
    ("j'habite en Belgique", "BE"),
    ("vivo in Svizzera", "CH"),
    ("mieszkam w Polsce", "PL"),
    ("moro em Portugal", "PT"),
    ("ik woon in Nederland", "NL"),
    ("EU/EEA", "EEA"),
    ("EU+UK", "EU UK"),
    ("EU & UK", "EU UK"),
    ("UK;CH", "UK CH"),
    ("EU, UK, and Switzerland", "EU UK CH"),
    ("Isle of Man", "IM"),
    ("europe", "EEA UK CH"),
    ("de at ch", "DE AT CH"),
]


@pytest.mark.parametrize(("line", "codes"), LINES)
def test_a_line_that_only_names_regions(line: str, codes: str) -> None:
    found, left = typed_regions.behind(line.replace(",", " ").split())
    assert found == set(codes.split())
    assert not left


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("linkedin 🇩🇪", "DE"),
        ("linkedin in 🇬🇧", "UK"),
        ("linkedin 🇩🇪🇫🇷", "DE FR"),
        ("linkedin 🇩🇪 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "DE UK"),
    ],
)
def test_a_flag_behind_a_name_is_no_part_of_it(line: str, codes: str) -> None:
    """Names are found with any picture behind them, so that alone does not make it one."""
    found, left = typed_regions.behind(line.split(), lambda left: left[0] == "linkedin")
    assert found == set(codes.split())
    assert left[0] == "linkedin"


@pytest.mark.parametrize("line", ["AT&T", "see you", "avisame de el", "quiero el"])
def test_everyday_words_are_no_regions(line: str) -> None:
    found, left = typed_regions.behind(line.split())
    assert not found
    assert left == line.split()


def test_every_country_is_known_by_its_code_and_its_names() -> None:
    for code in regions.all_countries():
        assert regions.parse(code) in {code, "UK"}, code


def test_the_tables_name_only_what_there_is() -> None:
    groups = {"EU", "EEA", "EUROPE", "WORLD"}
    tables = (gazetteer.names(), gazetteer.adjectives(), gazetteer.peoples())
    for name, entry in (each for table in tables for each in table.items()):
        assert set(entry.codes) <= regions.all_countries() | groups, name
        assert name == name.strip(), name


@pytest.mark.parametrize(
    ("code", "listed"),
    [("es", "Bélgica, Bulgaria"), ("de", "Österreich, Portugal"), ("pl", "Litwa, Łotwa, Malta")],
)
def test_a_country_stands_where_one_looks_for_it(
    store: Store, known: Catalogue, code: str, listed: str
) -> None:
    """Marks of letters change no place in a list, be it of words or of buttons."""
    country = {"es": ["BG", "BE"], "de": ["PT", "AT"], "pl": ["MT", "LV", "LT"]}[code]
    with speaking(code):
        assert places(country) == listed
        assert ", ".join(labels(frozenset(country))) == listed
    asked = Request("setup", "country", Address("telegram", "7"), language=code)
    menu = answer(asked, world.context(store, known, known.names)).menu
    assert menu
    offered = [option.label for option in menu.options]
    assert [each for each in offered if each in listed.split(", ")] == listed.split(", ")
