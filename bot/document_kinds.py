"""The kinds of documents a chat can choose from, and the mapping of terms types to them."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """A kind of document, as people tell them apart. A chat can choose some for a service."""

    PRIVACY = "privacy"
    TERMS = "terms"
    COMMUNITY = "community"
    PRICES = "prices"
    BUSINESS = "business"
    OTHER = "other"


#: Patterns over the words of a terms type, in this order: kinds for few readers come first, so that
#: "Business Privacy Policy" is for businesses. Collections also use types that are not on OTA's
#: published list, so patterns cover words, not names.
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
    """The kinds of the documents that a change is about; empty if `terms_types` names none.

    `terms_types` is one terms type, or several separated by commas.
    """
    named = filter(None, map(str.strip, terms_types.split(",")))
    return frozenset(map(kind_of, named))
