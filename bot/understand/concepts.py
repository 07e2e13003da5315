"""Concepts of terms in eight languages: one code for "share", "weitergeben", "partager".

The words are in `concepts.toml`, which explains its notation.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

#: The fewest letters of a stem that may take any ending,
SHORTEST_STEM = 2
#: and the most.
LONGEST_STEM = 18
#: The most words of a text that are read; no sentence cut from a document is longer.
MAX_WORDS = 600

#: A language without spaces, whose words are searched for as substrings, and its script.
UNSPACED = "zh"
_UNSPACED = re.compile(r"[\u2e80-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+|\d+")
#: Letters that are not a base letter with an accent.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


class _Phrase(NamedTuple):
    """A concept of several words: what must follow the first one."""

    rest: tuple[str, ...]
    concept: str


class _Lexicon(NamedTuple):
    """Words and stems ("train*") with their concepts, and with the phrases they begin."""

    concepts: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[_Phrase, ...]]
    inside: tuple[tuple[str, str], ...]


def words(text: str) -> list[str]:
    """The words and numbers of a text, in lower case without accents."""
    plain = text.casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
        plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _WORD.findall(plain)[:MAX_WORDS]


def at(said: Sequence[str], place: int) -> Iterator[str]:
    """The concepts of the word at a place, alone or with the words that follow."""
    meant, phrases = _known(said[place])
    yield from meant
    for phrase in phrases:
        if _follows(said, place + 1, phrase.rest):
            yield phrase.concept


def of_text(text: str) -> frozenset[str]:
    """The concepts of the words of a text."""
    return frozenset(_in_words(text))


def counted(text: str) -> Counter[str]:
    """The number of mentions of each concept in a text, including text without spaces."""
    found = Counter(_in_words(text))
    if _UNSPACED.search(text):
        for written, code in _lexicon().inside:
            found[code] += text.count(written)
    return +found


@lru_cache(maxsize=2_000)
def _in_words(text: str) -> Mapping[str, int]:
    """The number of mentions of each concept. Cached: callers ask about a sentence often."""
    said = words(text)
    return Counter(code for place in range(len(said)) for code in at(said, place))


def _follows(said: Sequence[str], start: int, rest: Sequence[str]) -> bool:
    there = said[start : start + len(rest)]
    if len(there) < len(rest):
        return False
    return all(_is(word, asked) for word, asked in zip(there, rest, strict=True))


def _is(word: str, asked: str) -> bool:
    if asked.endswith("*"):
        return word.startswith(asked[:-1])
    return word == asked


@lru_cache(maxsize=20_000)
def _known(word: str) -> tuple[tuple[str, ...], tuple[_Phrase, ...]]:
    """The concepts of a word alone, and the phrases that it begins."""
    lexicon = _lexicon()
    meant: list[str] = []
    phrases: list[_Phrase] = []
    for entry in _entries(word):
        meant.extend(lexicon.concepts.get(entry, ()))
        phrases.extend(lexicon.phrases.get(entry, ()))
    return tuple(meant), tuple(phrases)


def _entries(word: str) -> Iterator[str]:
    """The lexicon entries that may match a word."""
    yield word
    for length in range(SHORTEST_STEM, min(len(word), LONGEST_STEM) + 1):
        yield f"{word[:length]}*"


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    read = tomllib.loads(files(__package__).joinpath("concepts.toml").read_text("utf-8"))
    concepts: dict[str, list[str]] = {}
    phrases: dict[str, list[_Phrase]] = {}
    inside: list[tuple[str, str]] = []
    for concept, languages in read.items():
        unspaced = languages.pop(UNSPACED, "")
        inside.extend((entry, concept) for entry in unspaced.replace(",", " ").split())
        for entry in ",".join(languages.values()).split(","):
            first, *rest = entry.split()
            if rest:
                phrases.setdefault(first, []).append(_Phrase(tuple(rest), concept))
            else:
                concepts.setdefault(first, []).append(concept)
    return _Lexicon(
        {entry: tuple(dict.fromkeys(found)) for entry, found in concepts.items()},
        {entry: tuple(found) for entry, found in phrases.items()},
        tuple(inside),
    )
