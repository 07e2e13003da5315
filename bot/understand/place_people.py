"""People in a sentence and the place that they are from: "Dutch users", "if you live in"."""

from __future__ import annotations

from dataclasses import dataclass

from bot.understand.place_lists import Line, Listed
from bot.understand.place_meaning import (
    LONGEST_WAY_BEHIND,
    LONGEST_WAY_TO_A_VERB,
    LONGEST_WAY_TO_PEOPLE,
    How,
    are_not,
    is_an_exception,
    is_denied,
    is_example,
    is_in_brackets,
)
from bot.understand.place_words import (
    ANYBODY,
    BEING,
    EXCEPT,
    FOR_EXAMPLE,
    GIVING,
    IN,
    KINDS_OF_PEOPLE,
    LIVE,
    NOT,
    OF_A_PLACE,
    OF_LAWS,
    OF_THESE,
    PEOPLE,
    PEOPLE_ELSEWHERE,
    THE,
    YOU,
)
from bot.understand.unplaced import of_a_people

#: Words that may be between a place and its people before it.
_ON_THE_WAY = BEING | LIVE | IN
#: Words before people that belong to their noun phrase: "our business users".
_OF_THEIRS = THE | KINDS_OF_PEOPLE | {"our", "your", "these", "those", "their"}


_RESIDENCE = frozenset({"residence", "residency", "domicile"})
#: Words before "you", or instead of it.
_CONDITIONS = frozenset("if when where wenn falls si se als jeśli gdy those people".split())
#: Words of which one precedes a place that somebody is in.
_WHO_ARE = LIVE | ANYBODY | {"are", "is", "'re"}
#: "If your address is in" a place.
_YOURS = frozenset({"your", "ihre", "votre", "ton", "tu", "su", "sua", "seu", "uw", "je", "twój"})
_ONE = frozenset({"resident", "citizen", "national"})
_ARE_OR_NOT = frozenset({"are", "not"})
#: Words before people who are a counterpart or only an example.
_AMONG_OTHERS = FOR_EXAMPLE | {"with", "by", "than"}


def stand_behind(line: Line, listed: Listed) -> bool:
    """Whether people follow an adjective or a name: "US users", "EU-based accounts"."""
    if not listed.places:
        return _are_of_an_unknown_place(line, listed)
    if _is_an_origin(line, listed):
        return False
    lower = not line.pieces[listed.last - 1].capital and not listed.is_name
    kinds = PEOPLE_ELSEWHERE if lower else ANYBODY
    if lower and line.word(listed.first - 1) in PEOPLE_ELSEWHERE:
        return True
    for at in range(listed.last, listed.last + LONGEST_WAY_BEHIND):
        word = line.word(at)
        if word in kinds:
            return not _is_in_a_law(line, at + 1)
        if word not in KINDS_OF_PEOPLE:
            return False
    return False


def _is_an_origin(line: Line, listed: Listed) -> bool:
    """Whether another adjective precedes one: "African American creators"."""
    if listed.is_name or listed.first == 0:
        return False
    before = line.pieces[listed.first - 1].place
    return before is not None and not before.is_name


def _is_in_a_law(line: Line, at: int) -> bool:
    """Whether a name goes on, or ends in "Act", as the California Consumer Privacy Act does."""
    if not line.titled and line.is_capital(at):
        return True
    if line.word(at) in {"authority", "authorities", "state", "states", "country", "countries"}:
        return True
    behind = {line.word(place) for place in range(at, at + LONGEST_WAY_BEHIND + 1)}
    return not OF_LAWS.isdisjoint(behind)


def _are_of_an_unknown_place(line: Line, listed: Listed) -> bool:
    """Whether an unknown name precedes residents, or looks like a people's."""
    name = line.pieces[listed.last - 1].text
    behind = line.word(listed.last)
    if behind in OF_A_PLACE:
        return True
    return behind in PEOPLE and (listed.based or of_a_people(name))


def meant(line: Line, first: int) -> How:
    """How people that begin at `first` are meant: as recipients, or as those a rule is for."""
    before = first - 1
    word = line.word(before)
    if word in _AMONG_OTHERS or is_example(line, before):
        return How.MENTIONED
    if word == "non" or (word == "-" and line.word(before - 1) == "non"):
        return How.OUTSIDE
    if are_not(line, before):
        return How.OUTSIDE
    if word == "of" and line.word(before - 1) == "exception":
        return How.EXCEPT
    if is_an_exception(line, before):
        return How.MENTIONED
    return _given_to(line, before)


def _given_to(line: Line, before: int) -> How:
    """How people are meant by the verb before them; `before` is the place of the word before."""
    word = line.word(before)
    window = line.words[max(0, before - LONGEST_WAY_TO_A_VERB) : before + 1]
    if word == "to" and not GIVING.isdisjoint(window):
        return How.MENTIONED
    if word == "but" and line.word(before - 1) in {"everyone", "all", "anyone"}:
        return How.EXCEPT
    if word in {"for", "to", "by", "in"} and is_denied(window):
        return How.EXCEPT
    if word in EXCEPT or (word == "for" and line.word(before - 1) in EXCEPT):
        return How.EXCEPT
    return How.INCLUDED


