"""Language detection by small words.

That is enough to notice a page that was served in another language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

_SMALL_WORDS = {
    "en": (
        "the of and to in you your we our is are for or that this with by on as be not if may it "
        "from at can what how do"
    ),
    "de": (
        "der die das und zu den von mit sie ihre wir nicht ist für auf ein eine oder wenn werden "
        "kann dem des im wie was"
    ),
    "fr": (
        "le la les et de des du vous votre nous est pour dans une un ou que qui ne pas sur par "
        "avec au aux ce comment"
    ),
    "es": (
        "el la los las y de del que en una un su sus para con por se es no como nosotros usted al "
        "lo tu mi qué cómo"
    ),
    "it": (
        "il lo la gli le e di del della che in un una per con non si è sono noi tuo suo dei delle "
        "come nel alla cosa"
    ),
    "pt": (
        "o a os as e de do da dos das que em um uma para com por não se é seu sua nós você ao no "
        "na como tenho uma"
    ),
    "nl": (
        "de het een en van in is dat op te zijn met voor niet u uw wij ons of als deze worden bij "
        "hoe wat je kun"
    ),
    "pl": (
        "i w na z do nie się jest że o to jak lub przez od dla oraz po co być może są czy które tym"
    ),
    "da": (
        "og i at det en den til er som på de med for ikke der du vi vores din har eller kan hvis "
        "hvad hvordan et"
    ),
    "sv": (
        "och i att det en den till är som på de med för inte du vi vår din har eller kan om vad "
        "hur ett av"
    ),
}
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_TOKEN = re.compile(r"[^\W\d_]+")
#: The most texts of a document that are read to find its language.
MAX_TEXTS = 400
#: The first language must have this many times the hits of the second.
CLEARLY = 1.3


def of(texts: Iterable[str]) -> str | None:
    """The language of a document, or None if its small words do not tell."""
    counts: Counter[str] = Counter()
    read = foreign_letters = 0
    for text in islice(texts, MAX_TEXTS):
        counts.update(_hits(text))
        read += 1
        foreign_letters += _in_other_letters(text)
    if foreign_letters * 2 > read:
        return None
    ranked = counts.most_common(2)
    if not ranked:
        return None
    language, most = ranked[0]
    if len(ranked) == 2 and most <= CLEARLY * ranked[1][1]:
        return None
    return language


def foreign(text: str, language: str | None) -> bool:
    """Whether a sentence is clearly in another language than its document."""
    if language not in _WORDS:
        return False
    if _in_other_letters(text):
        return True  # all the languages known here are written in Latin letters
    hits = _hits(text)
    best = max(hits.values(), default=0)
    if best == 0:
        return False
    if language in hits:
        return best >= 2 * hits[language] + 2
    return True


def _in_other_letters(text: str) -> bool:
    """Whether most letters of a text are not Latin."""
    letters = [letter for letter in text[:200] if letter.isalpha()]
    return sum(letter > "\u024f" for letter in letters) * 2 > len(letters)


def _hits(text: str) -> dict[str, int]:
    counts = Counter(_TOKEN.findall(text[:2000].casefold()))
    found = {}
    for language, words in _WORDS.items():
        hits = sum(counts[word] for word in counts.keys() & words)
        if hits:
            found[language] = hits
    return found
