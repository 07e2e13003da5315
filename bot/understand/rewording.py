"""Rewordings, or new list entries, that reverse a rule, and the words and amounts that do it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz

from bot.understand import binding, boilerplate, places
from bot.understand.dates import mask
from bot.understand.diff import Pair, words_apart
from bot.understand.spelling import levelled
from bot.understand.text import Sentence, folded

#: What a rewording removed and what it added; either may be empty.
Turn = tuple[str, str]

#: Classes of interchangeable words. A rewording that changes how many of a class there are reverses
#: a rule.
_CLASSES = {
    "may": (
        r"may|might|can|could|kann|können|darf|dürfen|peut|peuvent|puede|pueden|può|possono|mag"
        r"|mogen|może|mogą"
    ),
    "must": (
        r"must|shall|requires?|required to|ha(?:ve|s) to|needs? to|obliged|muss|müssen|doi(?:ven)?t"
        r"|deben?|deve|devono|moet|moeten|musi"
    ),
    "will": r"will|going to|wird|werden",
    "not": (
        r"not|cannot|\w+n[’']t|never|no longer|neither|nor|without|nicht|keine?[nmrs]?|nie|pas"
        r"|jamais|nunca|mai|niet|geen|nooit"
    ),
    "only": (
        r"only|solely|exclusively|nur|ausschließlich|seulement|uniquement|sólo|solo|únicamente"
        r"|alleen|tylko"
    ),
    "opt in": r"opt(?:s|ed|ing)?[- ]?in",
    "opt out": r"opt(?:s|ed|ing)?[- ]?out",
    "consent": (
        r"consent|permission|einwilligung|consentement|consentimiento|consenso|toestemming"
        r"|zgod[aęy]"
    ),
    "share": r"affiliates?|third[- ]part(?:y|ies)|sell|sells|sold|advertisers",
    "train": r"train|trains|training",
    "free": r"free|free of charge|kostenlos|gratuit\w*|gratis",
}
_WORDS = re.compile(
    "|".join(rf"(?P<c{n}>\b(?:{words})\b)" for n, words in enumerate(_CLASSES.values())), re.I
)
#: Numbers that bind: money, shares, times, ages. Others number sections, floors and versions.
_AMOUNT = re.compile(
    r"(?:[€$£¥]|\b(?:EUR|USD|GBP|CHF))\s?\d+(?:[.,]\d+)*"
    r"|\b\d+(?:[.,]\d+)*\s?(?:€|£|EUR\b|USD\b|CHF\b)"
    r"|\b\d+(?:[.,]\d+)*\s?(?:%|per ?cent\b)(?=[^.]{0,60}\b(?:fees?|rates?|commission|revenue|"
    r"interest|tax|vat|discount|refund|pay\w*|charge|earn\w*|price|royalt\w+))"
    r"|\b\d+\s+(?:business\s+|calendar\s+|working\s+)?(?:seconds?|minutes?|hours?|days?|weeks?|"
    r"months?|years?|times?|Tagen?|Wochen?|Monaten?|Jahren?|jours?|mois|ans|días|meses|años|giorni"
    r"|mesi|anni|dagen|maanden|jaar)\b"
    r"|\b(?:age(?:d)?(?: of)?|under|over|at least|minimum of|maximum of|up to|no more than|"
    r"fewer than|less than)\s+\d[\d.,]*\b(?!\s?(?:%|per|million|billion))",
    re.I,
)
#: The likeness (0 to 100) from which the small words of two wordings are compared.
SAME_RULE = 60.0
#: A sentence with this many entries between commas is a list.
LIST_ENTRIES = 3
#: The length of a list entry in characters.
ENTRY_CHARACTERS = range(4, 81)
#: This many capitalised words or fewer are the name of a policy or a page.
NAME_WORDS = 4

_LISTED = re.compile(r"[,;:()]|\b(?:or|and|und|oder|et|ou|y|o|e|en|of|lub|oraz)\b", re.I)
_FILLER = re.compile(
    r"^(?:for (?:example|instance)|such as|including.*|in each case|if applicable|as applicable|"
    r"where applicable|without limitation|[ivx]+)$"
)


def turned(pair: Pair) -> Iterator[Turn]:
    """The small words and amounts by which a rewording reverses a rule."""
    if pair.before is None or pair.after is None:
        return
    if any(map(boilerplate.notice, pair.texts)):
        return
    before = _comparable(pair.before)
    after = _comparable(pair.after)
    if boilerplate.contact(after, words_apart(*pair.texts)[1]):
        return
    yield from _amounts(before, after)
    if not _is_prose(pair.before, pair.after) or fuzz.ratio(before, after) < SAME_RULE:
        return
    yield from _small_words(before, after)
    if binding.rule(pair.after):
        yield from _scopes(pair.before, pair.after)
        yield from _entries(pair.before, pair.after)


def entered(pair: Pair, older: str) -> Iterator[Turn]:
    """What was added to a list of rules that the `older` text had already."""
    new = pair.after
    if pair.before or not new:
        return
    if not new.fragment or not new.lead:
        return
    if boilerplate.instruction(new.lead):
        return
    if binding.rule(new) and _last(new.lead) in older:
        yield "", new.text[:60]


def _is_prose(before: Sentence, after: Sentence) -> bool:
    """Whether a rewording is of something other than a link or a label."""
    if before.only_link or after.only_link:
        return False
    return not after.fragment or bool(after.lead)


def _comparable(sentence: Sentence) -> str:
    return levelled(mask(sentence.text).casefold())


def _last(lead: str) -> str:
    """The end of a lead, in a form found in Markdown too."""
    return re.split(r"[*_`\[\]()\\]", lead)[-1][-30:]


def _amounts(before: str, after: str) -> Iterator[Turn]:
    was = {match.group().casefold() for match in _AMOUNT.finditer(before)}
    now = {match.group().casefold() for match in _AMOUNT.finditer(after)}
    if was != now:
        yield _turn(was - now, now - was)


def _small_words(before: str, after: str) -> Iterator[Turn]:
    was = _counts(before)
    now = _counts(after)
    if was != now:
        yield _turn(was - now, now - was)


def _counts(text: str) -> Counter[str]:
    """The number of words of each class in a text."""
    classes = list(_CLASSES)
    found = Counter[str]()
    for match in _WORDS.finditer(text):
        if match.lastgroup:
            found[classes[int(match.lastgroup[1:])]] += 1
    return found


def _scopes(before: Sentence, after: Sentence) -> Iterator[Turn]:
    """The places that a rule names, if they changed."""
    if boilerplate.instruction(after.text):
        return
    was = set(places.named(before.text))
    now = set(places.named(after.text))
    if was != now:
        yield _turn(was - now, now - was)


def _entries(before: Sentence, after: Sentence) -> Iterator[Turn]:
    """List entries of a rule that were added, or exchanged for another.

    An old entry that was only reworded does not count.
    """
    if any(map(boilerplate.instruction, (after.text, after.lead))):
        return
    if _renamed(before, after):
        return
    if after.lead and after.fragment:
        yield before.text[:40], after.text[:40]
        return
    was = _listed(before.text)
    now = _listed(after.text)
    if min(len(was), len(now)) >= LIST_ENTRIES:
        yield from _exchanged(was, now)


def _exchanged(was: list[str], now: list[str]) -> Iterator[Turn]:
    """The entries by which two lists differ, if one was added or exchanged."""
    fresh = _unlike(now, was)
    lost = _unlike(was, now)
    if _letters(lost) == _letters(fresh):
        return
    if (fresh and lost) or any(len(entry.split()) >= 2 for entry in fresh):
        yield _turn(set(lost[:2]), set(fresh[:2]))


def _unlike(entries: list[str], others: list[str]) -> list[str]:
    """The entries that are no wording of any of the others."""
    found = []
    for entry in entries:
        if entry in others:
            continue
        if not any(fuzz.token_set_ratio(entry, other) >= SAME_RULE for other in others):
            found.append(entry)
    return found


def _letters(entries: list[str]) -> str:
    """The entries joined, so that words put together or apart make no difference."""
    return "".join(sorted(entries)).replace(" ", "")


def _renamed(before: Sentence, after: Sentence) -> bool:
    """Whether only names of policies or pages differ, which are no entries."""
    return all(map(_is_name, words_apart(before.text, after.text)))


def _is_name(words: list[str]) -> bool:
    if not 0 < len(words) <= NAME_WORDS:
        return False
    return all(word[:1].isupper() for word in words)


def _listed(text: str) -> list[str]:
    """The entries of a list inside a sentence, folded."""
    entries = []
    for part in _LISTED.split(text):
        entry = folded(part)
        if len(entry) in ENTRY_CHARACTERS and not _FILLER.match(entry):
            entries.append(entry)
    return entries


def _turn(gone: set[str] | Counter[str], come: set[str] | Counter[str]) -> Turn:
    return "/".join(sorted(gone)), "/".join(sorted(come))
