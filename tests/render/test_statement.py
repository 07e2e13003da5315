"""Statements: a sentence for each in every language, of at most a hundred characters."""

from __future__ import annotations

import pytest

from bot.locales import languages, speaking
from bot.render.statement import HEADLINE_CHARACTERS, SENTENCES, statement_words
from bot.verdicts import Statement, Verb

LONG = "your precise location, your contacts and all that you write, with partners and affiliates"


def test_every_verb_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Verb)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("verb", Verb)
def test_it_fits_in_every_language(verb: Verb, language: str) -> None:
    with speaking(language):
        words = statement_words(Statement(verb, (LONG, LONG)), "en")
        assert len(words) <= HEADLINE_CHARACTERS
        assert "{" not in words
        short = statement_words(Statement(verb, ("your data", "our list")), "en")
        assert "your data" in short
        if language != "en":
            assert short != _english(verb), "it has no translation"


def _english(verb: Verb) -> str:
    with speaking("en"):
        return statement_words(Statement(verb, ("your data", "our list")), "de")


def test_english_flows_and_the_service_is_it() -> None:
    said = Statement(Verb.MAY_SHARE, ("your data with our partners",))
    assert statement_words(said, "en") == "May now share your data with its partners"
    assert statement_words(said, "fr") == "May now share “your data with our partners”"
    spoken = Statement(Verb.MAY_SHARE, ("your data when we must",))
    assert statement_words(spoken, "en") == "May now share “your data when we must”"
    turned = Statement(Verb.TURNS, ("kept 30 days", "kept 90 days"))
    assert statement_words(turned, "en") == "Now “kept 30 days”, not “kept 90 days”"
