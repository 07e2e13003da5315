"""What a change is about, in the words of our labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

#: A topic, how a headline says it, and the words that give it away. Order is importance to a reader.
TOPICS: dict[str, tuple[str, re.Pattern[str]]] = {
    name: (words, re.compile(pattern, re.I))
    for name, words, pattern in (
        ("ai_training", "training AI on your data",
         r"\b(?:train\w*|improv\w+|develop\w*)\b.{0,60}\b(?:AI|artificial intelligence|machine[- ]learning|models?)\b"
         r"|\b(?:AI|generative)\b.{0,40}\b(?:train\w*|models?)\b|\bKI\b.{0,60}\btrain|\bIA\b.{0,60}\bentra"),
        ("data_sharing", "sharing your data",
         r"\b(?:shar(?:e|es|ing)|disclos\w+|sell|sold|transfer\w*)\b.{0,80}\b(?:data|information|partners?|affiliates?|third part\w+)\b"),
        ("data_collection", "what is collected about you",
         r"\b(?:collect\w*|receive|gather|obtain)\b.{0,60}\b(?:data|information|contacts|location|biometric)\b"),
        ("advertising_tracking", "ads and tracking",
         r"\b(?:advertis\w+|ads?\b|personali[sz]ed ads|cookies?|pixels?|tracking|profiling)\b"),
        ("user_rights", "your rights",
         r"\b(?:right to|your rights|object to|opt[- ]?out|withdraw (?:your )?consent|legitimate interests?|legal basis)\b"),
        ("data_retention", "how long data is kept", r"\b(?:retain|retention|keep your|stored? for|delete[ds]? after)\b"),
        ("age_minors", "age and minors", r"\b(?:minors?|child(?:ren)?|teen\w*|under (?:the age of )?1[0-9]|age of|years (?:old|of age|or older)|parental)\b"),
        ("account_termination", "closing or suspending accounts",
         r"\b(?:terminat\w+|suspen\w+|disable|ban(?:ned)?|clos(?:e|ing) your account|restrict\w*)\b.{0,60}\b(?:accounts?|access|services?)\b"),
        ("payments_refunds", "prices and payments",
         r"\b(?:price|pricing|fees?|refunds?|payments?|subscriptions?|billing|invoice|payouts?|revenue)\b"),
        ("liability_arbitration", "liability and disputes",
         r"\b(?:liab\w+|arbitration|class action|indemnif\w+|warrant(?:y|ies)|disputes?)\b"),
        ("legal_entity_jurisdiction", "the company or law you deal with",
         r"\b(?:governing law|governed by|jurisdiction|controller|(?:Ireland|International) (?:Limited|Unlimited)|courts of|entering into (?:this|a) contract)\b"),
        ("political_content", "political content", r"\b(?:politic\w+|elections?|candidates?|civic|ballot)\b"),
        ("content_moderation", "what may be posted",
         r"\b(?:prohibit\w*|not allowed|don'?t (?:allow|post)|hate(?:ful)? speech|harass\w+|nudity|violen\w+|misinformation|remove content|sexual)\b"),
        ("intellectual_property", "rights in what you post",
         r"\b(?:licen[cs]e|copyright|trademarks?|intellectual property|royalt\w+)\b"),
        ("api_developers", "rules for developers", r"\b(?:API|SDK|developers?|your app|endpoints?|integration)\b"),
        ("security", "security", r"\b(?:encrypt\w+|two-factor|passkeys?|security (?:measures|incident)|vulnerabilit\w+)\b"),
    )
}  # fmt: skip


def of(texts: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The topics that most of the texts speak of, the most frequent first; none is an answer."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(name for name, (_, pattern) in TOPICS.items() if pattern.search(text))
    order = list(TOPICS)
    return tuple(sorted(counts, key=lambda name: (-counts[name], order.index(name)))[:limit])


def words(name: str) -> str:
    """A topic as a headline says it."""
    return TOPICS[name][0] if name in TOPICS else name.replace("_", " ")
