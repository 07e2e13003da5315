"""Scores: how much of what was meant was achieved."""

from __future__ import annotations

from collections.abc import Callable

from lab.eval.answers import Answers
from lab.eval.stage import Exchange
from lab.eval.utterance import Utterance

WHOLE = 1.0
PART = 0.5
NOTHING = 0.0

#: The score function of an intent: WHOLE, PART or NOTHING.
Score = Callable[[Answers, Utterance, Exchange], float]


def graded(whole: bool, part: bool = False) -> float:
    """The better of the two that is true."""
    if whole:
        return WHOLE
    return PART if part else NOTHING
