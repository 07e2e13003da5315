"""The topic model of a change, with weights learned from labelled changes (`lab.train.topics`)."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from bot.understand import concepts, topics
from bot.understand.diff import Pair, words_apart
from bot.understand.text import Sentence

#: The most pairs of a change that are read, spread over all of them.
MAX_PAIRS = 400
#: The number of headings above a sentence, the nearest, that say what it is about.
HEADINGS = 2
#: The weight of a feature for one topic relative to its weight for all topics.
OWN = 0.5
COUNT_SCALE = 0.5
SIZE_SCALE = 0.3
#: Ways of reading a change in which its topics are compared with each other.
_COMPARED = ("changed", "whole", "words", "words whole")

#: The usual topics of a terms type, whatever changes in it.
_USUAL: dict[str, tuple[str, ...]] = {
    "Acceptable Use Policy": ("content_moderation",),
    "Advertising Content Policy": ("advertising_tracking", "content_moderation"),
    "Affiliate Agreement": ("payments_refunds",),
    "Brand Guidelines": ("intellectual_property",),
    "Commercial Terms": ("payments_refunds",),
    "Community Guidelines": ("content_moderation",),
    "Complaints Policy": ("user_rights",),
    "Content Monetisation Policy": ("payments_refunds",),
    "Copyright Claims Policy": ("intellectual_property",),
    "Data Controller Agreement": ("data_sharing",),
    "Data Processor Agreement": ("data_sharing",),
    "Developer Terms": ("api_developers",),
    "Editorial Policy": ("content_moderation",),
    "General Conditions of Sale": ("payments_refunds",),
    "Imprint": ("legal_entity_jurisdiction",),
    "In-App Purchases Policy": ("payments_refunds",),
    "Law Enforcement Guidelines": ("data_sharing",),
    "Marketplace Sellers Conditions": ("payments_refunds", "content_moderation"),
    "Privacy Policy": ("data_collection", "data_sharing"),
    "Quality Guidelines": ("content_moderation",),
    "Review Guidelines": ("content_moderation", "api_developers"),
    "Trackers Policy": ("advertising_tracking",),
    "User Consent Policy": ("user_rights", "advertising_tracking"),
}

#: The features of a topic: an amount by name.
Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of features by name, and the least probability of a topic that is told."""

    threshold: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """The shares of a change about each topic and concept.

    `topics` and `concepts` are shares (0 to 1) of its words, by way of reading, then by code.
    `times` is the number of its `pairs` about each topic, `kind` its terms type.
    """

    topics: Mapping[str, Mapping[str, float]]
    concepts: Mapping[str, Mapping[str, float]]
    times: Mapping[str, int]
    pairs: int
    kind: str


def of(pairs: Sequence[Pair], terms_type: str, limit: int = 5) -> tuple[str, ...]:
    """The topics of a change, by its pairs, the most probable first; possibly none."""
    return told(probabilities(read(pairs, terms_type), learned()), learned().threshold)[:limit]


def told(likely: Mapping[str, float], threshold: float) -> tuple[str, ...]:
    """The topics with at least the threshold's probability, the most probable first."""
    ranked = sorted(likely, key=lambda name: -likely[name])
    return tuple(name for name in ranked if likely[name] >= threshold)


def probabilities(reading: Reading, learned: Weights) -> dict[str, float]:
    """The probability (0 to 1) of each topic."""
    found = {}
    for name in topics.TOPICS:
        of_topic = features(name, reading)
        score = sum(learned.weights.get(key, 0.0) * value for key, value in of_topic.items())
        found[name] = 1 / (1 + math.exp(-score))
    return found


@lru_cache(maxsize=1)
def learned() -> Weights:
    """The weights shipped with the package."""
    text = files(__package__).joinpath("topic_weights.json").read_text("utf-8")
    return Weights(**json.loads(text))


