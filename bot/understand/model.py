"""The learned model: the probability that a change matters, from its features.

Its weights are `model.json`, which `./run train` makes from recorded changes and their labels. A
head answers one question ("does it matter?") with a probability: half of the score is a weighted
sum of the features, half a sum of small trees, and a logistic curve makes it a probability.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Features = Mapping[str, float]
#: A leaf, or (feature, threshold, the tree where the feature is at most that, the other one).
Tree = float | tuple[str, float, Any, Any]

#: Scores beyond this are practically certain.
MOST = 30.0


@dataclass(frozen=True, slots=True)
class Head:
    """The model of one question: `weights` are log-odds per unit; `scale` and `shift` calibrate."""

    weights: Mapping[str, float]
    trees: tuple[Tree, ...]
    scale: float = 1.0
    shift: float = 0.0

    def probability(self, features: Features) -> float:
        """The probability of yes, from 0 to 1."""
        return self.chance(self.score(features))

    def chance(self, score: float) -> float:
        """The probability of a score."""
        odds = self.scale * score + self.shift
        return 1 / (1 + math.exp(-max(-MOST, min(MOST, odds))))

    def score(self, features: Features) -> float:
        """The uncalibrated score: positive for yes, negative for no."""
        weighed = sum(self.parts(features).values())
        return weighed + sum(_walk(tree, features) for tree in self.trees)

    def parts(self, features: Features) -> dict[str, float]:
        """The contribution of each feature to the weighted sum."""
        weights = self.weights
        return {name: weights[name] * value for name, value in features.items() if name in weights}


@dataclass(frozen=True, slots=True)
class Model:
    """The heads by name, and the probability from which each has an effect."""

    heads: Mapping[str, Head]
    thresholds: Mapping[str, float]

    def answer(self, question: str, features: Features) -> float:
        """The probability of yes. Raises KeyError for a question that was not learnt."""
        return self.heads[question].probability(features)

    def parts(self, question: str, features: Features) -> dict[str, float]:
        """The contribution of each feature in log-odds; those of trees are not included."""
        return self.heads[question].parts(features)


@cache
def packaged() -> Model:
    """The model shipped with this release."""
    return load((files("bot.understand") / "model.json").read_text("utf-8"))


def load(text: str) -> Model:
    """The model of a JSON text by `./run train`. Raises KeyError if a part is missing."""
    given = json.loads(text)
    heads = {name: head_of(head) for name, head in given["heads"].items()}
    return Model(heads, given["thresholds"])


def head_of(given: Mapping[str, Any]) -> Head:
    """A head from the JSON of `./run train`."""
    trees = tuple(_tree(tree) for tree in given["trees"])
    return Head(given["weights"], trees, given["scale"], given["shift"])


def _tree(given: Any) -> Tree:
    if not isinstance(given, list):
        return float(given)
    name, threshold, left, right = given
    return name, float(threshold), _tree(left), _tree(right)


def _walk(tree: Tree, features: Features) -> float:
    while not isinstance(tree, float):
        name, threshold, left, right = tree
        tree = left if features.get(name, 0.0) <= threshold else right
    return tree
