"""British and American English compare equal: services swap the two editions back and forth."""

from __future__ import annotations

import re
from functools import lru_cache

_RULES = (
    (re.compile(r"\b(\w{3,}?)is(e|ed|es|er|ers|ing|ation|ations|ational)\b"), r"\1iz\2"),
    (re.compile(r"\b(behavi|col|fav|hon|lab|neighb|hum|harb|vap|rum)our"), r"\1or"),
    (re.compile(r"\b(cent|theat|met|lit)re(s?)\b"), r"\1er\2"),
    (re.compile(r"\b(licen|defen|offen|preten)ce(s|d)?\b"), r"\1se\2"),
    (re.compile(r"\b(\w+?)(?:yse)(d|s)?\b"), r"\1yze\2"),
    (re.compile(r"\bprogramme"), "program"),
    (re.compile(r"\b(cancel|travel|label|model|fulfil|enrol|signal|marshal|fuel|total)l(ed|ing|er|s|ment)?\b"), r"\1\2"),
    (re.compile(r"\b(judg|acknowledg)ement"), r"\1ment"),
)
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")


def levelled(text: str) -> str:
    """Lower-case text in one spelling, "u.s.c." written as "usc"; white space becomes single spaces."""
    return " ".join(map(_level, _INITIALS.sub(lambda match: match[0].replace(".", ""), text).split()))


@lru_cache(maxsize=50_000)
def _level(word: str) -> str:
    """Policies repeat their words; each is looked at once."""
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word
