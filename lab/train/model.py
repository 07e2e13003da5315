"""Training of a whole model: five heads, calibrated, and the thresholds of the three ways.

Calibration and thresholds use cross-validation over the owners of services: each group is judged by
heads that learnt from the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from bot.understand.model import head_of
from lab.train import fit
from lab.train.examples import QUESTIONS, Example, answers
from lab.train.owners import fold_of

#: The number of groups of owners for calibration and thresholds.
FOLDS = 5
#: The share of material changes to be told: a missed one is worse than a superfluous one.
RECALL = 0.95
#: The share of severity 3 to be told at once; the rest comes with the next digest.
AT_ONCE = 0.88

#: The function that fits a head; tests learn from less.
Fit = Callable[[Sequence[Any], Sequence[bool], Sequence[float]], dict[str, Any]]


def model_of(
    examples: Sequence[Example],
    fit_head: Fit = fit.head,
    questions: Sequence[str] = QUESTIONS,
) -> dict[str, Any]:
    """The model, as `bot.understand.model.load` reads its JSON."""
    usable = [example for example in examples if example.features and example.lasted]
    heads = {}
    unseen: dict[str, dict[int, float]] = {}
    for question in questions:
        heads[question], unseen[question] = _head(question, usable, fit_head)
    return {"heads": heads, "thresholds": _thresholds(usable, unseen)}


def written(model: dict[str, Any]) -> str:
    """The model as text, deterministic."""
    return json.dumps(model, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _head(
    question: str, examples: list[Example], fit_head: Fit
) -> tuple[dict[str, Any], dict[int, float]]:
    """A calibrated head, and each example's probability, by id(), by heads that lack it."""
    asked, right = answers(question, examples)
    scores = _unseen_scores(asked, right, fit_head)
    scale, shift = fit.calibrated(scores, right)
    made = _fitted(asked, right, fit_head)
    made |= {"scale": scale, "shift": shift}
    head = head_of(made)
    chances = [head.chance(score) for score in scores]
    return made, {id(example): chance for example, chance in zip(asked, chances, strict=True)}


def _fitted(asked: list[Example], right: list[bool], fit_head: Fit) -> dict[str, Any]:
    counts = [example.counts for example in asked]
    return fit_head([example.features for example in asked], right, counts)


def _unseen_scores(asked: list[Example], right: list[bool], fit_head: Fit) -> list[float]:
    folds = [fold_of(example.owner, FOLDS) for example in asked]
    scores = [0.0] * len(asked)
    for fold in range(FOLDS):
        seen = [place for place, mine in enumerate(folds) if mine != fold]
        head = head_of(_fitted([asked[at] for at in seen], [right[at] for at in seen], fit_head))
        for place, mine in enumerate(folds):
            if mine == fold:
                scores[place] = head.score(asked[place].features)
    return scores


def _thresholds(examples: list[Example], unseen: dict[str, dict[int, float]]) -> dict[str, float]:
    matters = unseen["matters"]
    recorded = [each for each in examples if each.counts >= 1]
    must = unseen["must"]
    material = [matters[id(each)] for each in recorded if each.matters]
    severe = [must[id(each)] * matters[id(each)] for each in recorded if each.severity == 3]
    return {
        "digest": _reached_by(RECALL, material),
        "now": _reached_by(AT_ONCE, severe),
        "decided": 0.5,
    }


def _reached_by(share: float, chances: list[float]) -> float:
    """The probability that this share of examples reaches."""
    ranked = sorted(chances, reverse=True)
    place = min(len(ranked) - 1, round(share * len(ranked)) - 1)
    return round(ranked[max(0, place)], fit.DIGITS)
