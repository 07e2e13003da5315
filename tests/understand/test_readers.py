"""The readers of a recorded text, by what it says itself."""

from __future__ import annotations

import pytest

from bot.understand.memory import Edition
from bot.understand.readers import MOST, readers_of
from bot.verdicts import Readers

PRIVACY = "Privacy Policy"
TERMS = "Terms of Service"
ACME = Edition(controllers=("Acme Ireland Limited", "Acme UK Limited"))
OF_ALL = Edition(controllers=("Acme, Inc.",))

ELSEWHERE = (
    "This policy applies to users outside the European Economic Area, the UK and Switzerland.",
    "These Terms of Use apply to you if you live outside the EEA, Switzerland or the UK. If you "
    "live in the EEA, Switzerland or the UK, [these Terms of Use](https://a.example/eu) apply.",
    "# Acme Privacy Policy (outside Europe)",
    "# US Privacy Policy",
    "This Privacy Policy does not apply to residents of the European Union.",
    "If you are a resident of the EEA, UK or Switzerland, please read our "
    "[European Terms](https://a.example/eu) instead.",
    'Acme LLC ("Acme", "we", "us") provides the services to you unless you live in a country in '
    "the European Economic Area.",
    "Country version: United States",
    "Rest of the world version of our policy",
    "These terms govern the use of our service by people who do not live in the European Union.",
    "Outside of the United Kingdom, Brazil or the European region: these terms apply to you.",
    "Diese Nutzungsbedingungen gelten für Nutzer außerhalb der Europäischen Union.",
    "Les présentes conditions s’appliquent aux utilisateurs résidant hors de l’Union européenne.",
    "Estos términos se aplican a los usuarios que residen fuera de la Unión Europea.",
    "I presenti termini si applicano agli utenti che risiedono al di fuori dell’Unione Europea.",
    "Deze voorwaarden zijn van toepassing op gebruikers buiten de Europese Unie.",
    "Niniejszy regulamin dotyczy użytkowników mieszkających poza Unią Europejską.",
    "Estes termos aplicam-se a utilizadores que residem fora da União Europeia.",
)
EUROPE = (
    "These Terms of Use apply to you if you live in the EEA, Switzerland or the UK. If you live "
    "elsewhere, [these Terms](https://a.example/row) apply to you.",
    "# Acme European Privacy Notice",
    "# Datenschutzerklärung für Nutzer in der EU",
    "This is the European edition of our terms.",
    "Country version: Poland",
    "If you live outside the European Region, Acme LLC provides the Services to you under this "
    "[Terms of Service](https://a.example/row).\n\n"
    'Acme Ireland Limited ("Acme", "we", "us") provides them if you live in the European Region.',
    "Diese Nutzungsbedingungen gelten für Nutzer in der Europäischen Union und der Schweiz.",
    "Les présentes conditions s’appliquent si vous résidez dans l’Espace économique européen.",
    "Estos términos se aplican si usted reside en la Unión Europea o el Reino Unido.",
    "I presenti termini si applicano agli utenti che risiedono nell’Unione Europea.",
    "Deze voorwaarden zijn van toepassing op gebruikers in de Europese Unie.",
    "Niniejszy regulamin stosuje się do użytkowników mieszkających w Unii Europejskiej.",
    "Estes termos aplicam-se a utilizadores que residem na União Europeia.",
)
#: What binds people in Europe, or may: none of it can be taken for a text for elsewhere.
NOT_ELSEWHERE = (
    "If you live in the United States, your contract is with Acme, Inc. If you live outside the "
    "United States, your contract is with Acme Ireland Limited.",
    "By accessing the Services from outside the United States, including from the European Union, "
    "you consent to the transfer of data.",
    "We may transfer data outside the EEA under Standard Contractual Clauses.",
    "This policy applies to all users, in Europe and elsewhere.",
    "This Privacy Policy applies to users worldwide, including outside the European Union.",
    "These terms apply to users outside the UK.",
    "If you live in the UK, [these Terms](https://a.example/uk) apply to you.",
    "These terms do not apply to residents of the United Kingdom.",
    "These terms do not apply if you live in Germany.",
    "These terms do not apply to users in mainland China.",
    "If you live in Germany, our [German Terms](https://a.example/de) apply.",
    "If you live in the EEA, the [Cookie Policy](https://a.example/c) applies to you.",
    "If you live in the EEA, the [Data Processing Addendum](https://a.example/c) applies to you.",
    "For users in the EU, please see our [GDPR notice](https://a.example/c).",
    "If you are in Europe, our [European privacy notice](https://a.example/c) also applies.",
    "Unless you live in the EU, disputes are settled by arbitration.",
    "You must comply with EU and US sanctions. The service is not available in Iran.",
    "California residents have the right to know. Disputes go to arbitration in Delaware.",
    "#### Agreement if you live in the United States or outside the EEA\n\nText.\n\n"
    "#### Agreement if you live in the EEA",
    "WhatsUp LLC (if you live outside the European Region) and WhatsUp Ireland Limited (if you "
    'live in the European Region) (collectively "WhatsUp", "we") protect your rights.',
    "This California Privacy Notice applies only to residents of California.",
    "We collect data.\n" * 1000 + "This notice applies to residents of the United States.",
)


