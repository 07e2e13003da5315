"""Whom a text concerns: the countries that a sentence names or excludes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot import regions
from bot.model import Area
from bot.regions import EUROPE, all_countries
from bot.understand import spotting
from bot.understand.spotting import Place, places, vague
from bot.understand.text import Sentence

_OUTSIDE = re.compile(
    r"\b(?:outside(?:\s+of)?|other than|except(?:\s+(?:in|for))?|excluding|"
    r"not\s+(?:available|offered|apply|applicable)\s+(?:in|to)"
    r"|unless you (?:live|reside|are) in)\b",
    re.I,
)
#: "Outside X" is everywhere else; "except X" takes from what is named beside it.
_ELSEWHERE = re.compile(r"outside|other than|unless", re.I)
_CLAUSE_END = re.compile(
    r"[;:()]|,\s+(?:we|you|they|it|this|the\s+\w+\s+(?:is|are|will|may))\b"
    # What goes on in small letters behind a comma is no further place.
    r"|,\s+(?!(?:and|or|nor|the|in|of|including|excluding)\b)[a-z]|\.\s|$"
)
_AUDIENCE = re.compile(
    r"\b(?:users?|residents?|members?|customers?|citizens?|visitors?|subscribers?|people|those|"
    r"anyone|everyone)\s+"
    r"(?:\w+\s+){0,3}?(?:in|of|from|outside|across)\b"
    r"|\bwithin\s+(?-i:(?:the\s+)?[A-Z])"
    # "Data from the EEA" is about people there; "data from the EU to the US" is about a transfer.
    r"|\b(?:data|information|content)\s+(?:from|"
    r"of)\s+(?:the\s+)?(?-i:[A-Z]\w*(?:\s[A-Z]\w*)*\b(?!\s+(?:to\b|[A-Z])))"
    r"|\b(?:appl(?:y|ies|icable)|available|limited to|rolled out|jurisdictions?|regions?)\b"
    r"|\b(?:EU|EEA|UK|US|Swiss|European|American|British|Australian|Canadian)\s+(?:users?|"
    r"residents?|members?|customers?|citizens?)\b",
    re.I,
)
_LIVES = re.compile(
    r"\b(?:you|who|those|they|members?|users?|customers?|consumers?)\s+(?:[a-z’']+\s+){0,3}?"
    r"(?:live|lives|living|reside|resides|residing|resident|located|based|domiciled)\s+"
    r"(?:in|within|outside)\b"
    r"|\bEuropeans\b",
    re.I,
)
_GROUP = re.compile(
    r"\b(?:EU|EEA|European?|UK|United Kingdom|Switzerland|Swiss|United States|US)\b|\bU\.[SK]\."
)
_DEFINITION = re.compile(
    r"[“\"]\*{0,2}([A-Z][\w ]{3,40})\*{0,2}[”\"]\W{1,5}(?:to (?:refer to|mean)|means?|"
    r"refers? to)\s+([^.]{5,200})"
)


#: Longer terms in quotation marks are no definitions of places.
MAX_TERM_WORDS = 5


@dataclass(frozen=True, slots=True)
class Mention:
    """The countries that a text names, and those that it leaves out, as ISO codes.

    `vague` says that it also names what looks like a place and is not known.
    """

    included: frozenset[str]
    excluded: frozenset[str]
    vague: bool = False


_NOBODY = frozenset[str]()


def mentioned(text: str, defined: dict[str, frozenset[str]] | None = None) -> Mention:
    """The countries that a sentence names, those behind "outside the ..." apart."""
    spans = _spans_outside(text)
    found = _named(text, defined or {})
    included, left_out = _told_apart(text, found, spans)
    unclear = vague(text, found, spans)
    if included and included <= left_out:
        # "From the EU to places outside the EU": no country is told apart.
        return Mention(_NOBODY, _NOBODY, unclear)
    if included.isdisjoint(left_out) and left_out and _is_elsewhere(text, spans):
        # "If you are outside China, your contract is with Acme in Singapore": they are meant.
        return Mention(_NOBODY, left_out, unclear)
    return Mention(included, left_out, unclear)


def _told_apart(
    text: str, found: list[Place], spans: list[tuple[int, int]]
) -> tuple[frozenset[str], frozenset[str]]:
    """The countries of the places that are named, and of those that are left out."""
    included: set[str] = set()
    left_out: set[str] = set()
    for place in found:
        if any(start < place.start < end for start, end in spans):
            left_out |= place.excludes
        elif not spotting.of_a_law(text, place):
            included |= place.codes
    return frozenset(included), frozenset(left_out)


def _spans_outside(text: str) -> list[tuple[int, int]]:
    """Where a text says "outside" and the like, up to the end of the clause."""
    spans = []
    for match in _OUTSIDE.finditer(text):
        end = _CLAUSE_END.search(text, match.end())
        if end:
            spans.append((match.start(), end.start()))
    return spans


def _is_elsewhere(text: str, spans: list[tuple[int, int]]) -> bool:
    return any(_ELSEWHERE.match(text, start) for start, _ in spans)


def named(text: str, defined: dict[str, frozenset[str]] | None = None) -> list[str]:
    """The region codes that a text names, in its order: groups as groups, the rest as countries."""
    found: dict[str, None] = {}
    for place in _named(text, defined or {}):
        found.update(dict.fromkeys(regions.codes(place.codes)))
    return list(found)


def definitions(text: str) -> dict[str, frozenset[str]]:
    """Terms that a document defines as places: "Designated Countries" means the EU, EEA and ..."""
    found = {}
    for term, meaning in _DEFINITION.findall(text):
        area = _whole(mentioned(meaning))
        if area and len(term.split()) <= MAX_TERM_WORDS:
            found[term] = area
    return found


def _whole(mention: Mention) -> frozenset[str]:
    """What a definition means, where every place in it is known.

    Half of it would shut people out.
    """
    if mention.vague:
        return _NOBODY
    return mention.included


def area_of(
    changed: list[Sentence], defined: dict[str, frozenset[str]], edition: frozenset[str]
) -> Area:
    """The area that a change concerns; None where its sentences do not say, or not clearly.

    A sentence that names no place is placed by its section's heading; one that names what may be a
    place and is not known leaves the area open. `edition` are the countries whose edition the
    collection sees; it decides only where the text does not, and only outside Europe, because
    European editions overlap and a missed alert is worse than one too many.
    """
    mentions = [_mention_of(sentence, defined) for sentence in changed]
    if any(mention.vague for mention in mentions):
        return None
    if not _say_where(changed, mentions):
        return _area_of_edition(edition, mentions)
    area = frozenset().union(*map(_reach, mentions))
    if area == all_countries():
        return None
    return area


def _say_where(changed: list[Sentence], mentions: list[Mention]) -> bool:
    """Whether at least half of the words stand in sentences that say where."""
    placed = others = 0
    for sentence, mention in zip(changed, mentions, strict=True):
        if mention.included or mention.excluded:
            placed += sentence.words
        else:
            others += sentence.words
    return placed > 0 and placed >= others


def _area_of_edition(edition: frozenset[str], mentions: list[Mention]) -> Area:
    """The countries of an edition; None where it, or one of the mentions, is of Europe."""
    named_here = frozenset().union(*(mention.included for mention in mentions))
    if not edition or (edition | named_here) & EUROPE:
        return None
    return edition


def _reach(mention: Mention) -> frozenset[str]:
    """Whom one sentence concerns that says where."""
    if mention.included:
        return mention.included - mention.excluded
    if mention.excluded:
        return all_countries() - mention.excluded
    return _NOBODY


def _mention_of(sentence: Sentence, defined: dict[str, frozenset[str]]) -> Mention:
    """What a sentence says of places, else what its heading says."""
    mention = mentioned(sentence.text, defined)
    if mention.vague:
        return mention
    if not mention.included and not mention.excluded:
        return mentioned(sentence.section, defined)
    if not _says_where(sentence.text, defined):
        return mentioned(sentence.section, defined)
    return mention


def _says_where(text: str, defined: dict[str, frozenset[str]]) -> bool:
    """Whether places in a sentence are a scope: a country beside no people is often an address."""
    for pattern in (_AUDIENCE, _GROUP, _LIVES):
        if pattern.search(text):
            return True
    if _of_people(text):
        return True
    return any(term in text for term in defined)


def _of_people(text: str) -> bool:
    """Whether people are told apart by where they are from: "Illinois residents", "Dutch users"."""
    return any(spotting.BEFORE_PEOPLE.match(text, end) for end in spotting.ends(text))


def stated(title: str, sentences: list[str]) -> Area:
    """The area that a memo or an article states: places in its title, or beside people or scope.

    Laws, seats and comparisons name places too; a text that only does that leaves the area open.
    """
    in_title = mentioned(title)
    found = [in_title] + [mentioned(text) for text in sentences if _AUDIENCE.search(text)]
    if any(mention.vague for mention in found):
        return None
    included = frozenset().union(*(mention.included - mention.excluded for mention in found))
    if included:
        return included
    # "Does it apply outside Europe?" asks; only a title that excludes a place is taken at its word.
    if in_title.excluded:
        return all_countries() - in_title.excluded
    return None


def _named(text: str, defined: dict[str, frozenset[str]]) -> list[Place]:
    """The places of a text that say whom it concerns: known ones, then those that it defined."""
    found = [place for place in places(text) if place.scope]
    for term, area in defined.items():
        start = text.find(term)
        if start >= 0:
            found.append(Place(start, start + len(term), area, area))
    return found
