"""Reasons for the model's verdict, from the features that weighed most."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from bot.verdicts import Ground

#: The most reasons given, the weightiest first.
MOST_REASONS = 3
#: The least log-odds that count as a reason.
LEAST_WEIGHT = 0.15

_CAME = r"(?:new|more)"
_WENT = r"(?:gone|less)"
#: The features behind a reason: how they begin, and the class of words they end in.
_FOR = {
    Ground.AI_TRAINING: (_CAME, r"train|model|ai|ai_generated"),
    Ground.SOLD: (_CAME, r"sell"),
    Ground.RECIPIENTS: (_CAME, r"share|recipients?|party|transfer|authority"),
    Ground.MORE_DATA: (
        _CAME,
        r"collect|use|combine|kind|sensitive|location|messages_content|payment_data|health|children_data",
    ),
    Ground.WATCHED: (
        _CAME,
        r"monitor|biometric|human_review|identity_check|government_id|automate",
    ),
    Ground.ADS: (_CAME, r"ads|track"),
    Ground.KEPT: (rf"(?:{_CAME}|{_WENT})", r"retain|duration|erase"),
    Ground.MONEY: (_CAME, r"price|renewal|refund|other money"),
    Ground.ACCOUNT: (_CAME, r"close|account|suspend_without_notice"),
    Ground.DISPUTES: (rf"(?:{_CAME}|{_WENT})", r"dispute|waiver|limitation_period|liable|law"),
    Ground.OTHER_COMPANY: (r"(?:name|more|new|gone)", r"beside entity|entity|exchanged"),
    Ground.DUTIES: (_CAME, r"must|forbid|new_obligation|harm|quota"),
    Ground.ONE_SIDED: (_CAME, r"unilateral|modal"),
    Ground.AGE: (rf"(?:{_CAME}|{_WENT})", r"age"),
    Ground.CHOICE_GONE: (_WENT, r"choose|choice|right|complain"),
    Ground.CHOICE: (_CAME, r"choose|choice|right|complain"),
    Ground.PROTECTION_GONE: (_WENT, r"protection|promise|forbid|negation|only|secure"),
    Ground.LICENCE: (_CAME, r"ip"),
    Ground.FIGURES: (r"(?:new|gone|reworded)", r"other (?:number|time)"),
    Ground.DATED: (r"change", r"announced|newly dated"),
}
#: Reasons against: patterns of the whole feature.
_AGAINST = {
    Ground.SMALL_EDIT: r"touch|small|same words|alike|same|reworded|only more|only less",
    Ground.ONLY_NAMES: r"names|only names|name|name exchanged|contact|address",
    Ground.OF_THE_PAGE: r"widget|link|\w+ nav|heading|\w+ number|\w+ label",
    Ground.EXPLAINS: (
        r"\w+ (?:example|pointer|clarify|define|update_note|moved)"
        r"|pointer|summary|instruction|notice"
    ),
    Ground.MOVED: r"\w+ stands elsewhere",
    Ground.OTHER_EDITION: r"other edition|in doubt: .*|share exchanged|flaps|returns",
}


Grouping = Callable[[str], Ground | None]


def speaking_for(parts: Mapping[str, float]) -> list[Ground]:
    """The reasons why a change matters, from each feature's contribution in log-odds."""
    return _weightiest(parts, _for)


def speaking_against(parts: Mapping[str, float]) -> list[Ground]:
    """The reasons why a change does not matter."""
    return _weightiest({name: -added for name, added in parts.items()}, _against)


def _weightiest(parts: Mapping[str, float], ground_of: Grouping) -> list[Ground]:
    total: dict[Ground, float] = {}
    for name, added in parts.items():
        reason = ground_of(name)
        if reason:
            total[reason] = total.get(reason, 0.0) + added
    ranked = sorted(total, key=lambda reason: -total[reason])
    return [reason for reason in ranked if total[reason] >= LEAST_WEIGHT][:MOST_REASONS]


@cache
def _for(name: str) -> Ground | None:
    """The reason for telling that a feature belongs to, or None."""
    for reason, (start, end) in _FOR.items():
        if re.search(rf"\b{start}\b.*\b(?:{end})$", name):
            return reason
    return None


@cache
def _against(name: str) -> Ground | None:
    for reason, pattern in _AGAINST.items():
        if re.search(rf"^(?:any |much |mean |change )(?:{pattern})$", name):
            return reason
    return None