def whose(words: str, edition: Edition = Edition(), terms_type: str = TERMS) -> Readers:
    return readers_of(f"Welcome\n\n{words}\n\nWe collect your name.\n", terms_type, edition)


@pytest.mark.parametrize("words", ELSEWHERE)
def test_a_text_for_people_elsewhere(words: str) -> None:
    assert whose(words) is Readers.ELSEWHERE


@pytest.mark.parametrize("words", EUROPE)
def test_a_text_for_people_in_europe(words: str) -> None:
    assert whose(words) is Readers.EUROPE


@pytest.mark.parametrize("words", NOT_ELSEWHERE)
def test_nobody_in_europe_is_shut_out_on_a_guess(words: str) -> None:
    assert whose(words) is not Readers.ELSEWHERE
    assert whose(words, ACME) is not Readers.ELSEWHERE


def test_who_signs_says_whose_text_it_is() -> None:
    overseas = (
        "These Products are provided to you by Acme, Inc. Our infrastructure may be owned or "
        "controlled by Acme, Inc., Acme Ireland Limited or its affiliates."
    )
    at_home = "These terms are an agreement between you and Acme Ireland Limited."
    assert whose(overseas, ACME) is Readers.ELSEWHERE
    assert whose(at_home, ACME) is Readers.ALL
    assert whose(f"{overseas}\n\n{at_home}", ACME) is Readers.ALL
    assert whose(overseas) is Readers.UNKNOWN, "nobody knows who answers to people in Europe"
    assert whose(overseas, OF_ALL) is Readers.UNKNOWN, "the same company does, as to everybody"
    assert whose(overseas.replace("Acme", "Other"), ACME) is Readers.UNKNOWN
    assert whose(overseas, ACME, "Community Guidelines") is Readers.UNKNOWN


def test_a_company_is_known_in_any_spelling() -> None:
    both = 'Acme Foods Limited (UK) and Acme Ireland Ltd ("we", "us") protect your privacy.'
    assert whose(both, ACME) is Readers.ALL


def test_european_law_shows_that_a_text_is_for_europe_too() -> None:
    law = "Our legal basis is consent. You may lodge a complaint with a supervisory authority."
    assert whose(law) is Readers.ALL
    overseas = "These Products are provided to you by Acme, Inc."
    assert whose(f"{overseas} {law}", ACME) is Readers.ALL
    notice = "This notice applies to users outside Europe."
    assert whose(f"{notice} {law}") is Readers.ALL


def test_what_was_noted_counts_where_the_text_says_nothing() -> None:
    noted = Edition(noted=Readers.ELSEWHERE)
    assert whose("You agree to these terms.", noted) is Readers.ELSEWHERE
    assert whose(EUROPE[0], noted) is Readers.EUROPE
    assert whose("You agree to these terms.") is Readers.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "‹" * 5000,
        "[" * 5000,
        "A" * 200_000,
        "Acme " * 50_000,
        "if you live in the EU, " * 20_000,
        "if you outside " * 20_000,
        "If you live in the EEA. " * 20_000,
        "[terms](https://a.example) " * 20_000,
    ],
)
@pytest.mark.timeout(20)
def test_odd_texts_are_read_in_time(text: str) -> None:
    readers_of(text, TERMS, ACME)


def test_only_so_much_is_read() -> None:
    padding = "We collect data. " * (MOST // 16)
    assert readers_of(f"{padding}\n\n{EUROPE[0]}", TERMS, Edition()) is Readers.UNKNOWN
