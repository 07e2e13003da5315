"""The topics of a change, by weights that `lab.train.topics` learned from labelled changes."""

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

#: So many pairs of a change are read, spread over all of them.
MAX_PAIRS = 400
#: So many headings above a sentence, the nearest, say what it is about.
HEADINGS = 2
#: How much a feature weighs for one topic beside its weight for all of them.
OWN = 0.5
COUNT_SCALE = 0.5
SIZE_SCALE = 0.3
#: Ways of reading a change whose topics are compared with each other.
_COMPARED = ("changed", "whole", "words", "words whole")

#: What terms of a type are about, whatever of them changes.
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

#: From the names of things that a topic is known by to how much of each there is.
Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """What a feature weighs, by its name; a topic at least so probable (0 to 1) is told."""

    threshold: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of a change speaks of what.

    `topics` and `concepts` are shares (0 to 1) of its words, by the way of reading, then by code.
    `times` is how many of its `pairs` speak of a topic, `kind` the type of its terms.
    """

    topics: Mapping[str, Mapping[str, float]]
    concepts: Mapping[str, Mapping[str, float]]
    times: Mapping[str, int]
    pairs: int
    kind: str


def of(pairs: Sequence[Pair], terms_type: str, limit: int = 5) -> tuple[str, ...]:
    """The topics of a change, by the pairs that make it; the most probable first.

    None is an answer.
    """
    return told(probabilities(read(pairs, terms_type), learned()), learned().threshold)[:limit]


def told(likely: Mapping[str, float], threshold: float) -> tuple[str, ...]:
    """The topics that are at least so probable, the most probable first."""
    ranked = sorted(likely, key=lambda name: -likely[name])
    return tuple(name for name in ranked if likely[name] >= threshold)


def probabilities(reading: Reading, learned: Weights) -> dict[str, float]:
    """How probable (0 to 1) each topic is."""
    found = {}
    for name in topics.TOPICS:
        of_topic = features(name, reading)
        score = sum(learned.weights.get(key, 0.0) * value for key, value in of_topic.items())
        found[name] = 1 / (1 + math.exp(-score))
    return found


@lru_cache(maxsize=1)
def learned() -> Weights:
    """The weights that come with the package."""
    text = files(__package__).joinpath("topic_weights.json").read_text("utf-8")
    return Weights(**json.loads(text))


def read(pairs: Sequence[Pair], terms_type: str) -> Reading:
    """Read a change, by the pairs that make it."""
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
    """What a topic of a change is known by: for all topics alike, and for this one."""
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
    """The topics that terms of a type are known for, or named after."""
    return {*_USUAL.get(kind, ()), *topics.meant(concepts.of_text(kind))}


def _others(shares: Mapping[str, float], topic: str) -> Iterable[float]:
    return (share for name, share in shares.items() if name != topic)


def _rank(shares: Mapping[str, float], topic: str) -> float:
    """1 for the topic of the largest share, a half for the next; 0 where it has none."""
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
    """What a sentence says, the lead of a list entry included."""
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
