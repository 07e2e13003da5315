"""Translated how-tos: they say the same as the English ones.

Whether it reads well, only a person can say. What can be counted is counted here: numbers, months,
links, commands, labels of menus, and that what English denies or limits is denied or limited. No
text is excused: one that fails is worded anew.
"""

from __future__ import annotations

import re
from functools import cache

import pytest
from babel import Locale

from bot.catalogue import Catalogue, Guide
from bot.locales import CATALOGUE
from tools.texts import read, sentences

CODES = sorted(path.stem for path in CATALOGUE.glob("*.po"))
LINK = re.compile(r"(?:https?://)?(?:[\w.+-]+@)?(?:[\w-]{2,}\.)+[a-z]{2,}\b(?:/[\w/.-]*\w)?")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
COMMAND = re.compile(r"(?<![\w/.])/[a-z]+\b")
QUOTED = re.compile(r"[“„«\"]\s?([^“”„«»\"]+?)\s?[”“»\"]")
#: A path in words: "Settings, Privacy, Export data".
PATH = re.compile(r"(?!In the app)[A-Z][\w&' ]+(?:, [A-Z][\w&' ]+)+")
NAME = re.compile(r"[A-Z]\w+(?: [A-Z]\w+)+")
#: Where a sentence ends; what follows a semicolon is one too.
END = re.compile(r"(?<=[.!?])\s+|;\s")
#: The words that deny or limit. "No longer" is "stops" in some languages, so that counts as well.
NEGATIONS = {
    "en": r"not|no|never|nothing|none|nobody|nowhere|nor|neither|without|only|cannot|\w+n['’]t",
    "de": r"nicht|kein\w*|nie|niemals|nichts|niemand\w*|nirgends|ohne|weder|nur|einzig\w*",
    "es": r"no|ningun\w*|ningún|nunca|nada|nadie|sin|ni|solo|sólo|únic\w+|tampoco|dej\w+ de",
    "fr": r"ne|n[’'](?=\w)|non|pas|aucune?|jamais|rien|personne|sans|ni|seul\w*|uniquement",
    "it": r"non|no|nessun\w*|mai|niente|nulla|senza|né|solo|soltanto|solamente|unic\w+",
    "nl": r"niet|geen|nooit|niets|niemand|nergens|zonder|noch|alleen|slechts|enkel|enige",
    "pl": r"nie|żad\w+|nigdy|nic|niczego|nikt|nikogo|nikomu|nigdzie|bez|ani|tylko|wyłącznie|"
    r"jedyn\w+|przesta\w+",
    "pt": r"não|nenhum\w*|nunca|nada|ninguém|sem|nem|só|apenas|somente|unicamente|"
    r"únic\w+|deix\w+ de",
}
#: The numbers that are written as words, from two on: "one" is too often no number.
COUNTS = {
    "en": "two three four five six seven eight nine ten eleven twelve",
    "de": r"zwei|beide\w* drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "es": "dos|ambos|ambas tres cuatro cinco seis siete ocho nueve diez once doce",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze",
    "it": "due|entramb[ei] tre quattro cinque sei sette otto nove dieci undici dodici",
    "nl": "twee|beide drie vier vijf zes zeven acht negen tien elf twaalf",
    "pl": "dwa|dwie|dwóch|dwoma|dwu|oba|obie|obu trzy|trzech|trzema cztery|czterech pięć|pięciu"
    " sześć|sześciu siedem|siedmiu osiem|ośmiu dziewięć|dziewięciu dziesięć|dziesięciu"
    " jedenaście|jedenastu dwanaście|dwunastu",
    "pt": "dois|duas|ambos|ambas três quatro cinco seis sete oito nove dez onze doze",
}


def test_every_language_is_known_here() -> None:
    assert {"de", "es", "fr", "it", "nl"} <= set(CODES) <= set(NEGATIONS)
    assert set(NEGATIONS) == set(COUNTS)
    assert {len(words.split()) for words in COUNTS.values()} == {11}


