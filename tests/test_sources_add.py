"""The list of sources: what stands in it, what an operator turns off, and how a new one gets in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import catalogue
from bot.feeds import sources
from bot.feeds.sources import SourcesError
from bot.model import Item, Record, SourceKind
from bot.understand.articles import understand_text
from bot.understand.names import Names

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
#: Whose words for terms are known to `understand`.
JUDGED = set("en de fr es it nl pl sv cs hr et".split())


def listing(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text)
    return path


def ids(path: Path) -> list[str]:
    return [source.id for source in sources.load(path)]


def test_the_default_list_says_why_and_since_when() -> None:
    found = sources.everything(sources.DEFAULT)
    assert [each.source.id for each in found if not each.why or not each.evidence] == []
    assert [each.source.id for each in found if each.enabled and each.source.language not in JUDGED] == []
    urls = [each.source.url for each in found if each.source.url]
    assert len(urls) == len(set(urls))
    known = {each.source.id for each in found if each.enabled}
    assert known >= set("edpb edps ico cnil aepd garante bfdi imy aki uoou azop idpc".split())
    assert known >= set("noyb eff edri epicenter-works beuc gdprhub privacy-international".split())
    assert known >= set("github-changelog github-site-policy openai meta-newsroom mozilla".split())


def test_the_default_list_less_some_and_more(tmp_path: Path) -> None:
    path = listing(
        tmp_path,
        'extends = "default"\noff = ["eff", "edri"]\n'
        '[[source]]\nid = "mine"\nkind = "news"\nurl = "https://example.org/feed"\n'
        '[[source]]\nid = "noyb"\nkind = "news"\nurl = "https://example.org/noyb"\n',
    )
    found = sources.load(path)
    assert set(ids(path)) == set(ids(sources.DEFAULT)) - {"eff", "edri"} | {"mine"}
    assert [s.url for s in found if s.id == "noyb"] == ["https://example.org/noyb"]
    assert set(ids(listing(tmp_path, 'extends = "default"\n'))) == set(ids(sources.DEFAULT))


def test_one_line_turns_a_source_off_or_on(tmp_path: Path) -> None:
    block = '[[source]]\nid = "{0}"\nkind = "news"\nurl = "https://example.org/{0}"\n'
    path = listing(tmp_path, block.format("one") + block.format("two") + "enabled = false\n")
    assert ids(path) == ["one"]
    assert [each.enabled for each in sources.everything(path)] == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('extends = "others"\n', 'extends can only be "default"'),
        ("extends = 1\n", 'extends can only be "default"'),
        ('extends = "default"\noff = ["efff"]\n', "off names 'efff', which is not in the list"),
        ('extends = "default"\noff = "eff"\n', "off is a list of ids"),
        ('extends = "default"\n[source]\nid = "x"\n', "a source begins with [[source]]"),
        ('extends = "default"\non = ["eff"]\n', "unknown section [on]"),
        ('[[source]]\nid = "a"\nkind = "news"\nurl = "https://x"\nenabled = "no"\n', "source a: enabled"),
        ('[[source]]\nid = "a"\nkind = "news"\nurl = "https://x"\nevidence = "May"\n', "source a: evidence"),
        ('[[source]]\nid = "a"\nkind = "news"\nurl = "https://x"\nlanguage = "English"\n', "source a: language"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourcesError) as refused:
        sources.load(listing(tmp_path, text))
    assert said in str(refused.value)


def test_collections_stay_as_they_are() -> None:
    found = sources.load(sources.DEFAULT)
    collections = [source for source in found if source.kind is SourceKind.COLLECTION]
    assert all(source.url.endswith("/") and source.github for source in collections)
    assert {source.language for source in collections if source.id == "france"} == {"fr"}


TOLD = """de: Meta ändert Datenschutzrichtlinie | de: TikTok ändert Nutzungsbedingungen
fr: LinkedIn modifie ses conditions générales | fr: LinkedIn va entraîner ses modèles d'IA
es: WhatsApp cambia su política de privacidad | es: Spotify cambia los términos de servicio
it: TikTok, l'informativa sulla privacy non è chiara | it: Netflix aggiorna le condizioni d'uso
nl: Spotify past privacybeleid aan | nl: AP waarschuwt voor AI-training door Meta
pl: Facebook zmienia politykę prywatności | pl: Allegro zmienia regulamin serwisu Facebook
cs: Facebook mění zásady ochrany osobních údajů | sv: Spotify ändrar sina användarvillkor
hr: Facebook mijenja pravila privatnosti | et: Facebook muudab kasutustingimusi"""
UNTOLD = """de: Was Meta und Google im Bundestag wollen, und der Datenschutz | de: Google und das Datenschutzrecht
fr: La CNIL sanctionne Google et parle de confidentialité | fr: Un discord sur la confidentialité
es: Meta del año: privacidad | es: La AEPD multa a Vodafone por la privacidad
it: Meta raggiunta con un'informativa semplice | it: Google e la privacy dei bambini
nl: Google en de privacy van kinderen | pl: Facebook i prywatność dzieci
cs: Google a ochrana osobních údajů | sv: IMY granskar Spotify och integritet | et: Google ja andmekaitse"""


NAMES = Names(catalogue.load().services)


def verdict(said: str) -> str:
    title = said.strip()[4:]
    item = Item("u", "s", Record.ARTICLE, NOW, title, "https://example.org/1", text=title)
    return understand_text(item, NAMES).verdict.value


@pytest.mark.parametrize("said", TOLD.replace("\n", "|").split("|"))
def test_news_of_terms_is_told_in_the_languages_of_the_list(said: str) -> None:
    assert verdict(said) == "material"


@pytest.mark.parametrize("said", UNTOLD.replace("\n", "|").split("|"))
def test_a_word_for_privacy_beside_a_name_is_no_news_of_terms(said: str) -> None:
    assert verdict(said) == "noise"
