"""Training of the topic model, whose weights `bot.understand.topic_model` uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bot.understand import topic_model
from bot.understand.diff import Pair
from bot.understand.topic_model import Features, Reading, Weights
from bot.understand.topics import TOPICS

#: The inverse regularisation of the weights.
STRENGTH = 0.3
#: The number of groups of examples; each is predicted by a model of the others.
PARTS = 10
#: The fewest examples with a feature.
LEAST_EXAMPLES = 3
#: The decimals of weights.
DIGITS = 3
#: The thresholds that are tried, in hundredths.
THRESHOLDS = range(15, 60)


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled change: its pairs, and the topics that somebody assigned.

    `owner` is the company of the service, all of whose services share a group. `judged` says that
    the result is measured by it.
    """

    pairs: Sequence[Pair]
    terms_type: str
    topics: frozenset[str]
    owner: str
    collection: str = ""
    judged: bool = True


@dataclass(frozen=True, slots=True)
class _Read:
    """An example with its reading and features, computed once for all models."""

    example: Example
    reading: Reading
    features: dict[str, Features]


def train(examples: Sequence[Example]) -> Weights:
    """The weights of all examples, and the threshold that is best for left-out examples.

    The order of the examples does not matter. Raises ValueError if there are too few: both labels
    must occur.
    """
    known = _read(examples)
    return _trained(known)


def left_out(
    examples: Sequence[Example], part_of: Callable[[Example], str] | None = None
) -> Iterator[tuple[Example, tuple[str, ...]]]:
    """Each example with the topics found by a model that has not seen its owner.

    With `part_of`, nor its group, for example its collection. The thresholds are also set without
    the example.
    """
    known = _read(examples)
    for part in _parts(known, part_of):
        owners = {read.example.owner for read in part}
        others = [read for read in known if read.example.owner not in owners]
        weights = _trained(others)
        for read in part:
            likely = topic_model.probabilities(read.reading, weights)
            yield read.example, topic_model.told(likely, weights.threshold)


def agreement(found: Sequence[tuple[Example, tuple[str, ...]]]) -> float:
    """F1 (0 to 1) over all topics of the judged examples."""
    right = told = true = 0
    for example, topics in found:
        if example.judged:
            right += len(example.topics.intersection(topics))
            told += len(topics)
            true += len(example.topics)
    return 2 * right / max(told + true, 1)


def _read(examples: Sequence[Example]) -> list[_Read]:
    """Examples with their features, in an order that does not depend on theirs."""
    known = []
    for example in examples:
        reading = topic_model.read(example.pairs, example.terms_type)
        features = {topic: topic_model.features(topic, reading) for topic in TOPICS}
        known.append(_Read(example, reading, features))
    return sorted(known, key=lambda read: (read.example.owner, repr(read.features)))


def _trained(known: Sequence[_Read]) -> Weights:
    """The weights of examples, with the best threshold by cross-validation."""
    likely: list[tuple[_Read, dict[str, float]]] = []
    for part in _parts(known):
        owners = {read.example.owner for read in part}
        others = [read for read in known if read.example.owner not in owners]
        weights = Weights(0.0, _fit(others))
        for read in part:
            likely.append((read, topic_model.probabilities(read.reading, weights)))
    return Weights(_best_threshold(likely), _fit(known))


def _fit(known: Sequence[_Read]) -> dict[str, float]:
    """The weight of each feature, sorted by name."""
    rows = []
    answers = []
    for read in known:
        for topic in TOPICS:
            rows.append(read.features[topic])
            answers.append(topic in read.example.topics)
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    often = matrix.getnnz(axis=0) >= LEAST_EXAMPLES
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=2_000, fit_intercept=False)
    model.fit(matrix[:, often], answers)
    names = vectorizer.get_feature_names_out()[often]
    weights = zip(names, model.coef_[0], strict=True)
    rounded = {str(name): round(float(weight), DIGITS) for name, weight in weights}
    return {name: weight for name, weight in rounded.items() if weight}


def _best_threshold(likely: Sequence[tuple[_Read, dict[str, float]]]) -> float:
    """The threshold at which told topics agree best with the labels."""
    best = (0.0, 0.0)
    for hundredths in THRESHOLDS:
        threshold = hundredths / 100
        found = [(read.example, topic_model.told(odds, threshold)) for read, odds in likely]
        best = max(best, (agreement(found), threshold))
    return best[1]


def _parts(
    known: Sequence[_Read], part_of: Callable[[Example], str] | None = None
) -> Iterator[list[_Read]]:
    """Groups of examples, by `part_of`, or else of about equal size without splitting an owner.

    The largest owners are assigned first, each to the smallest group.
    """
    if part_of:
        ordered = sorted(known, key=lambda read: part_of(read.example))
        for _, part in groupby(ordered, key=lambda read: part_of(read.example)):
            yield list(part)
        return
    by_owner: dict[str, list[_Read]] = {}
    for read in known:
        by_owner.setdefault(read.example.owner, []).append(read)
    parts: list[list[_Read]] = [[] for _ in range(PARTS)]
    for owner in sorted(by_owner, key=lambda name: (-len(by_owner[name]), name)):
        min(parts, key=len).extend(by_owner[owner])
    yield from filter(None, parts)
