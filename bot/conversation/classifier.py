"""Intent classification: a linear model over a sentence's words and what they are about.

Names, places and times are masked first, so that it learns how people ask, not what for.
"""

from __future__ import annotations

import json
import math
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise, product

from bot.conversation.intents import Intent
from bot.conversation.vocabulary import about, folded

#: The lengths of character n-grams.
SHORTEST = 3
LONGEST = 4


@dataclass(frozen=True, slots=True)
class Classifier:
    """A linear model: for each feature a row of weights, one for each intent, in steps of `scale`.

    `words` are the words of the training sentences, in lower case.
    """

    intents: tuple[Intent, ...]
    shifts: tuple[float, ...]
    rows: dict[str, int]
    weights: bytes
    scale: float
    words: frozenset[str]

    def probabilities(self, masked: str) -> dict[Intent, float]:
        """The probability of each intent; together they are 1."""
        scores = list(self.shifts)
        counted = Counter(traits(masked))
        norm = math.sqrt(sum(_weight(times) ** 2 for times in counted.values())) or 1.0
        width = len(self.intents)
        for trait, times in counted.items():
            row = self.rows.get(trait)
            if row is None:
                continue
            value = _weight(times) / norm * self.scale
            start = row * width
            for place, weight in enumerate(self.weights[start : start + width]):
                scores[place] += value * (weight - 128)
        return dict(zip(self.intents, _softmax(scores), strict=True))


def traits(masked: str) -> Iterator[str]:
    """The features of a masked sentence: n-grams of its words, word pairs, and concepts.

    Concepts are shared by all languages: `#delete`, `#delete+#me` for two in the same sentence,
    `#delete>#me` for one that follows the other.
    """
    words = folded(masked).split()
    for word in words:
        yield f"={word}"
        yield from _ngrams(word)
    for one, other in pairwise(["^", *words, "$"]):
        yield f"{one}_{other}"
    yield from _concepts(words)


def _ngrams(word: str) -> Iterator[str]:
    padded = f" {word} "
    for length in range(SHORTEST, LONGEST + 1):
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]


def _concepts(words: Sequence[str]) -> Iterator[str]:
    in_turn = [(word,) if word.startswith("<") else about(word, "concepts") for word in words]
    named = sorted({each for concepts in in_turn for each in concepts})
    for concept in named:
        yield f"#{concept}"
    for one, other in combinations(named, 2):
        yield f"#{one}+#{other}"
    for ones, others in pairwise([("^",), *filter(None, in_turn), ("$",)]):
        for one, other in product(ones, others):
            yield f"#{one}>#{other}"


def _weight(times: int) -> float:
    return 1.0 + math.log(times)


def _softmax(scores: list[float]) -> list[float]:
    top = max(scores)
    exponents = [math.exp(score - top) for score in scores]
    total = sum(exponents)
    return [each / total for each in exponents]


def load(text: str) -> Classifier:
    """The classifier that `lab.train.sentences` wrote as JSON."""
    data = json.loads(text)
    return Classifier(
        intents=tuple(map(Intent, data["intents"])),
        shifts=tuple(data["shifts"]),
        rows={trait: row for row, trait in enumerate(data["traits"])},
        weights=b64decode(data["weights"]),
        scale=data["scale"],
        words=frozenset(data["words"].split()),
    )


@cache
def packaged() -> Classifier:
    """The classifier shipped with the package."""
    return load(files(__package__).joinpath("intents.json").read_text("utf-8"))
