"""Fitting of a head: a logistic regression and boosted trees, side by side, then calibrated.

Everything is seeded and rounded: the same examples give the same weights, byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

Features = Mapping[str, float]
Weights = dict[str, Any]

#: The fewest examples with a feature; rarer ones would be overfitted.
LEAST_EXAMPLES = 5
#: Hashed words need more.
LEAST_FOR_WORDS = 8
WORDS = "word "
#: Regularisation of the weights; words are scaled down further.
INVERSE_PENALTY = 0.1
WORD_SCALE = 0.3
TREES = 150
DEPTH = 3
PACE = 0.05
SEED = 16
DIGITS = 4


class Columns:
    """The features of examples as a matrix; names that are too rare have no column."""

    def __init__(self, examples: Sequence[Features], words: bool) -> None:
        seen = Counter(name for features in examples for name in features)
        kept = [name for name, count in seen.items() if count >= _least(name)]
        self.names = sorted(name for name in kept if words or not name.startswith(WORDS))
        self._places = {name: place for place, name in enumerate(self.names)}

    def matrix(self, examples: Sequence[Features]) -> sparse.csr_matrix:
        """The matrix, with a row per example and a column per name."""
        rows, columns, values = [], [], []
        for row, features in enumerate(examples):
            for name, value in sorted(features.items()):
                column = self._places.get(name)
                if column is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append(value * scale_of(name))
        shape = (len(examples), len(self.names))
        return sparse.csr_matrix((values, (rows, columns)), shape=shape)


def scale_of(name: str) -> float:
    """The scale of a feature before learning."""
    return WORD_SCALE if name.startswith(WORDS) else 1.0


def head(examples: Sequence[Features], answers: Sequence[bool], counts: Sequence[float]) -> Weights:
    """The weights of a head before calibration, as `bot.understand.model` reads them.

    `counts` is the weight of each example.
    """
    right = np.array(answers, dtype=int)
    return {
        "weights": _linear(examples, right, counts),
        "trees": _trees(examples, right, counts),
        "scale": 1.0,
        "shift": 0.0,
    }


def calibrated(scores: Sequence[float], answers: Sequence[bool]) -> tuple[float, float]:
    """The scale and shift that turn scores of unseen examples into log-odds."""
    column = np.array(scores).reshape(-1, 1)
    fitted = LogisticRegression(C=1e6).fit(column, np.array(answers, dtype=int))
    return round(float(fitted.coef_[0, 0]), DIGITS), round(float(fitted.intercept_[0]), DIGITS)


def _least(name: str) -> int:
    return LEAST_FOR_WORDS if name.startswith(WORDS) else LEAST_EXAMPLES


def _linear(examples: Sequence[Features], right: Any, counts: Sequence[float]) -> dict[str, float]:
    columns = Columns(examples, words=True)
    fitted = LogisticRegression(C=INVERSE_PENALTY, max_iter=3_000, class_weight="balanced")
    fitted.fit(columns.matrix(examples), right, sample_weight=counts)
    weights = {}
    for name, weight in zip(columns.names, fitted.coef_[0], strict=True):
        rounded = round(float(weight) * scale_of(name) / 2, DIGITS)
        if rounded:
            weights[name] = rounded
    return weights


def _trees(examples: Sequence[Features], right: Any, counts: Sequence[float]) -> list[Any]:
    columns = Columns(examples, words=False)
    fitted = GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=PACE,
        subsample=0.6,
        max_features=0.1,
        min_samples_leaf=5,
        random_state=SEED,
    )
    matrix = columns.matrix(examples).toarray()
    fitted.fit(matrix, right, sample_weight=counts)
    return [_branch(grown.tree_, columns.names, 0) for grown in fitted.estimators_[:, 0]]


def _branch(tree: Any, names: Sequence[str], node: int) -> Any:
    """A tree as nested lists; its leaves are halved, because two models share the score."""
    left, right = tree.children_left[node], tree.children_right[node]
    if left == right:
        return round(float(tree.value[node][0, 0]) * PACE / 2, DIGITS)
    name = names[tree.feature[node]]
    threshold = round(float(tree.threshold[node]), DIGITS)
    return [name, threshold, _branch(tree, names, left), _branch(tree, names, right)]
