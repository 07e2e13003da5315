"""The people a memo is about, by sentences of each kind."""

from typing import Any

import pytest

from bot.regions import countries
from bot.understand.places import stated


@pytest.mark.parametrize(
    "title",
    [
        "Human review becomes the rule outside the EEA",
        "Fees rise for all plans except EEA users",
    ],
)
def test_a_title_leaves_out(title: Any) -> None:
    area = stated(title, ["The company has changed its terms."])
    assert area is not None
    assert area.isdisjoint(countries("EEA"))
    assert countries("CH") <= area


@pytest.mark.parametrize(
    "sentence",
    [
        "We expect to bring it to Switzerland later this year.",
        "Im Herbst folgt die Schweiz, sie kommt später.",
        "La Suisse suivra plus tard.",
    ],
)
def test_who_follows_later_is_told(sentence: Any) -> None:
    first = "The chapter applies only to users in the United States."
    area = stated("Advertisements come to chats", [first, sentence])
    assert area is None or countries("CH") <= area


@pytest.mark.parametrize(
    "sentence",
    [
        "Nothing changes for users in Germany.",
        "Customers in Germany are not affected.",
        "Für Kunden in Deutschland ändert sich nichts.",
        "Rien ne change pour les clients en Allemagne.",
        "Anders als in Deutschland genügt ein Hinweis.",
        "A diferencia de Alemania, basta un aviso.",
    ],
)
def test_who_is_not_affected_is_not_told(sentence: Any) -> None:
    area = stated("Fees rise for customers in Switzerland", ["The list is new.", sentence])
    assert area == countries("CH")


@pytest.mark.parametrize(
    ("rule", "beside"),
    [
        ("The terms apply to users in the US.", "Swiss customers pay as well."),
        ("The terms apply to users in the US.", "The same holds in Switzerland."),
        ("Die Regeln gelten für Kunden in Deutschland.", "In der Schweiz gilt dies ebenfalls."),
        ("Le condizioni valgono per gli utenti in Italia.", "La Svizzera segue a gennaio."),
        ("It applies to users in Germany.", "Until now free, users in Switzerland pay."),
    ],
)
def test_a_rule_shuts_out_nobody_named_beside_it(rule: Any, beside: Any) -> None:
    area = stated("New fees", [rule, beside])
    assert area is None or countries("CH") <= area
