"""Known places in running text, and whether unknown ones stand there too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.understand import unplaced
from bot.understand.place_names import adjectives, excluded, names, peoples

_COMPANY = (
    r"(?!\s+(?:(?:[\w.&-]+\s+){0,2}(?:Private\s+)?(?:Unlimited|Limited|Ltd))\b)"
    r"(?!\s+(?:Unlimited|Limited|Ltd|Inc|LLC|GmbH|B\.?V|SARL|plc|Representative)\b)"
)
_LAW = (
    r"(?!\s*[-–]\s?(?:U\.?S|US|Swiss|UK)|[’']s\b"
    r"|\s+(?:law|Law|Directive|Regulation|Commission|Digital|Data Privacy|GDPR|Extension|Court|"
    r"Parliament|[Ff]ederal|[Dd]istrict|courts?|[Gg]overnment))"
)
#: People behind a name tell that it is where they are from.
BEFORE_PEOPLE = re.compile(
    r"\s+(?:[a-z][\w-]*\s+)?"
    r"(?:users?|residents?|members?|customers?|consumers?|citizens?|visitors?|subscribers?|"
    r"people)\b"
)
#: "Outside" in the other languages, whose sentences are not read further.
_OUTSIDE_ELSEWHERE = re.compile(
    r"\b(?:außerhalb|ausserhalb|hors|dehors|fuori|fuera|buiten|poza|fora|außer|sauf|salvo|tranne)\b"
)


@cache
def _pattern() -> re.Pattern[str]:
    """Names of places, and what people of a place are called.

    The latter before people, or after others of the kind.
    """
    named_so = _alternatives([*names(), *peoples()])
    said_so = _alternatives(adjectives())
    listed = r"(?:(?:,|/|,?\s+(?:and|or|&))\s*(?:the\s+)?[A-Z][\w.-]*(?:\s[A-Z][\w.-]*)?){0,6}"
    before = rf"(?={listed}(?:\s+[a-z][\w-]*)?\s+(?:{unplaced.PEOPLE}|{unplaced.LANDS})\b)"
    end = rf"(?![\w-])(?!\.\w)|(?=-based\s+{unplaced.PEOPLE})"
    return re.compile(
        rf"(?<![\w-])(?:(?P<name>{named_so})(?:{end})|(?P<people>{said_so})(?![\w-]){before})"
    )


def _alternatives(words: Iterable[str]) -> str:
    """Words, the longest first, sorted by initials: most words begin no name."""
    initials: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        initials.setdefault(word[:2], []).append(re.escape(word[2:]))
    return "|".join(f"{re.escape(two)}(?:{'|'.join(rest)})" for two, rest in initials.items())


_ASIDE = re.compile(_COMPANY + _LAW)
#: "LinkedIn Ireland" and "TikTok U.S. Data Security" are companies, not places.
_BESIDE_A_NAME = re.compile(r"[A-Z][\w.’'-]*\s+$")
#: "The laws of California" say what holds, not for whom.
_LAWS_OF = re.compile(r"\b(?:laws?|courts?)\s+(?:of|in)\s+(?:the\s+)?(?:State\s+of\s+)?$")
_LIST_WORDS = re.compile(
    r"(?:^|[^\w\s]\s*|\b(?:in|within|from|of|the|and|or|for|to|outside|across|throughout|like|both|"
    r"our|this|"
    r"an?|any|each|every|European|than|where|if|as|is|are|between|into|only|add|added|include"
    r"|including|"
    r"covers?|target|mainland|UK|EU|EEA|US|global|non|"
    r"der|die|den|dem|und|oder|sowie|en|au|aux|et|ou|la|le|les|los|el|y|o|e|in|del|het|i|lub|w|na"
    r"|em|no)\s+)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A known place in a text, from `start` to `end`, in characters.

    `codes` are the countries that it means, `excludes` those that it leaves out behind "outside".
    `scope` is false where it is part of a law or of a company's name.
    """

    start: int
    end: int
    codes: frozenset[str]
    excludes: frozenset[str]
    scope: bool = True


@cache
def _meanings() -> dict[str, frozenset[str]]:
    return adjectives() | peoples() | names()


@lru_cache(maxsize=2_000)
def places(text: str) -> tuple[Place, ...]:
    """The known places of a text, those included that say nothing of whom it concerns."""
    return tuple(_places(text))


def _places(text: str) -> Iterator[Place]:
    known = _meanings()
    for match in _pattern().finditer(text):
        word = match.group()
        start = match.start()
        before = text[max(0, start - 40) : start]
        if match["people"]:
            codes = adjectives()[word]
        elif "Europe" in word or _reads_as_place(before, text[match.end() :]):
            codes = known[word]
        elif not _BESIDE_A_NAME.search(before):
            continue
        else:
            codes = frozenset[str]()
        scope = bool(codes)
        if scope and not match["people"]:
            scope = _ASIDE.match(text, match.end()) is not None
        yield Place(start, match.end(), codes, excluded().get(word, codes), scope)


def _reads_as_place(before: str, behind: str) -> bool:
    """Whether a name stands in a list or behind "in", or before people: no company's name does."""
    if BEFORE_PEOPLE.match(behind) and not _BESIDE_A_NAME.search(before):
        return True
    return bool(_LIST_WORDS.search(before))


def of_a_law(text: str, place: Place) -> bool:
    """Whether a place stands behind "the laws of", which say what holds, not for whom."""
    return bool(_LAWS_OF.search(text[max(0, place.start - 60) : place.start]))


def ends(text: str) -> list[int]:
    """Where the names and adjectives of a text end, in characters from its start."""
    return [match.end() for match in _pattern().finditer(text)]


_LONG_FORM = re.compile(
    r"\b(?:[A-Z][\w’']+\s+){0,2}"
    r"(?:Republic|Kingdom|Duchy|Principality|State|Province|Commonwealth|Region|Islands?)\s+of\s+"
    rf"(?:the\s+)?(?=[{unplaced.KNOWN}{unplaced.ASIDE}])"
)


_PEOPLE_ASIDE = re.compile(rf"\b(?:{_alternatives(adjectives())})\b")


def vague(text: str, found: list[Place], spans: list[tuple[int, int]]) -> bool:
    """Whether a text names a place that is not known; one that is left out does not count."""
    marked = list(text)
    for place in places(text):
        if not place.scope:
            _mark(marked, place, unplaced.ASIDE)
    for place in found:
        _mark(marked, place, unplaced.KNOWN)
    if found:
        for start, end in spans:
            marked[start:end] = [""] * (end - start)
    bare = _PEOPLE_ASIDE.sub(unplaced.ASIDE, _LONG_FORM.sub("", "".join(marked)))
    if unplaced.found(bare):
        return True
    if not found:
        return False
    return _OUTSIDE_ELSEWHERE.search(text) is not None


def _mark(marked: list[str], place: Place, sign: str) -> None:
    """Write a sign in place of a place, so that the places of the others stay what they are."""
    marked[place.start : place.end] = [sign] + [""] * (place.end - place.start - 1)
