"""The topics of texts and changes."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from bot.render import labels
from bot.understand import concepts, topic_model, topics
from bot.understand.diff import Pair
from bot.understand.text import Sentence, key_of
from bot.understand.topic_model import Weights
from tests.understand.clauses import CLAUSES

PRIVACY = "Privacy Policy"
TERMS = "Terms of Service"


def sentence(text: str, section: str = "") -> Sentence:
    """A sentence of a document."""
    return Sentence(text, key_of(text), section)


def came(text: str, section: str = "") -> Pair:
    """A sentence that came."""
    return Pair(None, sentence(text, section))


@pytest.mark.parametrize(("text", "topic"), CLAUSES)
def test_topics_in_eight_languages(text: str, topic: str) -> None:
    assert topic in topics.of([text])


@pytest.mark.parametrize(
    "text",
    [
        "We hope that you like it here.",
        "Viel Freude damit!",
        "Bonjour et bienvenue.",
        "Última actualización: mayo de 2026.",
        "",
        "§ 7",
    ],
)
def test_what_speaks_of_nothing(text: str) -> None:
    assert topics.of([text]) == ()


def test_topics_speak() -> None:
    assert labels.topic("ai_training") == "training AI on your data"
    assert labels.topic("unheard_of") == "unheard of"


def test_every_topic_has_a_label() -> None:
    assert labels.TOPICS.keys() == topics.TOPICS.keys()


def test_words_are_found_with_accents_or_without() -> None:
    assert concepts.of_text("Données PARTAGÉES") == concepts.of_text("donnees partagees")
    assert concepts.of_text("Łamanie haseł") == concepts.of_text("lamanie hasel")


def test_a_phrase_is_found_whole_only() -> None:
    assert "party" in concepts.of_text("with third parties")
    assert "party" not in concepts.of_text("with a third of all parties")
    assert "party" not in concepts.of_text("the third")


@pytest.mark.parametrize(
    ("terms_type", "text", "topic"),
    [
        (PRIVACY, "We now share your phone number with our partners.", "data_sharing"),
        (PRIVACY, "Wir geben Ihre Kontaktdaten an Dienstleister weiter.", "data_sharing"),
        (PRIVACY, "Trattiamo i dati di localizzazione del tuo dispositivo.", "data_collection"),
        (
            TERMS,
            "L’abonnement est facturé 9,99 € par mois, sans remboursement.",
            "payments_refunds",
        ),
        (TERMS, "Nie ponosimy odpowiedzialności za utracone korzyści.", "liability_arbitration"),
        ("Developer Terms", "You must rotate secrets every year.", "api_developers"),
        ("Community Guidelines", "Pesten en bedreigingen zijn verboden.", "content_moderation"),
    ],
)
def test_the_topics_of_a_change(terms_type: str, text: str, topic: str) -> None:
    assert topic in topic_model.of([came(text)], terms_type)


def test_a_rewording_is_about_the_words_that_differ() -> None:
    before = sentence("We may show you ads, and we keep the data for a month.")
    after = sentence("We may show you ads, and we keep the data for a year.")
    shares = topic_model.read([Pair(before, after)], PRIVACY).topics
    assert "advertising_tracking" in shares["whole"]
    assert "advertising_tracking" not in shares["changed"]


def test_a_change_of_nothing_has_no_topics_of_its_own() -> None:
    assert topic_model.read([], TERMS).topics == {}
    assert set(topic_model.of([], TERMS)) <= topics.TOPICS.keys()


def test_topics_are_told_in_order_of_how_probable_they_are() -> None:
    assert topic_model.told({"security": 0.4, "age_minors": 0.9, "other": 0.1}, 0.3) == (
        "age_minors",
        "security",
    )


def test_a_huge_change_is_read_in_part() -> None:
    pairs = [came(f"We share your data with partner number {number}.") for number in range(5_000)]
    assert topic_model.read(pairs, PRIVACY).times["data_sharing"] <= topic_model.MAX_PAIRS
    assert "data_sharing" in topic_model.of(pairs, PRIVACY)


def test_the_weights_of_the_package_are_of_its_topics() -> None:
    learned = topic_model.learned()
    assert 0 < learned.threshold < 1
    assert topics.TOPICS.keys() <= learned.weights.keys()


def test_learning_is_repeatable_and_does_not_depend_on_the_order() -> None:
    training: Any = pytest.importorskip("lab.train.topics", exc_type=ImportError)
    examples = [
        training.Example((came(text),), TERMS, frozenset({topic}), f"owner {number % 12}")
        for number, (text, topic) in enumerate(CLAUSES[:48])
    ]
    shuffled = examples.copy()
    Random(1).shuffle(shuffled)
    first = training.train(examples)
    assert isinstance(first, Weights)
    assert training.train(shuffled) == first
    left_out = list(training.left_out(examples, lambda example: example.owner))
    assert len(left_out) == len(examples)
    assert training.agreement(left_out) > 0.2
