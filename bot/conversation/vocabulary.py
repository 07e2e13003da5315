"""What words are about, in eight languages at once: the tables of `vocabulary.toml`."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

#: So many characters of a sentence are read.
MAX_CHARACTERS = 300


def folded(text: str) -> str:
    """A sentence in small letters without marks on them; words and signs apart."""
    kept = unmarked(text[:MAX_CHARACTERS])
    return "".join(each if each.isalnum() or each in "<>'?" else f" {each} " for each in kept)


def unmarked(text: str) -> str:
    """A text in small letters without marks on them."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return "".join(each for each in apart if not unicodedata.combining(each))


def about(word: str, table: str) -> tuple[str, ...]:
    """The things of a table that a word in small letters without marks stands for, in its order."""
    # "l'entraînement" has an article, "don't" is one word.
    forms = dict.fromkeys((word, word.rpartition("'")[2] or word))
    return tuple(
        thing
        for thing, beginnings, whole in _table(table)
        if any(form in whole or form.startswith(beginnings) for form in forms)
    )


def chosen(said: str, table: str) -> tuple[str, ...]:
    """The things of a table that the words of a sentence stand for, in its order."""
    found = {thing for word in folded(said).split() for thing in about(word, table)}
    return tuple(thing for thing, _, _ in _table(table) if thing in found)


@cache
def _table(name: str) -> tuple[tuple[str, tuple[str, ...], frozenset[str]], ...]:
    """Each thing of a table: how its words begin, and those that are whole."""
    text = files(__package__).joinpath("vocabulary.toml").read_text("utf-8")
    rows = []
    for thing, listed in tomllib.loads(text)[name].items():
        words = listed.split()
        beginnings = tuple(folded(word).strip() for word in words if not word.endswith("."))
        whole = frozenset(folded(word[:-1]).strip() for word in words if word.endswith("."))
        rows.append((thing, beginnings, whole))
    return tuple(rows)
