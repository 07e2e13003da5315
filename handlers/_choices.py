"""Parsing of choices: which of a few things a typed line selects."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot import locales
from bot.locales import N_, _

# Translators: what people type for it, with commas between; all languages count.
ALL = N_("all, everything, everyone")
# Translators: what people type for it, with commas between; all languages count.
NOT = N_("not, no, without, but, except, minus")
# Translators: what people type for it, with commas between; all languages count.
ONLY = N_("only, just")
# Translators: what people type for it, with commas between; all languages count.
ALSO = N_("also, too, plus")
# Translators: words that say nothing, with commas between; all languages count.
FILL = N_(
    "and, or, a, an, the, as, for, of, to, in, i, am, m, im, me, my, what, is, are, please, "
    "documents, hear"
)
#: Separators between words, in any language.
_BETWEEN = re.compile(r"[\s,;:.!?&+/’'()]+")
#: The most words of a phrase.
_LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """The choice in a line: things wanted, things not wanted, and words not understood.

    Things are values of a string enumeration. `all` starts from all things, `only` from none,
    `also` from the present ones.
    """

    wanted: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    all: bool = False
    only: bool = False
    also: bool = False
    unknown: str = ""


@cache
def phrases(words: str) -> frozenset[str]:
    """The phrases of a comma-separated list, in every language, because people mix them."""
    found: set[str] = set()
    for language in locales.languages():
        with locales.speaking(language):
            listed = _(words).split(",")
        found.update(map(phrase, listed))
    return frozenset(filter(None, found))


def phrase(typed: str) -> str:
    """Typed text as one phrase, in the form of `phrases`."""
    return " ".join(_words(typed.casefold()))


def single_words(*lists: str) -> frozenset[str]:
    """The English words of some lists, and the marks between them, each on its own."""
    listed = " ".join((*lists, ALL, NOT, ONLY, ALSO, FILL)).casefold()
    return frozenset(_BETWEEN.split(listed))


def read(typed: str, things: Mapping[Any, str]) -> Choice:
    """The choice in a line; `things` are lists of phrases, as `phrases` takes them."""
    meanings: dict[str, str] = {}
    for thing, words in things.items():
        meanings.update(dict.fromkeys(phrases(words), thing))
    marks = {mark: phrases(mark) for mark in (ALL, NOT, ONLY, ALSO, FILL)}
    known = frozenset(meanings).union(*marks.values())
    said: set[str] = set()
    wanted: set[str] = set()
    unwanted: set[str] = set()
    chosen = wanted
    for each in _parted(typed, known):
        if each not in known:
            return Choice(unknown=each)
        if each in meanings:
            chosen.add(meanings[each])
        if each in marks[NOT]:
            chosen = unwanted
        if each in marks[ALSO] | marks[ONLY]:
            chosen = wanted
        said.update(mark for mark, those in marks.items() if each in those)
    return Choice(
        wanted=frozenset(wanted),
        unwanted=frozenset(unwanted),
        all=ALL in said,
        only=ONLY in said,
        also=ALSO in said,
    )


def _words(text: str) -> list[str]:
    return list(filter(None, _BETWEEN.split(text)))


def _parted(typed: str, known: Collection[str]) -> list[str]:
    """The words of a line, with known phrases joined; longer phrases are tried first."""
    words = _words(typed.casefold())
    found: list[str] = []
    while words:
        phrase = words[0]
        used = 1
        for length in range(min(_LONGEST_PHRASE, len(words)), 1, -1):
            longer = " ".join(words[:length])
            if longer in known:
                phrase, used = longer, length
                break
        found.append(phrase)
        words = words[used:]
    return found
