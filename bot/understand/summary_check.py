"""Verification that a machine-written summary says only what the changed sentences say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from bot.understand import dates

#: The length of a summary: one or two sentences.
SHORTEST_CHARACTERS = 20
LONGEST_CHARACTERS = 400
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|eu|io|app|de|fr)\b", re.I)
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-ZÀ-Þ][\w’'-]+|\b[A-Z]{2,}\b")
_MARKUP = re.compile(r"[<>{}\[\]`|*_#]|https?:|@(?:here|everyone)\b")
#: Words that reverse a sentence; a summary may not introduce one that the text lacks.
_TURNS = re.compile(
    r"\b(?:not|never|no longer|cannot|must|always|only|illegal|opt[- ]?out|sell(?:s|ing)?|sold|"
    r"ban(?:ned)?|free|all|everyone|nobody|guarantee\w*)\b",
    re.I,
)


def check(summary: str, sources: Iterable[str], names: Iterable[str]) -> str:
    """Why a summary cannot be trusted, or "" if it says only what the sources say.

    Every number, date, name, link and reversing word in it must be in the sources. `names` may be
    used freely: the service's own, and those of its terms.
    """
    text = unicodedata.normalize("NFKC", summary).strip()
    source = unicodedata.normalize("NFKC", " ".join(sources))
    if not SHORTEST_CHARACTERS <= len(text) <= LONGEST_CHARACTERS:
        return "it is too short or too long"
    if _MARKUP.search(text) or not text.isprintable():
        return "it holds links or markup"
    for what, pattern in (("number", _NUMBER), ("link", _LINK)):
        new = _matches(pattern, text) - _matches(pattern, source)
        if new:
            return f"a {what} is not in the text: {min(new)}"
    if _days(text) - _days(source):
        return "a date is not in the text"
    known = _words(source).union(*map(_words, names))
    for what, pattern in (("name", _NAME), ("word", _TURNS)):
        new = set[str]().union(*map(_words, _matches(pattern, text))) - known
        if new:
            return f"a {what} is not in the text: {min(new)}"
    return ""


def _matches(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match.group() for match in pattern.finditer(text)}


def _days(text: str) -> set[date]:
    return {day for _, _, day in dates.find(text)}


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[\w-]+", text)}