@pytest.mark.parametrize("code", CODES)
def test_numbers_links_and_commands_are_those_of_the_english(code: str) -> None:
    other = [pair for pair in translations(code) if facts_in(pair[0]) != facts_in(pair[1])]
    assert other == []


@pytest.mark.parametrize("code", CODES)
def test_months_and_numbers_in_words_are_those_of_the_english(code: str) -> None:
    for english, said in translations(code):
        assert months_in(said, code) == months_in(english, "en"), (english, said)
        assert set(counts_in(english, "en")) <= set(counts_in(said, code)), (english, said)


@pytest.mark.parametrize("code", CODES)
def test_what_english_denies_or_limits_is_denied_or_limited(code: str) -> None:
    """Sentence by sentence where both have as many, else in the whole text."""
    assert [pair for pair in translations(code) if negations_lost(*pair, code)] == []


@pytest.mark.parametrize("code", CODES)
def test_labels_of_menus_stay_as_they_are_on_the_screen(code: str, known: Catalogue) -> None:
    texts = dict(translations(code))
    lost = [
        (guide.id, labels, texts[english])
        for guide in known.guides.values()
        for place, english in sentences(guide)
        if english in texts
        if (labels := labels_lost(guide, place, english, texts[english], code))
    ]
    assert lost == []


@pytest.mark.parametrize("code", CODES)
def test_what_is_quoted_stays_as_it_is(code: str) -> None:
    for english, said in translations(code):
        assert QUOTED.findall(said) == QUOTED.findall(english), (english, said)


# -- a text that says something else is noticed


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("Up to 72 hours.", "Bis zu 27 Stunden."),
        ("On 28 March 2025.", "Am 28. März 2026."),
        ("See youtube.com/feed/history.", "Siehe youtube.com/feed."),
        ("Write to privacy-support@pinterest.com.", "Schreib an privacy@pinterest.com."),
        ("Type /howto there.", "Gib dort /anleitung ein."),
    ],
)
def test_another_number_link_or_command_is_noticed(english: str, said: str) -> None:
    assert facts_in(english) != facts_in(said)


def test_another_month_and_another_count_are_noticed() -> None:
    assert months_in("On 28 March 2025.", "en") != months_in("Am 28. Mai 2025.", "de")
    assert months_in("On 28 March 2025.", "en") == months_in("Am 28. März 2025.", "de")
    assert counts_in("For up to three years.", "en") != counts_in("Bis zu zwei Jahre.", "de")
    assert counts_in("Three switches.", "en") == counts_in("Trzy przełączniki.", "pl")


@pytest.mark.parametrize(
    ("code", "english", "said", "lost"),
    [
        ("de", "It is not used. It stays.", "Es wird genutzt. Es bleibt.", True),
        ("de", "It is not used. It stays.", "Es wird genutzt. Es bleibt nicht.", True),
        ("de", "It is not used. It stays.", "Es wird nicht genutzt. Es bleibt.", False),
        ("fr", "Only public posts are used.", "Les publications publiques servent.", True),
        ("fr", "No more ads.", "Plus de publicité.", True),
        ("es", "It no longer trains.", "Deja de entrenar.", False),
        ("nl", "Portal, “Do not train”", "Portaal, “Do not train”", False),
        ("nl", "Without an account.", "Zonder account.", False),
        ("nl", "Activities: Only You", "Activiteiten: Only You", False),
        ("pl", "Nobody reads it.", "Ktoś to czyta.", True),
        ("pt", "Never for ads.", "Nunca para anúncios.", False),
    ],
)
def test_a_negation_that_is_lost_is_noticed(code: str, english: str, said: str, lost: bool) -> None:
    assert negations_lost(english, said, code) is lost


