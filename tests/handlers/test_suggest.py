"""Autocompletion of service names: the intended one is near the top."""

from __future__ import annotations

import pytest

import handlers
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.platform import Hint
from bot.store import Store
from tests.support import world

#: What is typed, what is meant, and among so many of the first it stands.
MEANT = [
    ("l", "linkedin", 1),
    ("lin", "linkedin", 1),
    ("link", "linkedin", 1),
    ("t", "tiktok", 5),
    ("ti", "tiktok", 2),
    ("g", "google", 5),
    ("w", "whatsapp", 5),
    ("wh", "whatsapp", 1),
    ("sp", "spotify", 3),
    ("spo", "spotify", 1),
    ("i", "instagram", 5),
    ("ins", "instagram", 1),
    ("f", "facebook", 5),
    ("ama", "amazon", 1),
]


def suggested(typed: str, store: Store, known: Catalogue, names: Names) -> list[str]:
    hint = Hint("service", typed, "en")
    said: Message = handlers.answer(hint, world.context(store, known, names))
    return [each.command for each in said.actions]


@pytest.mark.parametrize(("typed", "meant", "among"), MEANT)
def test_what_most_people_mean_comes_first(
    typed: str, meant: str, among: int, store: Store, known: Catalogue, names: Names
) -> None:
    assert meant in suggested(typed, store, known, names)[:among]


def test_one_more_letter_takes_nothing_away(store: Store, known: Catalogue, names: Names) -> None:
    """Who began to type what is offered with nothing typed still finds it."""
    for service in suggested("", store, known, names):
        name = names.label(service)
        for letters in range(1, len(name) + 1):
            assert service in suggested(name[:letters], store, known, names), name[:letters]
