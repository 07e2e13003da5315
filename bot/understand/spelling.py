"""Normalised spelling: British and American English alike, and "seven" like "7".

Services switch between such editions; texts that differ only in this compare equal.
"""

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
    (
        re.compile(
            r"\b(cancel|travel|label|model|fulfil|enrol|signal|marshal|fuel|total)l(ed|ing|er|s|"
            r"ment)?\b"
        ),
        r"\1\2",
    ),
    (re.compile(r"\b(judg|acknowledg)ement"), r"\1ment"),
)
#: Words that end in -ise in both spellings.
_ALWAYS_ISE = re.compile(
    r"^(?:ad(?:vise|vertise)|(?:other|like|clock)?wise|exercise|promise|raise|precise|"
    r"com(?:prise|promise)|su(?:pervise|rprise)|re(?:vise|prise)|disguise|"
    r"franchise|enterprise|merchandise|televise|improvise|a?rise|noise|expertise|premise|devise"
    r"|praise|cruise|bruise|demise|excise|concise|apprise|incise)"
)
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve".split(), 2
    )
}
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")


def levelled(text: str) -> str:
    """Lower-case text in one spelling, "u.s.c." written as "usc", with single spaces."""
    without_stops = _INITIALS.sub(lambda match: match[0].replace(".", ""), text)
    return " ".join(map(_level, without_stops.split()))


@lru_cache(maxsize=50_000)
def _level(word: str) -> str:
    """A word in one spelling. Cached: policies repeat their words."""
    if _ALWAYS_ISE.match(word.replace("ising", "ise").replace("isation", "ise")):
        return word
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return _NUMBERS.get(word, word)


def british(text: str) -> int:
    """The number of words spelled in a way that is only British."""
    words = [word for word in text.casefold().split() if word not in _NUMBERS]
    return sum(_level(word) != word for word in words)