def read(pairs: Sequence[Pair], terms_type: str) -> Reading:
    """The reading of a change from its pairs."""
    counts: dict[str, Counter[str]] = {}
    meanings: dict[str, Counter[str]] = {}
    times: Counter[str] = Counter()
    words = 0
    for pair in pairs[:: 1 + len(pairs) // MAX_PAIRS]:
        changed = _changed(pair)
        weight = max(min(len(changed.split()), topics.MAX_WEIGHT_WORDS), 1)
        words += weight
        texts = {
            "changed": changed,
            "whole": _said(pair.newest),
            "section": " ".join(pair.newest.section.split(" › ")[-HEADINGS:]),
        }
        for way, text in texts.items():
            codes = concepts.of_text(text)
            _add(meanings, way, codes & topics.CONCEPTS, weight)
            _add(counts, way, topics.meant(codes), weight)
        _add(counts, "words", topics.worded(changed), weight)
        _add(counts, "words whole", topics.worded(texts["whole"]), weight)
        times.update(topics.meant(concepts.of_text(texts["whole"])))
    kind = terms_type.partition(" - ")[0]
    return Reading(_shares(counts, words), _shares(meanings, words), times, len(pairs), kind)


def features(topic: str, reading: Reading) -> Features:
    """The features of one topic in a change, under names for all topics and for this one."""
    found: Features = {}
    for way, shares in reading.topics.items():
        share = shares.get(topic, 0.0)
        found[way] = share
        found[f"{way} root"] = math.sqrt(share)
        found[f"{way} any"] = float(share > 0)
        if way in _COMPARED:
            found[f"{way} lead"] = share - max(_others(shares, topic), default=0.0)
            found[f"{way} rank"] = _rank(shares, topic)
    found["times"] = COUNT_SCALE * math.log1p(reading.times.get(topic, 0))
    found["size"] = SIZE_SCALE * math.log1p(reading.pairs)
    found["usual"] = float(topic in _usual(reading.kind))
    found = {name: value for name, value in found.items() if value}
    own = {f"{topic} {name}": OWN * value for name, value in found.items()}
    own[topic] = 1.0
    own[f"{topic} in {reading.kind}"] = 1.0
    for way, shares in reading.concepts.items():
        for code, share in shares.items():
            own[f"{topic} {way} {code}"] = OWN * math.sqrt(share)
    return found | own


def _usual(kind: str) -> Collection[str]:
    """The usual topics of a terms type, or those in its name."""
    return {*_USUAL.get(kind, ()), *topics.meant(concepts.of_text(kind))}


def _others(shares: Mapping[str, float], topic: str) -> Iterable[float]:
    return (share for name, share in shares.items() if name != topic)


def _rank(shares: Mapping[str, float], topic: str) -> float:
    """The reciprocal rank of a topic by share: 1, a half, and so on; 0 if it has no share."""
    share = shares.get(topic, 0.0)
    if not share:
        return 0.0
    return 1 / (1 + sum(other > share for other in shares.values()))


def _changed(pair: Pair) -> str:
    """The words that only one side of a pair has."""
    before, after = pair.texts
    if not before or not after:
        return before or after
    lost, came = words_apart(before, after)
    return " ".join([*lost, *came])


def _said(sentence: Sentence) -> str:
    """A sentence, with the lead of a list entry."""
    if sentence.fragment:
        return f"{sentence.lead} {sentence.text}"
    return sentence.text


def _add(to: dict[str, Counter[str]], way: str, found: Iterable[str], weight: int) -> None:
    counter = to.setdefault(way, Counter())
    for name in found:
        counter[name] += weight


def _shares(counts: Mapping[str, Mapping[str, int]], words: int) -> dict[str, dict[str, float]]:
    return {way: _share(there, max(words, 1)) for way, there in counts.items()}


def _share(there: Mapping[str, int], words: int) -> dict[str, float]:
    return {name: there[name] / words for name in sorted(there)}
