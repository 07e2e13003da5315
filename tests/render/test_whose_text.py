"""The notice, above all else, that a text is for people elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.model import Story
from bot.render.alert import ELSEWHERE, IN_EUROPE, alert
from bot.render.reader import Reader
from bot.render.story import passages, whole
from bot.verdicts import Readers
from tests.support import world

#: For whom the text is written, where the reader is, and what is said.
SAID = [
    (Readers.EUROPE, {"US"}, IN_EUROPE),
    (Readers.EUROPE, {"US", "BR"}, IN_EUROPE),
    (Readers.EUROPE, {"US", "UK"}, ""),
    (Readers.EUROPE, {"EU"}, ""),
    (Readers.EUROPE, set(), ""),
    (Readers.ALL, {"US"}, ""),
    (Readers.UNKNOWN, {"US"}, ""),
    (Readers.ELSEWHERE, {"US"}, ""),
    (Readers.ELSEWHERE, {"EU"}, ELSEWHERE),
    (Readers.ELSEWHERE, {"US", "UK"}, ELSEWHERE),
]


def remarks(message: Message) -> list[str]:
    return [each for each in (ELSEWHERE, IN_EUROPE) if each in message.text]


@pytest.mark.parametrize(("readers", "regions", "said"), SAID)
def test_a_text_for_people_elsewhere_says_so(
    readers: Readers, regions: set[str], said: str, known: Catalogue, names: Names
) -> None:
    story = Story(1, replace(world.CHANGE, readers=readers))
    reader = Reader(frozenset(regions), world.NOW.date())
    told = alert(story, ("linkedin",), reader, known, names)
    shown = whole(story, passages(story, reader.regions), 1, reader, known, names)
    expected = [said] if said else []
    assert remarks(told) == remarks(shown) == expected
