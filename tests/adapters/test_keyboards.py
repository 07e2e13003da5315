"""Telegram keyboards: labels short enough for a phone."""

from __future__ import annotations

from datetime import UTC, datetime

import handlers
from bot.adapters.telegram.layout import HALF_LABEL_LETTERS, keyboard
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Action, Menu, Message
from bot.model import Address, Subscription
from bot.platform import Request
from bot.store import Store
from tests.support import world

ME = Address("telegram", "7")


def rows(message: Message) -> list[list[str]]:
    """The labels of a keyboard, row by row."""
    found = keyboard(message)["reply_markup"]["inline_keyboard"]
    return [[button["text"] for button in row] for row in found]


def test_what_one_can_opt_out_of_has_a_row_of_its_own(
    store: Store, known: Catalogue, names: Names
) -> None:
    for service in ("facebook", "linkedin"):
        wanted = Subscription(ME, service, frozenset({"EU"}))
        store.subscriptions.add(wanted, datetime(2025, 11, 4, tzinfo=UTC))
    said = handlers.answer(Request("checklist", "", ME), world.context(store, known, names))
    assert said.menu
    assert len(said.menu.options) > 3
    assert [[option.label] for option in said.menu.options] == rows(said)


def test_short_options_stand_side_by_side() -> None:
    def menu(letters: int) -> Message:
        options = tuple(Action(str(number) * letters, f"x{number}") for number in range(4))
        return Message((), menu=Menu("Choose", options))

    assert [len(row) for row in rows(menu(HALF_LABEL_LETTERS))] == [2, 2]
    assert [len(row) for row in rows(menu(HALF_LABEL_LETTERS + 1))] == [1, 1, 1, 1]
