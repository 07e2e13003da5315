"""Lists of places in a sentence: "the EU, the UK (except Jersey) or Switzerland" is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.understand.place_words import AND, ANYBODY, IN, LANDS, OF_A_THING, PEOPLE, THE
from bot.understand.spotting import Codes, Piece, Place, Terms, pieces
from bot.understand.unplaced import of_a_people, plain

#: The most words of a capitalised name.
LONGEST_NAME = 4
#: The most words between the members of a list.
LONGEST_JOINT = 5
#: The most members examined after an unknown one.
LONGEST_LIST = 6
#: The most words in brackets after a place: "(collectively, “Europe”)".
LONGEST_BRACKET = 14
#: If more of its longer words are capitalised, a text is a heading, or in capitals.
SHARE_OF_CAPITALS = 0.6
LONG_LETTERS = 4
#: If more of its letters are capitals, "US" may be "us".
SHARE_SHOUTED = 0.7
_OTHERS = frozenset({"other", "others", "another", "further", "additional", "more", "rest"})
_ELSEWHERE = frozenset("elsewhere anywhere abroad everywhere overseas worldwide globally".split())
_BASED = frozenset({"based", "resident"})
_THE_OR_IN = THE | IN
#: Capitalised words after a place that do not extend its name.
_NO_NAMES = ANYBODY | LANDS | THE | AND | IN
#: Capitalised words before a name that are not part of it.
_BEFORE_A_NAME = frozenset(
    """
    in for the if from within outside only all any and or our your this that new non unless as to of
    with by where when both throughout while although across on at under not but except every each
    effective section more most many some other these those until since additional information
    notice privacy rights european mainland eu eea uk us please however also
    """.split()
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of places, from piece `first` to before piece `last`.

    `vague` says that a member is unknown. `based` says that people are distinguished by it, as in
    "EU-based".
    """

    first: int
    last: int
    places: tuple[Place, ...]
    vague: bool = False
    based: bool = False

    @property
    def codes(self) -> Codes:
        """The countries that the places mean."""
        return frozenset().union(*(place.codes for place in self.places))

    @property
    def excludes(self) -> Codes:
        """The countries that "outside" these places certainly excludes."""
        return frozenset().union(*(place.excludes for place in self.places))

    @property
    def wide(self) -> Codes:
        """The countries that are excluded if "Europe" means all of Europe."""
        return frozenset().union(*(place.wide for place in self.places))

    @property
    def is_name(self) -> bool:
        """Whether it is more than an adjective."""
        return any(place.is_name for place in self.places)


