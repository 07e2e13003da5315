"""Whether a machine-written summary says only what the changed sentences say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.understand import dates

#: A summary is one or two sentences.
LONGEST = 400
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|eu|io|app|de|fr)\b", re.I)
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-ZÀ-Þ][\w’'-]+|\b[A-Z]{2,}\b")
_MARKUP = re.compile(r"[<>{}\[\]`|*_#]|https?:|@(?:here|everyone)\b")
#: Words that turn a sentence round: a summary may not bring in what the text does not hold.
_TURNS = re.compile(
    r"\b(?:not|never|no longer|cannot|must|always|only|illegal|opt[- ]?out|sell(?:s|ing)?|sold|"
    r"ban(?:ned)?|free|all|everyone|nobody|guarantee\w*)\b",
    re.I,
)


def check(summary: str, sources: Iterable[str], names: Iterable[str]) -> str:
    """Why a summary cannot be trusted, or "" where every number, date, name, link and turning word in it stands
    in the sources. `names` may be used freely: the service's own, and those of its terms."""
    text = unicodedata.normalize("NFKC", summary).strip()
    source = unicodedata.normalize("NFKC", " ".join(sources))
    if not 20 <= len(text) <= LONGEST:
        return "it is too short or too long"
    if _MARKUP.search(text) or not text.isprintable():
        return "it holds links or markup"
    known = {word for name in names for word in _words(name)} | _words(source)
    for what, pattern in (("number", _NUMBER), ("link", _LINK)):
        if new := {m.group() for m in pattern.finditer(text)} - {
            m.group() for m in pattern.finditer(source)
        }:
            return f"a {what} is not in the text: {min(new)}"
    if {day for _, _, day in dates.find(text)} - {day for _, _, day in dates.find(source)}:
        return "a date is not in the text"
    for what, pattern in (("name", _NAME), ("word", _TURNS)):
        if new := {w for m in pattern.finditer(text) for w in _words(m.group())} - known:
            return f"a {what} is not in the text: {min(new)}"
    return ""


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[\w-]+", text)}
