"""The role mention of a channel: only for news, never in a quiet message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.adapters.discord.platform import Discord
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.deliveries import Alert, Delivery
from bot.model import Address, Record, Story
from bot.preferences import ChatSettings
from bot.render.delivery import Words
from bot.states import Part
from tests.support import world

ROLE = "77"
MEMO = replace(world.CHANGE, uid="memo:1", record=Record.MEMO, title="Why", link="https://e.org/m")
TOLD = Story(1, world.CHANGE)
EXPLAINED = Story(1, world.CHANGE, (MEMO,))
Called = Callable[[Alert], list[str]]


@pytest.fixture
def called(known: Catalogue, names: Names) -> Called:
    """The roles that a message calls."""

    def roles(told: Alert) -> list[str]:
        here = ChatSettings("en", shared=True, mention=ROLE)
        there = Address("discord", "5")
        delivery = Delivery("1", 1, there, (told,), frozenset({"EU"}), chat=here)
        body = Words(known, names).of(delivery, Discord("unused"), world.NOW).body()
        return list(body["allowed_mentions"].get("roles", ()))

    return roles


def test_an_alert_calls_the_role(called: Called) -> None:
    assert called(Alert(1, TOLD, ("linkedin",))) == [ROLE]


@pytest.mark.parametrize(
    "told",
    [
        Alert(1, EXPLAINED, ("linkedin",), Part.addition("memo:1")),
        Alert(1, TOLD, ("linkedin",), digest=True),
    ],
    ids=["an addition", "smaller changes"],
)
def test_what_makes_no_sound_calls_nobody(called: Called, told: Alert) -> None:
    assert called(told) == []
