"""The ranking of a change's passages by how much they carry it: a weighted sum of traits.

The weights are `telling.json`, which `./run train` learns from quotes that people chose.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from bot.understand import boilerplate, topics
from bot.understand.diff import Pair, differing_words
from bot.understand.text import Sentence
from bot.understand.traits import Place, Traits, of_pair

#: The number of added or removed words beyond which more count no further.
MANY_WORDS = 60
#: How much people want to hear about a topic; in comparison, a trait weighs a tenth to one.
TOPICS = {
    "ai_training": 0.9,
    "data_sharing": 0.6,
    "advertising_tracking": 0.6,
    "data_collection": 0.45,
    "payments_refunds": 0.3,
    "account_termination": 0.3,
    "liability_arbitration": 0.3,
    "data_retention": 0.3,
    "age_minors": 0.3,
}
#: The topics within these first characters count twice as much as those of the rest.
FIRST_WORDS_CHARACTERS = 110
#: The most topics of a passage that count.
MOST_TOPICS = 3
#: Fewer words are no sentence.
LEAST_WORDS = 5
#: The number of passages that count as the first of a change.
FIRST = 3


def ranked(
    pairs: Sequence[Pair], place: Place, weights: Mapping[str, float] | None = None
) -> list[Pair]:
    """The distinct pairs of a change, the most telling first.

    `weights` replace the packaged ones.
    """
    known = packaged() if weights is None else weights
    scored = zip(of_change(pairs, place), pairs, strict=True)
    return in_order((score(traits, known), pair) for traits, pair in scored)


def in_order(scored: Iterable[tuple[float, Pair]]) -> list[Pair]:
    """Pairs by score; those that are no sentences come last."""
    ordered = sorted(
        scored, key=lambda each: (not _speaks(each[1].newest), -each[0] - _concern(each[1]))
    )
    return list({pair.texts: pair for _, pair in ordered}.values())


def of_change(pairs: Sequence[Pair], place: Place) -> list[Traits]:
    """The traits of each pair of a change, relative to the others."""
    words = [tuple(map(len, differing_words(pair))) for pair in pairs]
    most = max((went + came for went, came in words), default=0) or 1
    found: list[Traits] = []
    for number, (pair, (went, came)) in enumerate(zip(pairs, words, strict=True)):
        traits = of_pair(pair, place)
        traits["words came"] = min(came, MANY_WORDS) / (MANY_WORDS / 2)
        traits["words went"] = min(went, MANY_WORDS) / (MANY_WORDS / 2)
        traits["share of most"] = (went + came) / most
        traits.update(_place(pair, number, len(pairs)))
        found.append(traits)
    return found


def score(traits: Traits, weights: Mapping[str, float]) -> float:
    """How much a pair carries its change, relative to the others."""
    return sum(weights[name] * value for name, value in traits.items() if name in weights)


def _concern(pair: Pair) -> float:
    """How much people want to hear about the topics of a pair."""
    text = pair.newest.text
    return max(_weight(text[:FIRST_WORDS_CHARACTERS]), _weight(text) / 2)


def _weight(text: str) -> float:
    about = topics.of([text], limit=MOST_TOPICS)
    return max((TOPICS.get(topic, 0.0) for topic in about), default=0.0)


def _speaks(side: Sentence) -> bool:
    """Whether a side says something alone: it is no heading, table cell or mere date."""
    if side.only_link or boilerplate.notice(side.text):
        return False
    if side.section.endswith(side.text) and side.section:
        return False
    return bool(side.lead) or side.words >= LEAST_WORDS


@cache
def packaged() -> Mapping[str, float]:
    """The weights shipped with this release."""
    text = files("bot.understand").joinpath("telling.json").read_text("utf-8")
    weights: dict[str, float] = json.loads(text)
    return weights


def _place(pair: Pair, number: int, count: int) -> Iterator[tuple[str, float]]:
    """The position of a pair among the others."""
    yield "log length", math.log1p(len(pair.newest.text)) / 5
    yield "first", number == 0
    yield "early", number < FIRST
    yield "position", number / max(1, count - 1)
    yield "alone among few", 1 / count
