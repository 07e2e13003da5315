"""The words of a sentence about time, by the tables of `words.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from bot.conversation.vocabulary import unmarked


@dataclass(slots=True)
class Words:
    """The words of a sentence in lower case without diacritics, and their spans.

    `used` are the indices of words that were read as times, `spans` the characters that were.
    """

    words: list[str]
    places: list[tuple[int, int]]
    used: set[int] = field(default_factory=set)
    spans: list[tuple[int, int]] = field(default_factory=list)

    def without(self, said: str) -> str:
        """The sentence with spaces in place of what was read."""
        signs = list(said)
        for start, end in [*self.spans, *(self.places[place] for place in self.used)]:
            signs[start:end] = " " * (end - start)
        return "".join(signs)


def words_of(said: str) -> Words:
    """The words of a sentence."""
    found = Words([], [])
    for match in re.finditer(r"[^\s,;!?()\"“”„«»]+", said):
        found.words.append(plain(match.group().strip(".:")))
        found.places.append(match.span())
    return found


def plain(word: str) -> str:
    """A word in lower case without diacritics or punctuation."""
    return "".join(each for each in unmarked(word) if each.isalnum() or each in "<>'?_")


@cache
def table(name: str) -> Mapping[str, frozenset[str]]:
    """The words of each key of a table of `words.toml`."""
    text = files(__package__).joinpath("words.toml").read_text("utf-8")
    table = tomllib.loads(text)[name]
    return {key: frozenset(map(plain, words.split())) for key, words in table.items()}


@cache
def values(name: str) -> Mapping[str, int]:
    """The number that each word of a table stands for."""
    return {word: int(key) for key, words in table(name).items() for word in words}


def places(words: Words, mark: str) -> set[int]:
    """The indices of the words of a mark in a sentence, including marks of several words."""
    known = table("marks")[mark]
    return {place for first, last, _ in named(words, known) for place in range(first, last + 1)}


def named(words: Words, known: Container[str]) -> Iterator[tuple[int, int, str]]:
    """(first word, last word, name) of the `known` words in a sentence.

    A name is a word, or two or three words joined by `_`.
    """
    for place in range(len(words.words)):
        for length in (3, 2, 1):
            name = "_".join(words.words[place : place + length])
            if name in known and place + length <= len(words.words):
                yield place, place + length - 1, name
                break
