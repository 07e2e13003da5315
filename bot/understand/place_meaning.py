"""The meaning of a place in a sentence, and what makes it an example or a denial."""

from __future__ import annotations

from enum import Enum

from bot.understand.place_lists import Line
from bot.understand.place_words import APPLIES, BEING, EXCEPT, NOT, THE

#: The most words read back from a place to people, and from people to their verb.
LONGEST_WAY_TO_PEOPLE = 16
LONGEST_WAY_TO_A_VERB = 8
#: The most words between an adjective and its people.
LONGEST_WAY_BEHIND = 3
_THE_OR_BEING = THE | BEING


class How(Enum):
    """How a place is meant."""

    #: The rule is for people there.
    INCLUDED = "included"
    #: The rule is not for people there, among those it is for.
    EXCEPT = "except"
    #: The rule is for everybody who is not there.
    OUTSIDE = "outside"
    #: The place is only mentioned.
    MENTIONED = "mentioned"


def are_not(line: Line, before: int) -> bool:
    """Whether "you are not" precedes people: "a California resident"."""
    for at in range(before, before - LONGEST_WAY_BEHIND, -1):
        if line.word(at) in NOT:
            return line.word(at - 1) in {"are", "is", "'re"} and line.word(at + 1) != "only"
        if line.word(at) not in _THE_OR_BEING:
            return False
    return False


def is_an_exception(line: Line, before: int) -> bool:
    """Whether only some people in a place are excluded: "except approved sellers in"."""
    for at in range(before, max(-1, before - LONGEST_WAY_TO_PEOPLE), -1):
        word = line.word(at)
        if word in {",", ";", ":"}:
            return False
        if word in EXCEPT | {"exception"}:
            return at < before
    return False


def is_example(line: Line, before: int) -> bool:
    """Whether "such as", or a bracket within a sentence, begins there."""
    if line.word(before) == "as" and line.word(before - 1) == "such":
        return True
    is_within = before > LONGEST_WAY_BEHIND and line.word(before) == "for"
    if is_within and line.word(before - 1) in {",", "and", "or", ";"}:
        return True
    return is_in_brackets(line, before + 1)


def is_in_brackets(line: Line, at: int) -> bool:
    """Whether a word is in brackets within a sentence, so that it is about a part only."""
    begins = at
    while begins >= 0 and at - begins < LONGEST_WAY_TO_A_VERB and line.word(begins) != "(":
        if line.word(begins) == ")":
            return False
        begins -= 1
    return line.word(begins) == "(" and begins > LONGEST_WAY_BEHIND


def is_denied(window: list[str]) -> bool:
    """Whether a rule is said not to apply. "No longer applies" is a change for those people."""
    for at, word in enumerate(window):
        behind = window[at + 1 :]
        if word in NOT and behind[:1] not in (["longer"], ["limited"], ["only"], ["just"]):
            return word == "unavailable" or not APPLIES.isdisjoint(behind)
        if word.endswith("n't") and not APPLIES.isdisjoint(behind):
            return True
    return False
