"""Held changes, and the memory of a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.catalogue.names import Names
from bot.model import Change
from bot.understand import (
    hold,
    merge,
    understand_change,
)
from bot.verdicts import Doubt, Verdict
from tests.support.models import TELLS_ALL
from tests.understand.rules import EDITION, OLD, RULE, WHEN, item, judged, lived


def _judged(after: str, *before: str) -> Change:
    """The change to a text from those before it, where all that is left after filters matters."""
    return judged(after, *before, model=TELLS_ALL)


def test_doubts() -> None:
    promise = OLD + "\n\nWe will never sell your data.\n"
    assert _judged(OLD, promise).doubt is Doubt.ONLY_GONE
    assert _judged(promise, OLD).doubt is None
    british = "".join(
        f"\n\nWe organise and recognise the behaviour of centre number {n} in colour."
        for n in range(9)
    )
    american = "".join(
        f"\n\nWe organize and recognize the behavior of center number {n} in color."
        for n in range(9)
    )
    assert _judged(OLD + american, OLD + british).verdict is Verdict.NOISE
    more = "\n\n" + "\n\n".join(f"{RULE} This is the rule with the number {n}." for n in range(9))
    assert _judged(OLD + american + more, OLD + british).doubt is Doubt.OTHER_EDITION
    flapping = [OLD + "\n\nYou may stay.\n", OLD + "\n\nYou must go.\n"] * 4
    assert _judged(f"{OLD}\n\n{RULE}", *flapping).doubt is Doubt.FLAPS


def test_settling() -> None:
    promise = OLD + "\n\nWe will never sell your data.\n"
    gone = _judged(OLD, promise)
    held = lived(promise, OLD)
    assert hold.hold_for(gone, held) == hold.HOLD
    kept = hold.settle(gone, held, "en")
    assert (kept.verdict, kept.doubt) == (Verdict.MATERIAL, None)
    back = lived(promise, OLD, promise)
    dropped = hold.settle(gone, back, "en")
    assert dropped.verdict is Verdict.NOISE
    forgetful = hold.forget(gone, back)
    again = understand_change(item(days=20), forgetful, OLD, EDITION, Names([]), TELLS_ALL)
    assert again.verdict is Verdict.MATERIAL, "what did not last is news once it comes to stay"
    assert (
        understand_change(item(days=20), back, OLD, EDITION, Names([]), TELLS_ALL).verdict
        is Verdict.NOISE
    )


def test_what_is_reworded_while_it_waits_still_stands() -> None:
    rule = f"{OLD}\n\nYou must show an identity card before you may post a picture of yourself.\n"
    reworded = rule.replace("an identity card before", "an identity card or a passport before")
    change = replace(_judged(rule, OLD), doubt=Doubt.UNSURE)
    assert hold.settle(change, lived(OLD, rule, reworded), "en").verdict is Verdict.MATERIAL
    assert hold.settle(change, lived(OLD, rule, OLD), "en").verdict is Verdict.NOISE


def test_the_past_goes_under_what_is_held() -> None:
    past, held = (
        lived("One rule.\n", "Two rules here.\n"),
        lived("x", "Two rules here.\n\nAnd three.\n"),
    )
    merged = merge(past, replace(held, recorded=WHEN + timedelta(days=30)))
    assert merged.text == held.text
    assert past.sentences <= merged.sentences
    assert merge(past, None) is past
