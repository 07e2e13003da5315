"""Classes of words that terms are made of: who acts, what is done, with what, and how it binds.

The words stand in `lexicon.toml`, in the eight languages; a class is what the model learns from,
whatever the language of a text.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

#: So many words of a text are looked at; a longer sentence is a list.
MAX_WORDS = 400
#: Texts of other languages are read by these words.
USUAL = "en"
UNSPACED = "zh"
_UNSPACED = re.compile(r"[\u2e80-\u9fff]")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[§€$£]")

#: The words of a phrase; one that ends in * stands for every ending.
Phrase = tuple[str, ...]


@dataclass(slots=True)
class Lexicon:
    """The classes of words of one language."""

    _exact: dict[str, list[tuple[Phrase, str]]] = field(default_factory=dict)
    _stems: dict[str, list[tuple[Phrase, str]]] = field(default_factory=dict)
    _known: dict[str, tuple[tuple[Phrase, str], ...]] = field(default_factory=dict)
    _inside: list[tuple[str, str]] = field(default_factory=list)

    def add(self, written: str, name: str) -> None:
        """Take in a word or a phrase of a class, as `lexicon.toml` writes it."""
        first, *rest = written.split()
        entry = (tuple(rest), name)
        if first.endswith("*"):
            self._stems.setdefault(first[:-1], []).append(entry)
        else:
            self._exact.setdefault(first, []).append(entry)

    def add_inside(self, written: str, name: str) -> None:
        """Take in a word of a language that is written without spaces."""
        self._inside.append((written, name))

    def count(self, text: str) -> Counter[str]:
        """How many words or phrases of each class a text holds. Linear in its length."""
        words = words_of(text)
        found = Counter[str]()
        for place, word in enumerate(words):
            for rest, name in self._beginning_with(word):
                if _follows(words, place + 1, rest):
                    found[name] += 1
        if _UNSPACED.search(text):
            for written, name in self._inside:
                found[name] += text.count(written)
        return +found

    def _beginning_with(self, word: str) -> tuple[tuple[Phrase, str], ...]:
        """The entries whose first word is `word`; a vocabulary is small, so they are kept."""
        if word not in self._known:
            if len(self._known) > MAX_VOCABULARY:
                self._known.clear()
            self._known[word] = tuple(self._look_up(word))
        return self._known[word]

    def _look_up(self, word: str) -> Iterator[tuple[Phrase, str]]:
        yield from self._exact.get(word, ())
        for end in range(2, len(word) + 1):
            yield from self._stems.get(word[:end], ())


#: So many words are remembered with their entries.
MAX_VOCABULARY = 50_000


@lru_cache(maxsize=2_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, with straight apostrophes."""
    plain = text.casefold().replace("’", "'")
    return tuple(_WORD.findall(plain)[:MAX_WORDS])


@cache
def names() -> tuple[str, ...]:
    """The names of all classes, in their order."""
    return tuple(_table())


@cache
def lexicon(language: str | None) -> Lexicon:
    """The words of a language and the English ones, which stand in texts of every language."""
    found = Lexicon()
    for name, lists in _table().items():
        for spoken in dict.fromkeys((language or USUAL, USUAL)):
            for written in lists.get(spoken, ()):
                found.add(written, name)
        for written in lists.get(UNSPACED, ()):
            found.add_inside(written, name)
    return found


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    text = (files("bot.understand") / "lexicon.toml").read_text("utf-8")
    return tomllib.loads(text)


def _follows(words: tuple[str, ...], place: int, phrase: Phrase) -> bool:
    """Whether the words from a place on are those of a phrase."""
    if place + len(phrase) > len(words):
        return False
    for word, wanted in zip(words[place:], phrase, strict=False):
        if wanted.endswith("*"):
            if not word.startswith(wanted[:-1]):
                return False
        elif word != wanted:
            return False
    return True
