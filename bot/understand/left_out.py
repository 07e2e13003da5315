"""Places that a sentence excludes: "except in France", "users outside the EU"."""

from __future__ import annotations

from bot.understand.place_lists import Line
from bot.understand.place_meaning import (
    LONGEST_WAY_TO_A_VERB,
    LONGEST_WAY_TO_PEOPLE,
    How,
    is_denied,
)
from bot.understand.place_words import (
    AND,
    ANYBODY,
    BEING,
    EXCEPT,
    IN,
    LANDS,
    LIVE,
    OUTSIDE,
    THE,
    YOU,
)

#: Words that may be between people and "outside" a place.
_ON_THE_WAY = BEING | LIVE | LANDS | IN | THE | AND | {"anywhere"}
_EVERYBODY = frozenset({"everyone", "everywhere", "anyone", "all", "everybody"})


def left_out(line: Line, before: int) -> How:
    """How a list of places after "except" or "outside" is excluded; else MENTIONED."""
    word = line.word(before)
    if word in EXCEPT:
        return How.EXCEPT
    behind = line.word(before - 1)
    if word in OUTSIDE:
        return _outside(line, before)
    if word in {"of", "de", "d", "von", "da", "del"} and behind in OUTSIDE:
        return _outside(line, before - 1)
    if word == "than" and behind == "other":
        return _outside(line, before - 1)
    if word in IN or word in {"for", "to", "of", "those", "people", "users"}:
        return _left_out_in(line, before - 1)
    if word == "but" and behind in _EVERYBODY:
        return How.EXCEPT
    return How.MENTIONED


def _left_out_in(line: Line, before: int) -> How:
    """The same, with "in" or "for" in between."""
    word = line.word(before)
    behind = line.word(before - 1)
    if word in EXCEPT or (word == "exception" and line.word(before + 1) == "of"):
        return How.EXCEPT
    if word == "than" and behind == "other":
        return _outside(line, before - 1)
    if word == "not" and behind in {"but", ",", "and", "(", "–", "—"}:
        return How.EXCEPT
    if word == "but" and behind in {"everywhere", "everyone"}:
        return How.EXCEPT
    return How.MENTIONED


def _outside(line: Line, at: int) -> How:
    """How a place after people's "outside" is meant; data that goes outside says nothing."""
    before = at - 1
    if is_denied(line.words[max(0, at - LONGEST_WAY_TO_A_VERB) : at]):
        return How.MENTIONED
    if before < 0 or line.word(before) in {"available", "apply", "applies", "for"}:
        return How.OUTSIDE
    for before in range(at - 1, max(-1, at - LONGEST_WAY_TO_PEOPLE), -1):
        word = line.word(before)
        if word in ANYBODY or word in YOU:
            return How.OUTSIDE
        if word not in _ON_THE_WAY:
            return How.MENTIONED
    return How.OUTSIDE
