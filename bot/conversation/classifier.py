"""Which intent a sentence has: a linear model over the character n-grams of its words.

Names, places and times are masked before, so that it learns how people ask, not what for.
"""

from __future__ import annotations

import json
import math
import unicodedata
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.conversation.intents import Intent

#: The lengths of n-grams, in characters.
SHORTEST = 2
LONGEST = 5
#: So many characters of a sentence are read.
MAX_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Classifier:
    """For each n-gram a row of weights, one for each intent, in steps of `scale`."""

    intents: tuple[Intent, ...]
    shifts: tuple[float, ...]
    rows: dict[str, int]
    weights: bytes
    scale: float

    def probabilities(self, masked: str) -> dict[Intent, float]:
        """How likely each intent is, 0 to 1, together 1."""
        scores = list(self.shifts)
        counted = Counter(ngrams(masked))
        norm = math.sqrt(sum(_weight(times) ** 2 for times in counted.values())) or 1.0
        width = len(self.intents)
        for gram, times in counted.items():
            row = self.rows.get(gram)
            if row is None:
                continue
            value = _weight(times) / norm * self.scale
            start = row * width
            for place, weight in enumerate(self.weights[start : start + width]):
                scores[place] += value * (weight - 128)
        return dict(zip(self.intents, _softmax(scores), strict=True))


def ngrams(masked: str) -> Iterator[str]:
    """The character n-grams of the words of a masked sentence, and pairs of words."""
    words = folded(masked).split()
    for word in words:
        padded = f" {word} "
        for length in range(SHORTEST, LONGEST + 1):
            for start in range(len(padded) - length + 1):
                yield padded[start : start + length]
    for one, other in zip(["^", *words], [*words, "$"], strict=True):
        yield f"{one}_{other}"


def folded(text: str) -> str:
    """A sentence in small letters without marks on them; words and signs apart."""
    plain = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS].casefold().replace("ł", "l"))
    kept = (each for each in plain if not unicodedata.combining(each))
    return "".join(each if each.isalnum() or each in "<>'?" else f" {each} " for each in kept)


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
        rows={gram: row for row, gram in enumerate(data["grams"])},
        weights=b64decode(data["weights"]),
        scale=data["scale"],
    )


@cache
def packaged() -> Classifier:
    """The classifier of the package."""
    return load(files(__package__).joinpath("intents.json").read_text("utf-8"))
