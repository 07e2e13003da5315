"""The opt-out in an alert: one that fits the change and its readers, or a plain no; and done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import handlers
from bot import catalogue
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.model import Address, Change, Story, Subscription
from bot.platform import Request
from bot.render.alert import alert
from bot.render.reader import Reader
from bot.store import Store
from bot.verdicts import Excerpt, OptOut, Role
from tests.support import world
from tests.support.world import CHANGE, NOW

KNOWN = catalogue.load()
ME = Address("telegram", "7")
HERE = frozenset({"EU"})
SWITCH = "Set it to “Off”"
Say = Callable[[str], Message]


def told(change: Change, done: frozenset[str] = frozenset()) -> str:
    reader = Reader(HERE, NOW.date(), done=done)
    return alert(Story(1, change), ("linkedin",), reader, KNOWN, KNOWN.names).text


def test_a_choice_of_sellers_is_none_of_private_people() -> None:
    """An alert neither shows another switch for it, nor denies the choice that it tells of."""
    passage = "Merchants can opt out of Shop Pay in their settings."
    excerpt = Excerpt("", passage, topics=("ai_training",), opt_out=OptOut.AVAILABLE)
    change = replace(CHANGE, excerpts=(excerpt,), opt_out=OptOut.AVAILABLE, links=())
    assert SWITCH in told(change)
    said = told(replace(change, roles=(Role.SELLERS,)))
    assert SWITCH not in said
    assert "no way is known" not in said
    assert "the text speaks of a choice" in said


def test_a_text_that_nobody_signs_is_about_no_switch() -> None:
    assert SWITCH in told(CHANGE)
    assert SWITCH not in told(replace(CHANGE, terms_type="Community Guidelines"))


@pytest.mark.parametrize(
    ("change", "reader", "offered"),
    [
        (CHANGE, Reader(HERE, NOW.date()), True),
        (CHANGE, Reader(HERE, NOW.date(), shared=True), False),
        (CHANGE, Reader(HERE, NOW.date(), done=frozenset({"linkedin/ai-training"})), False),
        (replace(CHANGE, roles=(Role.SELLERS,)), Reader(HERE, NOW.date()), False),
    ],
)
def test_what_can_be_done_can_be_marked_as_done(
    change: Change, reader: Reader, offered: bool
) -> None:
    """Whether or not a day is named; but not by one of many, and not twice."""
    said = alert(Story(1, change), ("linkedin",), reader, KNOWN, KNOWN.names)
    assert ({"done 1", "dismiss 1"} <= {action.command for action in said.actions}) is offered


@pytest.fixture
def say(store: Store, known: Catalogue, names: Names) -> Say:
    world.tell(store)
    store.subscriptions.add(Subscription(ME, "linkedin", HERE), NOW)
    context = world.context(store, known, names)

    def said(line: str) -> Message:
        command, _sep, text = line.partition(" ")
        return handlers.answer(Request(command, text, ME), context)

    return said


@pytest.mark.parametrize(
    "line", ["done 1", "done linkedin ai-training", "checklist linkedin ai-training done"]
)
def test_what_is_done_is_done_everywhere(say: Say, store: Store, line: str) -> None:
    """Below an alert, in a how-to, in the checklist: one book."""
    assert "0 of 3" in say("checklist").text
    say(line)
    assert "1 of 3" in say("checklist").text
    howto = say("howto linkedin")
    assert "☑ Data for Generative AI Improvement" in howto.text
    assert "done linkedin ai-training undo" in {action.command for action in howto.actions}
    done = frozenset("/".join(key) for key in store.reminders.acted(ME))
    said = told(CHANGE, done)
    assert "you have marked it as done" in said
    assert SWITCH not in said
