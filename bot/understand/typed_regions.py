"""The regions among the last words that a person typed, and the words around them.

Many country codes are everyday words in one of our languages: "in the uk" is not India and the UK.
Such a word counts only if it can be nothing else (docs/decisions/0020).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import regions

#: Codes that are words or common abbreviations in one of eight languages: English, German, French,
#: Italian, Spanish, Dutch, Polish or Portuguese.
EVERYDAY = frozenset(
    """
    ac ad af ai al am ao as at au be bo by ca ci co cv de dj dm do ee eh el er es et ga id il im
    in io ir is it je ki la li lu ma me mr ms mu my na ne ni no nu om pa pe pm ps re sa se see
    si so st ta to tv um us va ve vi vu yt za
    """.split()
)
#: Nobody means Anguilla by AI; these countries are recognised by name only.
NEVER = frozenset({"ai", "ki", "tv", "yt", "dm", "cv", "pm"})
#: Articles and verbs, unless they are in capitals.
IN_CAPITALS = frozenset({"el", "see"})
#: Words before and between regions.
AROUND = frozenset(
    """
    bitte please a al am and au aus aux d da dans das de dei del dell della den der des di die
    do dla dem du e el em en et for from für het i ich il im in je la las le les live lo los
    me my na nel nell nella nelle no nos og oder of or ou para per pour the to uit und us van
    via voor vom w we within with y z zu zum zur à às &
    i'm i’m ik bin lebe wohne ich vivo vive habite j'habite j’habite suis woon ben mieszkam jestem
    moro sou abito sono soy resido reside based living hier here
    """.split()
)
#: After these, a word at the end can only be a place: "in us", "the us". "For me" is a person.
BEFORE_A_PLACE = frozenset({"in", "the"})
#: After these, it is one more of the countries listed.
BEFORE_ONE_MORE = frozenset({"and", "und", "et", "e", "y", "en", "i", "or", "&"})
#: Separators of regions without spaces.
_JOINTS = re.compile(r"[/+&;|]")
_ELIDED = re.compile(r"^(?:l|d|all|dell|nell)['’]", re.I)
#: Countries that people list by code: "de at ch", "no se dk", "us uk".
_LISTED = regions.EUROPE | {"EU", "EEA", "UK", "US"}
#: The number of words of the longest region name.
LONGEST_WORDS = 4
#: The most letters of a region code.
CODE_LETTERS = 3


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some words and the regions that they name or may name; empty if none."""

    words: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def word(self) -> str:
        """The last word, in lower case."""
        return self.words[-1].casefold()

    @property
    def doubtful(self) -> bool:
        """Whether it may be an everyday word rather than a region code."""
        if not self.codes or len(self.words) != 1:
            return False
        return self.word in EVERYDAY

    @property
    def short(self) -> bool:
        """Whether it is a code, or a name as short as one."""
        return bool(self.codes) and len(self.word) <= CODE_LETTERS

    @property
    def in_capitals(self) -> bool:
        """Whether it is all in capitals."""
        return all(word.isupper() for word in self.words)


def behind(
    words: Sequence[str], is_name: Callable[[list[str]], bool] = lambda _left: False
) -> tuple[frozenset[str], list[str]]:
    """The region codes that the last words name, and the words before them.

    Without any region, all the words are returned. `is_name` says whether the remaining words are a
    name themselves, as Air France is.
    """
    left = _parted(words)
    pieces = list[_Piece]()
    # A flag is not part of a name, though a name is found with one after it.
    while left and (regions.flags(left[-1]) or not is_name(left)):
        piece = _last(left)
        if piece is None:
            break
        pieces.insert(0, piece)
        left = left[: -len(piece.words)]
    codes = _meant(pieces, _shouted(left, pieces))
    if not codes:
        return frozenset(), list(words)
    return codes, left


def _parted(words: Sequence[str]) -> list[str]:
    """Words split at separators of regions, "EU/EEA", "UK+CH", "(uk)"; each flag is a word."""
    found = list[str]()
    for word in words:
        parts = list(regions.flags(word)) or [part for part in _JOINTS.split(word) if part]
        if len(parts) > 1 and all(regions.meant(part) for part in parts):
            found.extend(parts)
        else:
            found.append(word)
    return found


def only_around(words: Sequence[str]) -> bool:
    """Whether the words name nothing: "for me", "in the"."""
    return all(word.casefold() in AROUND for word in words)


def without_article(name: str) -> str:
    """A name without an elided article: "l'Italie"."""
    return _ELIDED.sub("", name)


def _last(words: list[str]) -> _Piece | None:
    """The longest region at the end, else a word that may surround one; or None."""
    for used in range(min(LONGEST_WORDS, len(words)), 0, -1):
        name = without_article(" ".join(words[-used:]))
        if name.casefold() in NEVER or name in IN_CAPITALS:
            continue
        codes = regions.meant(name)
        if codes:
            return _Piece(tuple(words[-used:]), codes)
    if only_around(words[-1:]):
        return _Piece((words[-1],), ())
    return None


def _shouted(left: list[str], pieces: list[_Piece]) -> bool:
    """Whether capitals say nothing, because everything, or a whole region name, is in capitals."""
    for piece in pieces:
        if piece.in_capitals and not piece.short:
            return True
    return all(piece.in_capitals for piece in pieces) and all(word.isupper() for word in left)


def _meant(pieces: list[_Piece], shouted: bool) -> frozenset[str]:
    """The codes that are meant as such."""
    listed = _is_list(pieces)
    codes = set[str]()
    for place, piece in enumerate(pieces):
        if not piece.codes:
            continue
        if listed or not piece.doubtful or _deliberate(pieces, place, shouted):
            codes.update(piece.codes)
    return frozenset(codes)


def _is_list(pieces: list[_Piece]) -> bool:
    """Whether these are listed codes; an everyday word among others must then be European."""
    for piece in pieces:
        if not piece.short and piece.word != "and":
            return False
    doubtful = [piece for piece in pieces[:-1] if piece.doubtful]
    return all(_LISTED.issuperset(piece.codes) for piece in doubtful)


def _deliberate(pieces: list[_Piece], place: int, shouted: bool) -> bool:
    """Whether an everyday word among other words is typed as a code."""
    if pieces[place].words[0].isupper() and not shouted:
        return True
    if not 0 < place == len(pieces) - 1:
        return False
    before = pieces[place - 1].word
    if before in BEFORE_A_PLACE:
        return True
    if before not in BEFORE_ONE_MORE:
        return False
    return _LISTED.issuperset(pieces[place].codes)