def test_a_label_that_was_translated_is_noticed(known: Catalogue) -> None:
    """Unless somebody saw it so in that language."""
    guide = known.guides["youtube"]
    title = guide.controls[0].title
    place = f"{guide.controls[0].id}/title"
    assert title == "Third-party training (YouTube Studio)"
    assert labels_lost(guide, place, title, title, "nl") == []
    said = "Training door derden (YouTube Studio)"
    assert labels_lost(guide, place, title, said, "nl") == ["Third-party training"]
    seen = {"nl": {"Third-party training": "Training door derden"}}
    control = guide.controls[0].model_copy(update={"labels": seen})
    guide = guide.model_copy(update={"controls": (control,)})
    assert labels_lost(guide, place, title, said, "nl") == []
    path = "In the app, Settings, Account, Delete account."
    said = "In de app: Settings, Account, Verwijderen."
    assert labels_lost(guide, "delete_account", path, said, "nl") == ["Delete account"]


# -- what is compared


@cache
def translations(code: str) -> tuple[tuple[str, str], ...]:
    """(English, translation) of every how-to's text that is translated."""
    found = read(CATALOGUE / f"{code}.po").items()
    return tuple((english, str(message.string)) for english, message in found if message.string)


def facts_in(text: str) -> list[str]:
    """Numbers, links, addresses and commands."""
    return sorted(match for kind in (LINK, NUMBER, COMMAND) for match in kind.findall(text))


def months_in(text: str, code: str) -> list[int]:
    """The months of the dates of a text."""
    names = Locale(code).months["format"]["wide"]
    return [
        month
        for month, name in sorted(names.items())
        for _found in re.findall(rf"\d\W{{1,2}}(?:de )?{name}\b", text, re.IGNORECASE)
    ]


def counts_in(text: str, code: str) -> list[int]:
    """The numbers that stand there as words."""
    return [
        number
        for number, forms in enumerate(COUNTS[code].split(), 2)
        for _found in re.findall(rf"\b(?:{forms})\b", text, re.IGNORECASE)
    ]


def negations_lost(english: str, said: str, code: str) -> bool:
    """Whether a sentence denies or limits something in English alone."""
    own, other = _without_names(english, said)
    sentences_of = END.split(own), END.split(other)
    if len(sentences_of[0]) != len(sentences_of[1]):
        sentences_of = [own], [other]
    return any(
        _denies(one, "en") and not _denies(two, code)
        for one, two in zip(*sentences_of, strict=True)
    )


def _without_names(english: str, said: str) -> tuple[str, str]:
    """Both without what is quoted and the names that stand in both, such as "Only You"."""
    english, said = QUOTED.sub("", english), QUOTED.sub("", said)
    for name in NAME.findall(english):
        if name in said:
            english, said = english.replace(name, ""), said.replace(name, "")
    return english, said


def _denies(sentence: str, code: str) -> bool:
    return bool(re.search(rf"\b(?:{NEGATIONS[code]})\b", sentence, re.IGNORECASE))


def labels_lost(guide: Guide, place: str, english: str, said: str, code: str) -> list[str]:
    """The labels in an English text that its translation does not have."""
    labels = {label for label in _labels(guide) if _stands_in(label, english)}
    if "/" not in place:
        labels |= {label for path in PATH.findall(english) for label in path.split(", ")}
    return sorted(label for label in labels if not _is_shown(guide, label, said, code))


def _labels(guide: Guide) -> set[str]:
    """The labels of more than one word: a single one may be meant as a word."""
    labels = {label for control in guide.controls for label in control.menu}
    return {label for label in labels if " " in label}


def _stands_in(label: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(label)}(?!\w)", text))


def _is_shown(guide: Guide, label: str, said: str, code: str) -> bool:
    """Whether a translation has it in English, or as somebody saw it in that language."""
    seen = {control.labels.get(code, {}).get(label, label) for control in guide.controls}
    return any(_stands_in(form, said) for form in {label, *seen})
