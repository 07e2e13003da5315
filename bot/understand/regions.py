"""Whom a text concerns: regions people type, and the countries that a sentence names or excludes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale

from bot.locales import N_, _, locale
from bot.model import Area
from bot.understand.text import Sentence

# Membership as of 2026; no library has it. Source: europa.eu, EFTA.
EU = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())
EEA = EU | {"IS", "LI", "NO"}
GROUPS: dict[str, frozenset[str]] = {"EU": EU, "EEA": EEA, "UK": frozenset({"GB"}), "CH": frozenset({"CH"})}
EUROPE = EEA | {"GB", "CH"}

_NAMES = {
    "eu": "EU", "european union": "EU", "e.u.": "EU", "ue": "EU", "europe": "EEA", "eea": "EEA", "ewr": "EEA",
    "european economic area": "EEA", "eee": "EEA", "eog": "EEA", "eer": "EEA", "see": "EEA", "uk": "UK", "u.k.": "UK", "gb": "UK", "great britain": "UK",
    "britain": "UK", "united kingdom": "UK", "england": "UK", "scotland": "UK", "wales": "UK",
    "northern ireland": "UK", "ch": "CH", "swiss": "CH", "usa": "US", "america": "US", "holland": "NL",
    "czech republic": "CZ",
}  # fmt: skip
_LANGUAGES = ("en", "de", "fr", "it", "es", "nl", "pl", "pt")
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AQ", "BV", "HM"})

# Names in running text. Countries whose English name is also a person, a state or a common word are left out.
_AMBIGUOUS = frozenset({"GE", "JE", "JO", "TD", "GG", "GU", "ML", "NE", "OM", "PE", "TO", "CU"})
_STATES = (
    "Alabama", "Alaska", "Arizona", "Arkansas", "California", "Colorado", "Connecticut", "Florida", "Hawaii", "Idaho", "Illinois",
    "Indiana", "Iowa", "Kansas", "Kentucky", "Louisiana", "Maryland", "Massachusetts", "Michigan", "Minnesota", "Mississippi",
    "Missouri", "Montana", "Nebraska", "Nevada", "New Hampshire", "New Jersey", "New Mexico", "North Carolina", "North Dakota",
    "Ohio", "Oklahoma", "Oregon", "Pennsylvania", "Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "Utah",
    "Vermont", "Virginia", "West Virginia", "Wisconsin", "Wyoming",
)  # fmt: skip
_GROUP_WORDS = {
    "EU": EU, "E.U.": EU, "European Union": EU, "EEA": EEA, "European Economic Area": EEA, "Europe": EEA,
    "European Region": EEA, "European Regional": EUROPE, "UK": GROUPS["UK"], "U.K.": GROUPS["UK"],
    "United Kingdom": GROUPS["UK"], "Great Britain": GROUPS["UK"], "Switzerland": GROUPS["CH"],
    "Swiss": GROUPS["CH"], "United States": frozenset({"US"}), "U.S.": frozenset({"US"}),
    "USA": frozenset({"US"}), "US": frozenset({"US"}), "Korea": frozenset({"KR"}),
    "Republic of Korea": frozenset({"KR"}), "Turkey": frozenset({"TR"}),
    **dict.fromkeys(_STATES, frozenset({"US"})),
}  # fmt: skip
_COMPANY = r"(?!\s+(?:(?:[\w.&-]+\s+){0,2}(?:Private\s+)?(?:Unlimited|Limited|Ltd))\b)(?!\s+(?:Unlimited|Limited|Ltd|Inc|LLC|GmbH|B\.?V|SARL|plc|Representative)\b)"
_LAW = r"(?!\s*[-–]\s?(?:U\.?S|US|Swiss|UK)|[’']s\b|\s+(?:law|Law|Directive|Regulation|Commission|Digital|Data Privacy|GDPR|Extension|Court|Parliament))"
_OUTSIDE = re.compile(
    r"\b(?:outside(?:\s+of)?|other than|except(?:\s+(?:in|for))?|excluding|not\s+(?:available|offered|apply|applicable)\s+(?:in|to)|unless you (?:live|reside|are) in)\b",
    re.I,
)
_CLAUSE_END = re.compile(r"[;:()]|,\s+(?:we|you|they|it|this|the\s+\w+\s+(?:is|are|will|may))\b|\.\s|$")
_AUDIENCE = re.compile(
    r"\b(?:users?|residents?|members?|customers?|citizens?|visitors?|subscribers?|people|those|anyone|everyone)\s+"
    r"(?:\w+\s+){0,3}?(?:in|of|from|outside|across)\b"
    r"|\bwithin\s+(?-i:(?:the\s+)?[A-Z])"
    # "Data from the EEA" is about people there; "data from the EU to the US" is about a transfer.
    r"|\b(?:data|information|content)\s+(?:from|of)\s+(?:the\s+)?(?-i:[A-Z]\w*(?:\s[A-Z]\w*)*\b(?!\s+(?:to\b|[A-Z])))"
    r"|\b(?:appl(?:y|ies|icable)|available|limited to|rolled out|jurisdictions?|regions?)\b"
    r"|\b(?:EU|EEA|UK|US|Swiss|European|American|British|Australian|Canadian)\s+(?:users?|residents?|members?|customers?|citizens?)\b",
    re.I,
)
_GROUP = re.compile(r"\b(?:EU|EEA|European?|UK|United Kingdom|Switzerland|Swiss|United States|US)\b|\bU\.[SK]\.")
_DEFINITION = re.compile(
    r"[“\"]\*{0,2}([A-Z][\w ]{3,40})\*{0,2}[”\"]\W{1,5}(?:to (?:refer to|mean)|means?|refers? to)\s+([^.]{5,200})"
)


def parse(text: str) -> str | None:
    """The region code of what a person typed ("eu", "Norway", "Schweiz"), or None."""
    return _typed().get(text.strip().casefold())


def countries(code: str) -> frozenset[str]:
    """The ISO countries of a region code."""
    return GROUPS.get(code, frozenset({code}))


def label(code: str) -> str:
    """A region in the language that is spoken; CLDR has no short names for the groups."""
    short = {"EU": N_("EU"), "EEA": N_("EEA"), "UK": N_("UK")}
    return _(short[code]) if code in short else str(locale().territories.get(code, code))


def labels(area: frozenset[str]) -> list[str]:
    """An area in few words: whole groups by their name, the rest by country."""
    if len(area) > len(all_countries()) / 2:
        outside = ", ".join(labels(all_countries() - area))
        return [_("everywhere but: {places}", places=outside)] if outside else []
    left, found = set(area), list[str]()
    if left >= EEA:
        found += [label("EU"), label("EEA")]
        left -= EEA
    elif left >= EU:
        found += [label("EU")]
        left -= EU
    for code in ("UK", "CH"):
        if left >= GROUPS[code]:
            found.append(label(code))
            left -= GROUPS[code]
    return found + sorted(label(code) for code in left)


@dataclass(frozen=True, slots=True)
class Mention:
    included: frozenset[str]
    excluded: frozenset[str]


_NOWHERE = Mention(frozenset(), frozenset())


def mentioned(text: str, defined: dict[str, frozenset[str]] | None = None) -> Mention:
    """The countries that a sentence names, those behind "outside the ..." apart."""
    outside = [(m.start(), _CLAUSE_END.search(text, m.end())) for m in _OUTSIDE.finditer(text)]
    spans = [(start, end.start()) for start, end in outside if end]
    included: set[str] = set()
    excluded: set[str] = set()
    for place, found in _named(text, defined or {}):
        target = excluded if any(start < place < end for start, end in spans) else included
        target |= found
    return Mention(frozenset(included), frozenset(excluded))


def named(text: str, defined: dict[str, frozenset[str]] | None = None) -> list[str]:
    """The region codes that a text names, in its order: groups as groups, the rest as countries."""
    found: dict[str, None] = {}
    for _place, area in _named(text, defined or {}):
        found.update(dict.fromkeys(codes(area)))
    return list(found)


def codes(area: frozenset[str]) -> list[str]:
    """An area in region codes: whole groups first, then countries."""
    groups = [code for code in ("EEA", "EU") if area >= GROUPS[code]][:1]
    left = area - (GROUPS[groups[0]] if groups else frozenset())
    return groups + sorted("UK" if code == "GB" else code for code in left)


def definitions(text: str) -> dict[str, frozenset[str]]:
    """Terms that a document defines as places: "Designated Countries" means the EU, EEA and ..."""
    return {
        term: area
        for term, meaning in _DEFINITION.findall(text)
        if (area := mentioned(meaning).included) and len(term.split()) <= 5
    }


def area_of(changed: list[Sentence], defined: dict[str, frozenset[str]], edition: frozenset[str]) -> Area:
    """Whom the changed sentences concern; None where they do not say, and for some of them is enough.

    A sentence that names no place is placed by its section's heading. `edition` are the countries
    whose edition the collection sees; it decides only where the text does not, and only outside Europe,
    because European editions overlap and a missed alert is worse than one too many.
    """
    included: set[str] = set()
    excluded: set[str] = set()
    open_words = placed_words = 0
    for sentence in changed:
        mention = mentioned(sentence.text, defined) if _says_where(sentence.text, defined) else _NOWHERE
        if not (mention.included or mention.excluded):
            mention = mentioned(sentence.section, defined)
        included |= mention.included - mention.excluded
        excluded |= mention.excluded
        if mention.included or mention.excluded:
            placed_words += sentence.words
        else:
            open_words += sentence.words
    if placed_words >= open_words and placed_words:
        return frozenset(included) or all_countries() - excluded
    return edition if edition and not (edition | included) & EUROPE else None


def _says_where(text: str, defined: dict[str, frozenset[str]]) -> bool:
    """Whether places in a sentence are a scope: a country beside no people is often just an address."""
    return bool(_AUDIENCE.search(text) or _GROUP.search(text)) or any(term in text for term in defined)


def stated(title: str, sentences: list[str]) -> Area:
    """Whom a memo or an article says it concerns: places in its title, and places beside people or scope.

    Laws, seats and comparisons name places too; a text that only does that leaves the area open.
    """
    found = [mentioned(title)] + [mentioned(text) for text in sentences if _AUDIENCE.search(text)]
    included = frozenset().union(*(mention.included - mention.excluded for mention in found))
    # "Does it apply outside Europe?" asks; only a title that excludes a place is taken at its word.
    excluded = found[0].excluded
    return included or (all_countries() - excluded if excluded else None)


@cache
def all_countries() -> frozenset[str]:
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES)


@cache
def _typed() -> dict[str, str]:
    known = dict(_NAMES)
    for code in sorted(all_countries()):
        ours = "UK" if code == "GB" else code
        known.setdefault(code.casefold(), ours)
        for language in _LANGUAGES:
            known.setdefault(Locale(language).territories.get(code, code).casefold(), ours)
    return known


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, frozenset[str]]]:
    words = dict(_GROUP_WORDS)
    for code in all_countries() - _AMBIGUOUS:
        words.setdefault(Locale("en").territories[code], frozenset({code}))
    ordered = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{ordered})(?![\w-]){_COMPANY}{_LAW}"), words


_LIST_WORDS = re.compile(
    r"(?:^|[^\w\s]\s*|\b(?:in|within|from|of|the|and|or|for|to|outside|across|like|both|our|this|European|than|where|if|as|is|are|between|into|only|add|added|include|including|covers?|target|mainland|UK|EU|EEA|global|non)\s+)$",
    re.I,
)


def _named(text: str, defined: dict[str, frozenset[str]]) -> list[tuple[int, frozenset[str]]]:
    pattern, words = _pattern()
    found = [
        (match.start(), words[match.group()])
        for match in pattern.finditer(text)
        # "LinkedIn Ireland" and "TikTok U.S. Data Security" are companies, not places.
        if "Europe" in match.group() or _LIST_WORDS.search(text[max(0, match.start() - 16) : match.start()])
    ]
    return found + [(text.index(term), area) for term, area in defined.items() if term in text]
