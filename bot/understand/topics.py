"""The topics of a change, and the words that indicate them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import chain

from bot.understand import concepts

#: The most words of a sentence that count; a longer one is no more about its topics.
MAX_WEIGHT_WORDS = 30

#: The English words that indicate each topic, the most important topic first.
_ENGLISH = {
    "ai_training": (
        r"\b(?:train\w*|improv\w+|develop\w*)\b.{0,60}\b(?:AI|artificial intelligence|"
        r"machine[- ]learning|(?:language|foundation|AI) models?)\b|\btrain\w*\b.{0,40}\bmodels?\b|"
        r"\bscrap(?:e|ing)\b.{0,80}\bAI\b|\bAI\b.{0,40}\bscrap(?:e|ing)\b"
        r"|\b(?:AI|generative)\b.{0,40}\b(?:train\w*|models?)\b|\bKI\b.{0,60}\btrain"
        r"|\bIA\b.{0,60}\bentra"
    ),
    "data_sharing": (
        r"\b(?:shar(?:e|es|ing)|disclos\w+|sell|sold|transfer\w*)\b.{0,80}\b(?:data|information|"
        r"partners?|affiliates?|third part\w+)\b"
    ),
    "data_collection": (
        r"\b(?:collect\w*|receive|gather|obtain|analy[sz]e|infer)\b.{0,60}\b(?:data|information|"
        r"contacts|location|biometric)\b|\b(?:data|information) (?:about|from) you\b|"
        r"\bsensitive (?:information|data|permissions)\b"
    ),
    "advertising_tracking": (
        r"\b(?:advertis\w+|ads?\b|personali[sz]ed ads|cookies?|pixels?|tracking|profiling)\b"
    ),
    "user_rights": (
        r"\b(?:right to|your rights|object to|opt(?:ed|ing|s)?[- ]?out|withdraw (?:your )?consent|"
        r"legitimate interests?|legal basis|appeal\w*|complain\w*|mediation|out-of-court|consent)\b"
    ),
    "data_retention": (
        r"\b(?:retain\w*|retention|keep your|stored? for|delete[ds]? after|cach(?:e|ing)|"
        r"how long)\b"
    ),
    "age_minors": (
        r"\b(?:minors?|child(?:ren)?(?:[’']s)?|teen\w*|under (?:the age of )?1[0-9]|age of|"
        r"(?:1[0-9]|2[01]) years|years (?:old|of age|or older)|parental"
        r"|age[- ](?:appropriate|restrict\w+|verif\w+|assurance|signals?)|legal age)\b"
    ),
    "account_termination": (
        r"\b(?:terminat\w+|suspen\w+|disabl\w+|ban(?:ned)?|clos(?:e|ing) your account|revoke\w*|"
        r"disqualif\w+|blocked?|deactivat\w+)\b.{0,60}\b(?:accounts?|access|services?|programs?"
        r"|users?|participat\w+|members?|eligib\w+)\b|"
        r"\b(?:accounts?|access|merchant|seller|member)\b.{0,40}\b(?:terminat\w+|suspen\w+|"
        r"disabled|banned|revoked|closed|disqualif\w+)\b|\bsuspen(?:ded|sion)\b|"
        r"\bcancel\w* (?:\w+ ){0,3}orders?\b"
    ),
    "payments_refunds": (
        r"\b(?:prices?|pricing|fees?|refund\w*|payments?|paid|subscriptions?|billing|invoice|"
        r"payouts?|revenue|commissions?|earn(?:s|ings?)?|monetiz\w+|monetis\w+|bonus(?:es)?"
        r"|returns? (?:policy|costs?|shipping)|purchas\w+)\b"
    ),
    "liability_arbitration": (
        r"\b(?:liab\w+|arbitration|class action|indemnif\w+|warrant(?:y|ies)|disputes?|disclaim\w*|"
        r"as is|at your own risk)\b"
    ),
    "legal_entity_jurisdiction": (
        r"\b(?:governing law|governed by|jurisdiction|controller|"
        r"(?:Ireland|International) (?:Limited|Unlimited)|agreement between you and|courts of"
        r"|entering into (?:this|a) contract)\b"
    ),
    "political_content": (
        r"\b(?:politic\w+|elections?|voters?|voting (?:behaviou?r|rights|process)|referend\w+|"
        r"civic|ballot)\b"
    ),
    "content_moderation": (
        r"\b(?:prohibit\w*|not allowed|don'?t (?:allow|post)|hate(?:ful)? speech|harass\w+|nudity|"
        r"violen\w+|misinformation|remove content|sexual)\b"
    ),
    "intellectual_property": (
        r"\b(?:licen[cs]e|copyright|trademarks?|intellectual property|royalt\w+)\b"
    ),
    "api_developers": (
        r"\b(?:APIs?|SDKs?|developers?|your apps?|endpoints?|automated (?:data collection|means)|"
        r"scrap(?:e|ing))\b"
    ),
    "security": (
        r"\b(?:encrypt\w+|two-factor|passkeys?|security (?:measures|incident)|vulnerabilit\w+)\b"
    ),
}
#: The topics, the most important to a reader first, with patterns of their English words.
TOPICS: dict[str, re.Pattern[str]] = {
    topic: re.compile(words, re.I) for topic, words in _ENGLISH.items()
}

#: The concepts of each topic: several sets of codes of `concepts.toml`, one of which must all be
#: meant in one sentence, in any of the eight languages.
_MEANINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "ai_training": (
        ("ai", "train"),
        ("train", "model"),
        ("ai", "improve"),
        ("ai", "model"),
        ("ai", "collect", "data"),
    ),
    "data_sharing": (("share", "data"), ("share", "party"), ("share", "kind"), ("party", "data")),
    "data_collection": (("collect", "data"), ("collect", "kind"), ("data", "kind")),
    "advertising_tracking": (("ads",), ("track",)),
    "user_rights": (("choose",), ("complain",), ("right", "data")),
    "data_retention": (("retain",), ("erase", "duration")),
    "age_minors": (("age",),),
    "account_termination": (("account", "close"),),
    "payments_refunds": (("price",),),
    "liability_arbitration": (("liable",), ("dispute",)),
    "legal_entity_jurisdiction": (("law",), ("entity",)),
    "political_content": (("politics",),),
    "content_moderation": (("harm",), ("forbid", "post")),
    "intellectual_property": (("ip",),),
    "api_developers": (("dev",),),
    "security": (("secure",),),
}
#: The concepts that hint at each topic,
_HINTS = {topic: frozenset(chain.from_iterable(ways)) for topic, ways in _MEANINGS.items()}
#: and all concepts that distinguish topics.
CONCEPTS = frozenset(chain.from_iterable(_HINTS.values()))

#: The least share of the changed words that must be about a topic with rare, unambiguous words,
_RARE = 0.03
#: about most topics,
_USUAL = 0.1
#: and about topics whose words are in every policy.
_COMMON = 0.3
_SHARES = {
    **dict.fromkeys(TOPICS, _USUAL),
    **dict.fromkeys(
        ("ai_training", "age_minors", "account_termination", "legal_entity_jurisdiction"), _RARE
    ),
    **dict.fromkeys(("advertising_tracking", "content_moderation", "security"), _COMMON),
}


def of(texts: Iterable[str], limit: int = 5) -> tuple[str, ...]:
    """The topics of texts, the largest share first; possibly none."""
    counts: Counter[str] = Counter()
    words = 0
    for text in texts:
        weight = min(len(text.split()), MAX_WEIGHT_WORDS)
        words += weight
        counts.update(dict.fromkeys(spoken_of(text), weight))
    order = list(TOPICS)
    spoken = [name for name in counts if counts[name] >= _SHARES[name] * words]
    ranked = sorted(spoken, key=lambda name: (-counts[name] / _SHARES[name], order.index(name)))
    return tuple(ranked[:limit])


@lru_cache(maxsize=2_000)
def spoken_of(text: str) -> tuple[str, ...]:
    """The topics that a text mentions. Cached: callers ask about a sentence twice."""
    found = {*worded(text), *meant(concepts.of_text(text))}
    return tuple(name for name in TOPICS if name in found)


@lru_cache(maxsize=2_000)
def worded(text: str) -> tuple[str, ...]:
    """The topics of which a text has English words, near each other as in terms.

    Only topics hinted at by a concept are searched for, because searching is slow.
    """
    codes = concepts.of_text(text)
    found = []
    for name, pattern in TOPICS.items():
        if not codes.isdisjoint(_HINTS[name]) and pattern.search(text):
            found.append(name)
    return tuple(found)


def meant(codes: Collection[str]) -> tuple[str, ...]:
    """The topics given by the concepts of one sentence."""
    found = []
    for name, ways in _MEANINGS.items():
        if any(all(code in codes for code in way) for way in ways):
            found.append(name)
    return tuple(found)
