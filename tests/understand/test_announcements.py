"""Announcements of coming changes: news once, even in a first record."""

from __future__ import annotations

from datetime import date

import pytest

from bot.catalogue.names import Names
from bot.model import Record
from bot.understand import (
    announcements,
    understand_first,
)
from bot.understand.document import sentences
from bot.verdicts import Origin, Verdict
from tests.understand.rules import EDITION, OLD, WHEN, item, judged

ANNOUNCED = [
    "We're updating our terms on November 3, 2026.",
    "Version 13 of the rules will come into effect on 1 July 2026.",
    "Unsere Bedingungen werden zum 1. Juli 2026 geändert.",
    "Nos conditions entrent en vigueur le 1er juillet 2026.",
    "La nuova informativa entra in vigore il 1 luglio 2026.",
]
#: Recorded on 2026-04-02: the language, the sentence, and whether it announces 12 May.
SAID = [
    ("en", "We’re changing our Privacy Policy on 12 May 2026.", True),
    (
        "en",
        "A new version, published on 1 April 2026, replaces this one on 12 May 2026.",
        True,
    ),
    ("en", "Version 4, dated 1 April 2026, applies from 12 May 2026.", True),
    ("en", "These rules are valid until 11 May 2026; the new rules apply from 12 May 2026.", True),
    ("en", "On 12 May 2026 the free plan goes away.", True),
    ("en", "The festival takes place on 12 May 2026.", False),
    ("en", "Our certificate expires on 12 May 2026.", False),
    ("de", "Am 12. Mai 2026 treten neue Nutzungsbedingungen in Kraft.", True),
    ("de", "Wir ändern unsere Datenschutzerklärung zum 12. Mai 2026.", True),
    ("de", "Ab dem 12. Mai 2026 gelten neue Preise.", True),
    ("de", "Bis zum 12. Mai 2026 können Sie der Änderung widersprechen.", True),
    ("fr", "Nos conditions changent le 12 mai 2026.", True),
    ("fr", "À partir du 12 mai 2026, de nouvelles conditions s’appliqueront.", True),
    ("fr", "La présente politique sera remplacée le 12 mai 2026.", True),
    ("it", "Le nostre condizioni cambieranno il 12 maggio 2026.", True),
    ("it", "Dal 12 maggio 2026 si applicheranno nuovi termini.", True),
    ("es", "Nuestros términos cambiarán el 12 de mayo de 2026.", True),
    ("es", "A partir del 12 de mayo de 2026 se aplicarán nuevas condiciones.", True),
    ("nl", "Onze voorwaarden veranderen op 12 mei 2026.", True),
    ("nl", "Vanaf 12 mei 2026 gelden nieuwe voorwaarden.", True),
    ("pl", "Od 12 maja 2026 r. obowiązuje nowy regulamin.", True),
    ("pl", "Nasz regulamin zmieni się 12 maja 2026 r.", True),
    ("pt", "Os nossos termos mudam em 12 de maio de 2026.", True),
    ("pt", "A partir de 12 de maio de 2026 aplicam-se novos termos.", True),
]


@pytest.mark.parametrize(("language", "text", "announces"), SAID)
def test_sentences(language: str, text: str, announces: bool) -> None:
    coming = announcements.ahead(sentences(text, language), date(2026, 4, 2))
    days = [date(2026, 5, 12)] if announces else []
    assert [day for _, day in coming] == days


@pytest.mark.parametrize("said", ANNOUNCED)
def test_announcements(said: str) -> None:
    first = understand_first(item(record=Record.FIRST), f"{OLD}\n\n{said}\n", EDITION, Names([]))
    assert first.verdict is Verdict.MATERIAL
    assert first.effective
    assert first.effective > WHEN.date()
    change = judged(f"{OLD}\n\n{said}\n")
    assert change.verdict is Verdict.MATERIAL
    assert change.why[0].code is Origin.ANNOUNCED


def test_an_announcement_is_news_once() -> None:
    said = f"{OLD}\n\nOur new terms will take effect on July 1, 2026.\n"
    assert judged(said.replace("July 1", "July 2"), said).verdict is Verdict.NOISE, (
        "a day off is another time zone"
    )
    assert judged(said.replace("July 1", "September 9"), said).verdict is Verdict.MATERIAL
    assert (
        understand_first(
            item(), OLD + "\n\nThis offer ended on July 1, 2020.", EDITION, Names([])
        ).verdict
        is Verdict.NOISE
    )
    assert not announcements.known(date(2026, 7, 1), frozenset())
