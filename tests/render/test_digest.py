"""Digests: each change says what it is, and can be opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import catalogue
from bot.deliveries import Alert
from bot.message import Message
from bot.model import Story
from bot.render.digest import digest
from bot.render.reader import Reader
from bot.verdicts import Excerpt, Statement, Verb
from tests.support.world import CHANGE, NOW, RECORDED

KNOWN = catalogue.load()
READER = Reader(frozenset({"EU"}), NOW.date())
DOCUMENTS = ("Privacy Policy", "Terms of Service", "Trackers Policy", "Imprint")


def gathered(count: int) -> Message:
    """So many changes of one service and one day, each of another document in turn."""
    alerts = []
    for number in range(1, count + 1):
        document = DOCUMENTS[number % len(DOCUMENTS)]
        change = replace(CHANGE, uid=f"c{number}", terms_type=document, recorded=RECORDED)
        alerts.append(Alert(number, Story(number, change), ("linkedin",)))
    return digest(alerts, READER, KNOWN, KNOWN.names)


@pytest.mark.parametrize("count", [2, 6, 8, 20])
def test_every_change_can_be_opened(count: int) -> None:
    said = gathered(count)
    pressed = {action.command for action in said.actions}
    for number in range(1, count + 1):
        assert f"story {number}" in pressed or f"/story {number}" in said.text


def test_no_two_buttons_are_called_alike_and_each_names_its_document() -> None:
    labels = [action.label for action in gathered(8).actions if "story" in action.command]
    assert len(set(labels)) == len(labels) == 6
    assert all(any(document in label for document in DOCUMENTS) for label in labels)


def test_a_line_says_what_changed_and_from_when() -> None:
    text = "We share your usage data with Microsoft."
    shares = Statement(Verb.SHARE, ("your usage data with Microsoft",))
    excerpt = Excerpt("", text, statement=shares)
    ahead = NOW.date() + timedelta(days=12)
    change = replace(CHANGE, excerpts=(excerpt,), effective=ahead, language="en")
    two = [Alert(n, Story(n, replace(change, uid=f"c{n}")), ("linkedin",)) for n in (1, 2)]
    said = digest(two, READER, KNOWN, KNOWN.names)
    assert said.text.count("Now shares your usage data with Microsoft.") == 2
    assert "From 16 November 2025 (in 12 days)." in said.text
    assert text in said.text, "the words themselves, where there is room"
