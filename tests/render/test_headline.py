"""Headlines follow from the text of the change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.locales import languages, speaking
from bot.model import Record, Story
from bot.render.headline import headline, named_headline
from bot.render.statement import HEADLINE_CHARACTERS
from bot.verdicts import Excerpt, Statement, Verb
from tests.support.world import CHANGE

SHARED = Excerpt(
    "",
    "We share your usage data with Microsoft.",
    statement=Statement(Verb.SHARE, ("your usage data with Microsoft",)),
)
FOR_THE_UK = replace(
    SHARED, area=frozenset({"GB"}), statement=Statement(Verb.SHARE, ("UK data with Microsoft",))
)
FOR_THE_US = replace(SHARED, area=frozenset({"US"}), statement=Statement(Verb.SELL, ("US data",)))


def said(*excerpts: Excerpt, regions: frozenset[str] = frozenset(), language: str = "en") -> str:
    change = replace(CHANGE, excerpts=excerpts, language=language)
    return headline(Story(1, change), "LinkedIn", regions)


def test_it_says_what_the_first_passage_says() -> None:
    assert said(SHARED) == "Now shares your usage data with Microsoft."
    assert said(SHARED, language="de") == "Now shares “your usage data with Microsoft”"


def test_it_is_that_of_the_reader_s_own_passage() -> None:
    uk = frozenset({"UK"})
    eu = frozenset({"EU"})
    assert said(SHARED, FOR_THE_UK, regions=uk) == "Now shares UK data with Microsoft."
    assert said(SHARED, FOR_THE_UK, regions=eu) == "Now shares your usage data with Microsoft."
    assert said(FOR_THE_US, SHARED, regions=eu) == "Now shares your usage data with Microsoft."


def test_what_earlier_versions_kept_is_quoted() -> None:
    assert said(Excerpt("", "We sell data.")) == "Now says: “We sell data.”"
    assert said(Excerpt("We never sell data.", "")) == "No longer says: “We never sell data.”"
    assert said() == "LinkedIn changed its Privacy Policy."


@pytest.mark.parametrize("document", ["Terms of Service", "Community Guidelines", "Imprint"])
def test_a_document_says_nothing_in_the_singular(document: str) -> None:
    """Terms of many names are no subject of a sentence: they are what was changed."""
    change = replace(CHANGE, terms_type=document, excerpts=())
    assert headline(Story(1, change), "LinkedIn") == f"LinkedIn changed its {document}."


def test_a_person_s_words_are_better() -> None:
    memo = replace(CHANGE, uid="memo", record=Record.MEMO, title="LinkedIn trains AI on you")
    story = Story(1, replace(CHANGE, excerpts=(SHARED,)), (memo,))
    assert headline(story, "LinkedIn") == "LinkedIn trains AI on you."


def test_alone_it_names_whose_terms_they_are() -> None:
    story = Story(1, replace(CHANGE, excerpts=(SHARED,), language="en"))
    assert (
        named_headline(story, "LinkedIn")
        == "LinkedIn · Privacy Policy: Now shares your usage data with Microsoft."
    )


@pytest.mark.parametrize("language", languages())
def test_it_fits_in_every_language(language: str) -> None:
    long = replace(SHARED, statement=Statement(Verb.TURNS, ("x y " * 40, "z " * 60)))
    with speaking(language):
        assert len(said(long)) <= HEADLINE_CHARACTERS + 1
