"""Transfer of settings by a code: confirmed before replacing others, undone within a day."""

from __future__ import annotations

import re

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.model import Address
from bot.platform import Request
from bot.store import Store
from handlers import answer
from tests.support import world

ME, OTHER = Address("telegram", "1"), Address("discord", "2")


def test_a_code_asks_before_it_replaces_settings_and_can_be_undone(
    store: Store, known: Catalogue, names: Names
) -> None:
    context = world.context(store, known, names)

    def say(line: str, where: Address = ME) -> Message:
        command, _space, text = line.partition(" ")
        return answer(Request(command, text, where), context)

    say("subscribe linkedin norway")
    say("subscribe reddit ch", OTHER)
    found = re.search(r"/link (\w+)", say("link", OTHER).text)
    assert found
    asked = say(f"link {found[1]}")
    assert "Nothing has changed yet." in asked.text
    assert {each.service for each in store.subscriptions.of(ME)} == {"linkedin"}
    [yes] = asked.actions
    said = say(yes.command)
    assert {each.service for each in store.subscriptions.of(ME)} == {"linkedin", "reddit"}
    assert "link undo" in [each.command for each in said.actions]
    say("link undo")
    assert {each.service for each in store.subscriptions.of(ME)} == {"linkedin"}


def test_a_new_chat_is_not_asked(store: Store, known: Catalogue, names: Names) -> None:
    context = world.context(store, known, names)
    answer(Request("subscribe", "reddit ch", OTHER), context)
    made = answer(Request("link", "", OTHER), context)
    found = re.search(r"/link (\w+)", made.text)
    assert found
    said = answer(Request("link", found[1], ME), context)
    assert "Your settings are here now" in said.text


def test_a_code_that_does_not_work_asks_nothing(
    store: Store, known: Catalogue, names: Names
) -> None:
    context = world.context(store, known, names)
    answer(Request("subscribe", "linkedin", ME), context)
    said = answer(Request("link", "nonsense", ME), context)
    assert "does not work" in said.text
