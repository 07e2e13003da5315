"""The kinds of documents that a chat can choose among, and the kind of each terms type."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """A kind of documents, as people tell them apart. A chat can choose some for a service."""

    PRIVACY = "privacy"
    TERMS = "terms"
    COMMUNITY = "community"
    PRICES = "prices"
    BUSINESS = "business"
    OTHER = "other"


#: By words of a terms type, in this order: what is for few comes first, so that "Business Privacy
#: Policy" is for businesses. Collections have types beyond the published list, so all have words.
_WORDS = {
    Kind.OTHER: r"law enforcement|imprint|accessib|whistle|vulnerab|human rights|corrupt|complaint",
    Kind.BUSINESS: (
        r"business|commercial|developer|\bapi\b|seller|merchant|vendor|partner|affiliate|\bads?\b"
        r"|advertis|publisher|moneti[sz]|brand|mediation|process(or|ing)|controller|service level"
        r"|user consent|enterprise|reseller"
    ),
    Kind.COMMUNITY: (
        r"community|guideline|content|conduct|acceptable|restricted|copyright|\blive\b|editorial"
        r"|moderat|rules"
    ),
    Kind.PRIVACY: r"privacy|tracker|cookie|\bdata\b|personal information",
    Kind.PRICES: (
        r"\bsales?\b|buyer|purchas|pric(e|ing)|payment|refund|billing|subscription|\bfees?\b"
        r"|carriage|delivery|shipping|return|warranty"
    ),
    Kind.TERMS: r"terms|conditions|agreement|contract|licen[cs]e|single sign-on",
}
_PATTERNS = {kind: re.compile(words, re.I) for kind, words in _WORDS.items()}


def kind_of(terms_type: str) -> Kind:
    """The kind of one terms type, as Open Terms Archive names it."""
    for kind, pattern in _PATTERNS.items():
        if pattern.search(terms_type):
            return kind
    return Kind.OTHER


def kinds_of(terms_types: str) -> frozenset[Kind]:
    """The kinds of what a change is about: one terms type or several, with commas between.

    Empty where it names none.
    """
    named = filter(None, map(str.strip, terms_types.split(",")))
    return frozenset(map(kind_of, named))
