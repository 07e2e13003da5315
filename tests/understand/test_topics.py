"""What texts speak of."""

from __future__ import annotations

import pytest

from bot.render import labels
from bot.understand import (
    topics,
)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        (
            "Wir verwenden Ihre Beiträge, um Modelle der künstlichen Intelligenz zu trainieren.",
            "ai_training",
        ),
        ("Vous pouvez exercer votre droit d'opposition à tout moment.", "user_rights"),
        ("El precio de la suscripción sube en mayo.", "payments_refunds"),
        ("I minori non possono usare il servizio.", "age_minors"),
        ("Wij bewaren uw gegevens zolang dat nodig is.", "data_retention"),
        ("Prawo właściwe to prawo polskie.", "legal_entity_jurisdiction"),
    ],
)
def test_topics_in_other_languages(text: str, topic: str) -> None:
    assert topic in topics.of([text])


def test_topics_speak() -> None:
    assert labels.topic("ai_training") == "training AI on your data"
    assert labels.topic("unheard_of") == "unheard of"


def test_every_topic_has_a_label() -> None:
    assert labels.TOPICS.keys() == topics.TOPICS.keys()
