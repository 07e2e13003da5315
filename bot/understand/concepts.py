"""What words of terms mean, in eight languages: one code for "share", "weitergeben", "partager".

The words stand in `concepts.toml`, which says how they are written.
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

#: A beginning of a word that stands for any ending has at least so many letters,
SHORTEST_STEM = 2
#: and at most so many.
LONGEST_STEM = 18
#: So many words of a text are read: what is cut from a document as a sentence is no longer.
MAX_WORDS = 600

#: The language whose words are looked for inside a text, and the letters it is written in.
UNSPACED = "zh"
_UNSPACED = re.compile(r"[\u2e80-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+|\d+")
#: Letters that no accent makes of others.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


class _Phrase(NamedTuple):
    """A meaning of several words: what must follow the first one."""

    rest: tuple[str, ...]
    concept: str


class _Lexicon(NamedTuple):
    """Words and beginnings of words ("train*") with their meanings, and with their phrases."""

    concepts: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[_Phrase, ...]]
    inside: tuple[tuple[str, str], ...]


def words(text: str) -> list[str]:
    """The words and numbers of a text, in small letters without accents."""
    plain = text.casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
        plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _WORD.findall(plain)[:MAX_WORDS]


def at(said: Sequence[str], place: int) -> Iterator[str]:
    """The codes of what the word at a place means, alone or with those that follow."""
    meant, phrases = _known(said[place])
    yield from meant
    for phrase in phrases:
        if _follows(said, place + 1, phrase.rest):
            yield phrase.concept


def of_text(text: str) -> frozenset[str]:
    """The codes of what the words of a text mean."""
    return frozenset(_in_words(text))


def counted(text: str) -> Counter[str]:
    """How often a text speaks of each thing, by its code, also in words without spaces."""
    found = Counter(_in_words(text))
    if _UNSPACED.search(text):
        for written, code in _lexicon().inside:
            found[code] += text.count(written)
    return +found


@lru_cache(maxsize=2_000)
def _in_words(text: str) -> Mapping[str, int]:
    """How often words mean each thing. Kept for a while: a sentence is asked about often."""
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
    """What a word means alone, and the phrases that it begins."""
    lexicon = _lexicon()
    meant: list[str] = []
    phrases: list[_Phrase] = []
    for entry in _entries(word):
        meant.extend(lexicon.concepts.get(entry, ()))
        phrases.extend(lexicon.phrases.get(entry, ()))
    return tuple(meant), tuple(phrases)


def _entries(word: str) -> Iterator[str]:
    """The entries that a word would be found by."""
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