def stand_before(line: Line, before: int, last: int) -> How:
    """How a place that people are in is meant; `before` is the place of "in", `last` its end."""
    preposition = line.word(before)
    if preposition == "is" and not _RESIDENCE.isdisjoint(line.words[max(0, before - 3) : before]):
        return How.INCLUDED
    if preposition not in IN and preposition != "of":
        return How.MENTIONED
    if preposition == "from" and line.word(last) == "to":
        return How.MENTIONED
    way = _Way(line, before, line.word(before - 1) in LIVE)
    for at in range(before - 1, max(-1, before - LONGEST_WAY_TO_PEOPLE), -1):
        how = way.step(at)
        if how is not None:
            return how
        if way.ends:
            break
    if way.lives and _is_joined_to_you(line, before):
        return How.INCLUDED
    return How.MENTIONED


@dataclass(slots=True)
class _Way:
    """The words from a place back to the people who are there.

    `lives` says that somebody lives there, `denied` that somebody does not, `ends` that the next
    word is no part of the way.
    """

    line: Line
    before: int
    lives: bool
    denied: bool = False
    ends: bool = False

    def step(self, at: int) -> How | None:
        """How the place is meant if the word at `at` is its people; else None, to go past it."""
        line = self.line
        word = line.word(at)
        if _is_anybody(line, at, self.before):
            return self._turned(meant(line, _beginning(line, at)))
        if word == "who" and line.word(at - 1) in ANYBODY:
            return None
        if self._is_you(at):
            return self._turned(_of_you(line, at))
        if word in _RESIDENCE or (word in _YOURS and line.word(at - 1) in _CONDITIONS):
            return self._turned(How.INCLUDED)
        self.lives = self.lives or word in LIVE
        self.denied = self.denied or word in NOT or word.endswith(("n't", "n’t"))
        self.ends = not self.denied and not _is_on_the_way(line, at)
        return None

    def _is_you(self, at: int) -> bool:
        """Whether "you" are there, as residents or by a condition."""
        if self.line.word(at) not in YOU:
            return False
        if self.lives or at >= self.before - LONGEST_WAY_BEHIND:
            return True
        return self.line.word(at - 1) in _CONDITIONS

    def _turned(self, how: How) -> How:
        """The meaning reversed if people are not there: "who do not live in"."""
        if self.denied and how is How.INCLUDED:
            return How.OUTSIDE
        return how


def _is_on_the_way(line: Line, at: int) -> bool:
    """Whether a word may be between people and their place: "users of the Acme app in"."""
    word = line.word(at)
    if word in _ON_THE_WAY or word.isdigit():
        return True
    return line.is_capital(at) and line.pieces[at].place is None and not line.titled


def _is_anybody(line: Line, at: int, before: int) -> bool:
    """Whether people stand there whose place follows: members "of" something belong to no place."""
    word = line.word(at)
    if word in _ONE and line.word(before) in {"of", "in"}:
        # In "If you are not a resident of", the people meant come earlier.
        return _ARE_OR_NOT.isdisjoint(line.words[max(0, at - 2) : at])
    if word not in ANYBODY:
        return False
    return line.word(before) != "of" or word in OF_THESE


def _of_you(line: Line, at: int) -> How:
    """How a place is meant that "you" are in."""
    if line.word(at - 1) == "unless":
        return How.OUTSIDE
    if line.word(at - 1) in {"with", "by", "where", "whether"} or is_in_brackets(line, at):
        return How.MENTIONED
    return How.INCLUDED


def _is_joined_to_you(line: Line, before: int) -> bool:
    """Whether it is "you" who live there: "if you use the service and live in ..."."""
    at = before - 1
    while at >= 0 and line.word(at) in LIVE | {"are", "is", "you", "currently", "also"}:
        at -= 1
    if line.word(at) not in {"and", "or", "und", "et", "y"}:
        return False
    window = line.words[max(0, at - 2 * LONGEST_WAY_TO_PEOPLE) : at]
    return "you" in window and not {"provider", "company", "partner"} & set(window)


def _beginning(line: Line, at: int) -> int:
    """The start of a noun phrase for people that ends at `at`: "our business users"."""
    first = at
    while first > 0 and at - first < LONGEST_WAY_BEHIND:
        word = line.word(first - 1)
        if word not in _OF_THEIRS:
            break
        first -= 1
    return first


def stand_before_a_name(line: Line, before: int) -> How:
    """Like `stand_before`, for a name that may be a place: people live in places and use things."""
    if line.word(before) in {"from", "of"} and line.word(before - 1) not in OF_THESE:
        return How.MENTIONED
    window = set(line.words[max(0, before - LONGEST_WAY_BEHIND) : before])
    if window.isdisjoint(_WHO_ARE):
        return How.MENTIONED
    return stand_before(line, before, before + 1)
