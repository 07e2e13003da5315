"""Texts that state a coming change: news on their own, also in a first record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from bot.understand import dates
from bot.understand.text import Sentence, hash_of

#: Trackers in other time zones read a date a day off; within so many days it is one announcement.
SAME_DAYS = 3
#: An announcement states its day in so many characters.
MAX_CHARACTERS = 1_000

_COMING = re.compile(
    r"\b(?:we(?:[’']re| are| will be)|will be|are being|is being) (?:updat|chang|revis|amend|"
    r"introduc|replac|mak)\w*"
    r"|\b(?:updated|new|revised|amended|these|this|following|version \d+ of the|"
    r"our) (?:\w+ ){0,6}?(?:will|shall) (?:take|come|go|enter|become|be|apply)\b"
    r"|\b(?:takes?|comes?|goes?|enters?) (?:in)?to? ?(?:effect|force)\b"
    r"|\b(?:will|shall) (?:\w+ ){0,3}(?:effect|force|effective|apply)\b"
    r"|\beffective (?:as of|on|from|date|starting)\b"
    r"|\bfrom [^.]{0,40}(?:version|terms|policy)[^.]{0,40} will\b"
    r"|\b(?:will|shall) (?:no longer|include|change|start|begin|stop)\b"
    r"|\baktualisier\w+|\b(?:ge|ver)?änder\w+|\b(?:treten|tritt|gelten|gilt|wirksam)\b"
    r"|\b(?:entr(?:e|era|ent|eront|ée) en vigueur|mettons à jour|modifi\w+|prendr(?:a|ont) effet|"
    r"à compter du)\b"
    r"|\b(?:entrar(?:á|án|ão)? en vigor|actualizamos|entra(?:rá|rão|rà|nno)? em? vigor|"
    r"entr\w+ in vigore|aggiorn\w+|atualiz\w+)\b|\b(?:van kracht|gaan in|gaat in|wijzig\w+)\b|"
    r"\bwejd\w+ w życie|\bzmieni\w+",
    re.I,
)


def ahead(sentences: Iterable[Sentence], recorded: date) -> Iterator[tuple[Sentence, date]]:
    """The sentences that announce a change for a day after `recorded`, with the day."""
    latest = recorded + dates.FUTURE
    for sentence in sentences:
        text = sentence.text[:MAX_CHARACTERS]
        if not text or not _COMING.search(text):
            continue
        days = [day for _, _, day in dates.find(text) if recorded < day <= latest]
        if days:
            yield sentence, min(days)


def is_coming(text: str) -> bool:
    """Whether a sentence says that terms change, or take effect."""
    return bool(_COMING.search(text[:MAX_CHARACTERS]))


def known(day: date, memory: frozenset[int]) -> bool:
    """Whether the document has announced this day before."""
    shifts = range(-SAME_DAYS, SAME_DAYS + 1)
    return any(mark(day + timedelta(days=shift)) in memory for shift in shifts)


def mark(day: date) -> int:
    """The key that memory keeps of an announcement; sentences are kept without their dates."""
    return hash_of(f"announced for {day.isoformat()}")
