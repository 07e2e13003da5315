"""The concepts of words in eight languages: the tables of `vocabulary.toml`."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

#: The number of characters of a sentence that are read.
MAX_CHARACTERS = 300


def folded(text: str) -> str:
    """A sentence in lower case without diacritics, with punctuation separated from words."""
    kept = unmarked(text[:MAX_CHARACTERS])
    return "".join(each if each.isalnum() or each in "<>'?" else f" {each} " for each in kept)


def unmarked(text: str) -> str:
    """A text in lower case without diacritics."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return "".join(each for each in apart if not unicodedata.combining(each))


def about(word: str, table: str) -> tuple[str, ...]:
    """The entries of a table that a word stands for; the word is lower-case, without diacritics."""
    # "l'entraînement" has an article, "don't" is one word.
    forms = dict.fromkeys((word, word.rpartition("'")[2] or word))
    return tuple(
        thing
        for thing, beginnings, whole in _table(table)
        if any(form in whole or form.startswith(beginnings) for form in forms)
    )


def chosen(said: str, table: str) -> tuple[str, ...]:
    """The entries of a table that the words of a sentence stand for, in the table's order."""
    found = {thing for word in folded(said).split() for thing in about(word, table)}
    return tuple(thing for thing, _, _ in _table(table) if thing in found)


@cache
def _table(name: str) -> tuple[tuple[str, tuple[str, ...], frozenset[str]], ...]:
    """The entries of a table: (entry, beginnings of words, whole words)."""
    text = files(__package__).joinpath("vocabulary.toml").read_text("utf-8")
    rows = []
    for thing, listed in tomllib.loads(text)[name].items():
        words = listed.split()
        beginnings = tuple(folded(word).strip() for word in words if not word.endswith("."))
        whole = frozenset(folded(word[:-1]).strip() for word in words if word.endswith("."))
        rows.append((thing, beginnings, whole))
    return tuple(rows)
