"""Opt-outs: which sentences offer one, and what a change does to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understand import opt_out
from bot.understand.diff import Pair
from bot.understand.text import Sentence, key_of
from bot.verdicts import OptOut

OFFER = "You can opt out of this in your settings."
OTHER_OFFER = "You can opt out of this under Privacy."
RULE = "We keep what you post for thirty days."


def pair(before: str, after: str) -> Pair:
    return Pair(sentence(before), sentence(after))


def sentence(text: str) -> Sentence | None:
    if not text:
        return None
    return Sentence(text, key_of(text))


#: The language of a sentence, whether it lets its reader say no, and the sentence.
SAID = Path(__file__).with_name("said_choices.tsv").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", SAID)
def test_offers(line: str) -> None:
    _, offers, text = line.split("\t")
    assert opt_out.offered(text) is (offers == "yes")


CHANGES = [
    ([("", OFFER)], OptOut.AVAILABLE),
    ([(RULE, OFFER)], OptOut.AVAILABLE),
    ([(OTHER_OFFER, OFFER)], OptOut.AVAILABLE),
    ([(OFFER, "")], OptOut.REMOVED),
    ([(OFFER, "You can no longer opt out of this.")], OptOut.REMOVED),
    ([(OFFER, ""), ("", OTHER_OFFER)], OptOut.AVAILABLE),
    ([("", RULE)], OptOut.NONE),
    ([], OptOut.NONE),
    ([("", OFFER), *[("", RULE)] * 30], OptOut.AVAILABLE),
    ([("", OFFER), *[("", RULE)] * 300], OptOut.NONE),
    ([(OTHER_OFFER, OFFER), *[("", RULE)] * 35], OptOut.NONE),
]


@pytest.mark.parametrize(("texts", "does"), CHANGES)
def test_changes(texts: list[tuple[str, str]], does: OptOut) -> None:
    assert opt_out.of([pair(before, after) for before, after in texts]) is does


def test_an_entry_is_read_behind_its_lead() -> None:
    entry = Sentence("the use of your photos", 1, lead="You can object to the following:")
    assert opt_out.of([Pair(None, entry)]) is OptOut.AVAILABLE


def test_an_offer_that_came_back_is_no_news() -> None:
    back = pair("", OFFER)
    assert opt_out.of([back], {back.newest.key}) is OptOut.NONE
