"""Stories in full: every passage once, on pages that fit, in the order for the region."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot import catalogue
from bot.adapters.discord import markup as discord
from bot.adapters.discord.layout import TEXT_UNITS
from bot.adapters.telegram import markup as telegram
from bot.locales import speaking
from bot.model import Record, Story
from bot.regions import EEA
from bot.render.fit import fit
from bot.render.reader import Reader
from bot.render.story import PAGE, passages, whole
from bot.verdicts import Excerpt
from tests.support.world import CHANGE

KNOWN = catalogue.load()
UK = frozenset({"UK"})
READER = Reader(UK, date(2025, 11, 4))
#: As long as a passage is kept, on both sides.
LONGEST = 600


def pages(story: Story, reader: Reader = READER) -> list[str]:
    """What stands on each page; every page fits both platforms as it is."""
    shown = passages(story, reader.regions)
    said = []
    for page in range(1, max(1, len(shown.pages)) + 1):
        message = whole(story, shown, page, reader, KNOWN, KNOWN.names)
        assert fit(message, telegram.size, 4096) == message
        assert fit(message, discord.size, TEXT_UNITS) == message
        said.append(message.text)
    return said


def story(*excerpts: Excerpt) -> Story:
    return Story(1, replace(CHANGE, excerpts=excerpts))


def words(number: int, length: int) -> str:
    """A sentence of a length that no other number gives."""
    return (f"Rule {number} says " + "we keep your data for long " * 30)[: length - 1] + "."


@pytest.mark.parametrize("count", [1, 2, 5, 6, 13, 200])
@pytest.mark.parametrize("length", [20, 150, LONGEST])
def test_every_passage_stands_on_one_page(count: int, length: int) -> None:
    excerpts = [Excerpt("", words(number, length)) for number in range(count)]
    said = pages(story(*excerpts))
    for number, excerpt in enumerate(excerpts, 1):
        [page] = [page for page in said if f"Passage {number} of {count}\n" in page]
        assert excerpt.after in page
    assert all(page.count("Passage ") <= PAGE for page in said)


def test_both_sides_at_their_longest_fit() -> None:
    excerpts = [
        Excerpt(words(number, LONGEST), words(number + 100, LONGEST)) for number in range(9)
    ]
    said = pages(story(*excerpts))
    assert sum(page.count("Passage ") for page in said) == len(excerpts)


def test_passages_that_are_reworded_throughout_fit() -> None:
    excerpts = [
        Excerpt(
            " ".join(f"old{number} we{word}" for word in range(40)),
            " ".join(f"new{number} we{word}" for word in range(40)),
        )
        for number in range(12)
    ]
    said = "".join(pages(story(*excerpts)))
    assert all(excerpt.before in said and excerpt.after in said for excerpt in excerpts)


def test_words_that_went_are_shown() -> None:
    [said] = pages(story(Excerpt("You may object at any time.", "")))
    assert "Before: You may object at any time.\nNow: this is gone." in said


def test_the_readers_own_region_comes_first_and_others_last() -> None:
    mine = Excerpt("", "In the UK we share it.", area=frozenset({"GB"}))
    theirs = Excerpt("", "In the EU we share it.", area=EEA)
    everywhere = Excerpt("", "We share it.")
    one = story(theirs, everywhere, mine)
    assert passages(one, UK).pages == ((mine, everywhere, theirs),)
    assert passages(one, frozenset({"EU"})).pages == ((theirs, everywhere, mine),)
    assert "Passage 1 of 3 · UK\n" in pages(one)[0]


def test_what_several_records_have_alike_stands_once() -> None:
    same, later = Excerpt("", "We sell it."), Excerpt("", "We rent it.")
    again = Excerpt("", "We  sell it")
    lead = replace(CHANGE, excerpts=(same,))
    joined = replace(CHANGE, excerpts=(again, later), uid="commit:2")
    of_another = replace(joined, terms_type="Imprint", excerpts=(Excerpt("", "Dublin."),))
    undone = replace(joined, record=Record.TAKEN_BACK, excerpts=(Excerpt("We sell it.", ""),))
    found = passages(Story(1, lead, (joined, of_another, undone)), UK)
    assert found.pages == ((same, later),)


def test_only_what_the_source_has_is_counted() -> None:
    one = story(Excerpt("", "We sell it."))
    assert "only the source" not in pages(one)[0]
    more = Story(1, replace(one.lead, unshown=1))
    assert "1 more passage changed; only the source has it." in pages(more)[0]


def test_a_story_without_passages_says_so() -> None:
    assert "I have kept no passage of this change." in pages(story())[0]


def test_the_language_of_the_quotes_is_said_to_who_speaks_another() -> None:
    one = story(Excerpt("", "We sell it."))
    english = Story(1, replace(one.lead, language="en"))
    assert "language" not in pages(english)[0]
    with speaking("de"):
        assert "Zitiert in der Sprache des Textes: Englisch." in pages(english)[0]
        assert "Sprache" not in pages(one)[0], "nobody knows which it is"
