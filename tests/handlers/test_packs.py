"""Buttons of starter packs: they do what their label says, however old."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import handlers
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.model import Address, Subscription
from bot.platform import Request
from bot.store import Store
from tests.support import world

ME = Address("telegram", "7")
#: The label of a button, and the line that it says.
Keyboard = dict[str, str]
Press = Callable[[str], Keyboard]


@pytest.fixture
def press(store: Store, known: Catalogue, names: Names) -> Press:
    context = world.context(store, known, names)

    def pressed(line: str) -> Keyboard:
        command, _sep, text = line.partition(" ")
        said = handlers.answer(Request(command, text, ME, pressed=True), context)
        assert said.menu
        return {option.label: option.command for option in said.menu.options}

    return pressed


def mine(store: Store) -> list[str]:
    return [each.service for each in store.subscriptions.of(ME)]


def test_a_tap_follows_and_a_tap_on_the_tick_takes_it_back(press: Press, store: Store) -> None:
    first = press("setup pack social")
    then = press(first["TikTok"])
    assert mine(store) == ["tiktok"]
    press(then["✓ TikTok"])
    assert mine(store) == []


def test_an_old_keyboard_unfollows_nothing_that_it_does_not_show(
    press: Press, store: Store
) -> None:
    old = press("setup pack social")
    chosen = frozenset({"NO"})
    store.subscriptions.add(Subscription(ME, "tiktok", chosen), world.NOW)
    press(old["TikTok"])
    [still] = store.subscriptions.of(ME)
    assert (still.service, still.regions) == ("tiktok", chosen)


def test_several_are_chosen_in_one_line(press: Press, store: Store) -> None:
    press("setup pack social tiktok")
    press("setup pack social -tiktok reddit x")
    assert sorted(mine(store)) == ["reddit", "x"]