class Line:
    """The pieces of a text, and the lists of places in it."""

    def __init__(self, text: str, terms: Terms = ()) -> None:
        self.pieces: Sequence[Piece] = pieces(text, terms)
        self.words = [piece.word for piece in self.pieces]
        long = [piece for piece in self.pieces if len(piece.text) >= LONG_LETTERS]
        capitals = sum(piece.capital for piece in long)
        #: Whether the text is in capitals, so that they say nothing.
        self.titled = len(long) > 2 and capitals > SHARE_OF_CAPITALS * len(long)
        letters = sum(map(str.isalpha, text))
        self.shouted = sum(map(str.isupper, text)) > SHARE_SHOUTED * letters

    def word(self, at: int) -> str:
        """The word at a place, in lower case; "" outside the text."""
        if 0 <= at < len(self.words):
            return self.words[at]
        return ""

    def is_capital(self, at: int) -> bool:
        """Whether the word at a place is capitalised."""
        return 0 <= at < len(self.pieces) and self.pieces[at].capital

    def lists(self) -> Iterator[Listed]:
        """The lists of places, known or possibly unknown, from left to right."""
        at = 0
        while at < len(self.pieces):
            found = self._list_at(at)
            if found is None:
                at += 1
                continue
            yield found
            at = found.last

    def _list_at(self, at: int) -> Listed | None:
        piece = self.pieces[at]
        if piece.place and not self._is_ours(at):
            return self._list(at, at + 1, piece.place)
        name = self._name(at) if piece.capital else 0
        if name:
            return self._list(at, name, None)
        return None

    def _is_ours(self, at: int) -> bool:
        """Whether "US" is only "us" in capitals."""
        if self.pieces[at].text != "US" or not self.shouted:
            return False
        return self.word(at - 1) != "the" and self.word(at + 1) not in PEOPLE

    def _name(self, at: int) -> int:
        """The end of a name that may be an unknown place; 0 if none begins at `at`."""
        if at == 0 and self.word(1) not in AND - {","} and not of_a_people(self.pieces[0].text):
            return 0
        end = at
        while end < min(len(self.pieces), at + LONGEST_NAME) and self._is_name(end):
            end = self._joined(end + 1)
        if end == at or any(plain(piece.word) for piece in self.pieces[at:end] if piece.capital):
            return 0
        return end

    def _joined(self, end: int) -> int:
        """The end of the words that join a name to more of it; `end` if there are none."""
        while self.word(end) in {"of", "the", "-"} and end + 1 < len(self.pieces):
            if not self._is_name(end + 1):
                break
            end += 1
        return end

    def _is_name(self, at: int) -> bool:
        piece = self.pieces[at]
        if piece.place or not piece.capital or piece.word in ANYBODY:
            return False
        return piece.text[-1:].isalnum()

    def _list(self, first: int, end: int, place: Place | None) -> Listed:
        members = [place]
        based = False
        while True:
            if self.word(end) in {"-", " "} and self.word(end + 1) in _BASED:
                based = True
                end += 2
            end = self._behind(end, members)
            if end < len(self.pieces) and self.words[end] in LANDS:
                end += 1
            step = self._next(end, first)
            if not step:
                break
            end, member = step
            members.append(member)
        known = tuple(member for member in members if member)
        vague = None in members or self._goes_on(end, known)
        return Listed(first, end, known, vague, based)

    def _goes_on(self, end: int, known: tuple[Place, ...]) -> bool:
        """Whether the list ends in others: "and elsewhere", "or in other countries"."""
        if self.word(end) not in AND:
            return False
        for at in range(end + 1, end + LONGEST_JOINT):
            word = self.word(at)
            if word in _ELSEWHERE:
                return True
            if word in _OTHERS:
                return not self._is_place(at + 1) and not self._is_a_state(at + 1, known)
            if word not in _THE_OR_IN and word not in AND:
                return False
        return False

    def _is_a_state(self, at: int, known: tuple[Place, ...]) -> bool:
        """Whether "other states" are those of the US."""
        words = {self.word(at), self.word(at + 1)}
        return not words.isdisjoint({"state", "states"}) and any("US" in one.codes for one in known)

    def _behind(self, end: int, members: list[Place | None]) -> int:
        """The place after brackets with other names of a place, or more places."""
        if self.word(end) != "(":
            return end
        limit = min(len(self.pieces), end + LONGEST_BRACKET)
        for close in range(end + 1, limit):
            piece = self.pieces[close]
            if piece.text == ")":
                return close + 1
            if piece.place:
                members.append(piece.place)
            elif piece.word in {"except", "excluding", "outside", "not", "without"}:
                break
        return end

    def _next(
        self, end: int, first: int, ahead: int = LONGEST_LIST
    ) -> tuple[int, Place | None] | None:
        """The next member of a list, or None: where it ends, and the place if it is known.

        After an unknown member, `ahead` more are examined.
        """
        at = end
        joint = 0
        while at < len(self.pieces) and at - end < LONGEST_JOINT:
            word = self.words[at]
            if word in AND:
                joint += word != ","
            elif at == end or word not in _THE_OR_IN:
                break
            at += 1
        if at == end or at >= len(self.pieces) or self.words[end] not in AND:
            return None
        place = self.pieces[at].place
        if place and not self.is_of_a_thing(at):
            return at + 1, place
        return self._unknown(at, first, joint, ahead)

    def _unknown(
        self, at: int, first: int, joint: int, ahead: int
    ) -> tuple[int, Place | None] | None:
        """An unknown member: after "and", or after a comma if the list goes on behind it.

        In "In the US, Acme and Emca may ..." the list after the comma is the subject.
        """
        name = self._name(at)
        if not name:
            return None
        if joint or not ahead:
            return name, None
        behind = self._next(name, first, ahead - 1)
        if behind is None:
            return None
        if behind[1] is None and first <= 2:
            return None
        return name, None

    def is_of_a_thing(self, at: int) -> bool:
        """Whether a place is part of a law, an authority, a company or a framework."""
        word = self.word(at + 1)
        if word in OF_A_THING or word in {"'s", "’s"}:
            return True
        if word in {"-", "–"} and self._is_place(at + 2):
            return True
        if self.word(at - 1) in {"-", "–"} and self._is_place(at - 2):
            return True
        if self.titled:
            return False
        return self._is_in_a_name(at)

    def _is_place(self, at: int) -> bool:
        return 0 <= at < len(self.pieces) and self.pieces[at].place is not None

    def _is_in_a_name(self, at: int) -> bool:
        """Whether capitalised words beside it form a name with it: "LinkedIn Ireland"."""
        behind = self.pieces[at + 1] if at + 1 < len(self.pieces) else None
        if behind and behind.capital and not behind.place:
            if behind.word in PEOPLE and self.is_capital(at + 2):
                return True
            if behind.word not in _NO_NAMES:
                return True
        before = self.pieces[at - 1]
        if at <= 1 or not before.capital or before.place:
            return False
        return before.word not in _BEFORE_A_NAME
