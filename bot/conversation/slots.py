"""What a sentence names: services, places, times, languages; and the sentence without them.

A masked sentence has `<s>` for a service, `<r>` for a place, `<t>` for a time and `<l>` for a
language, so that what is left says what somebody wants.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from re import Match, compile

from babel import Locale

from bot import gazetteer, regions
from bot.catalogue.indices import SHORT
from bot.catalogue.names import Names
from bot.conversation import times
from bot.conversation.classifier import folded
from bot.conversation.times import Times
from bot.model import Service
from bot.naming import fold
from bot.understand import typed_regions

#: Characters and words of a sentence that are read.
MAX_CHARACTERS = 500
MAX_WORDS = 60
#: Words of the longest name of a service, and of a place.
LONGEST_NAME = 4
#: A shorter word is no misspelt name.
LEAST_MISSPELT = 6
#: Words before a place that is not meant: "not the EU".
_NOT = frozenset("not no nicht kein keine pas non no niet geen nie nao não".split())
_WORD = compile(r"[^\s,;!?()\"“”„«»]+|[,;]")
_MARKS = ".:'’"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence and the characters that it takes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Slots:
    """What a sentence names, and the sentence with that masked.

    `companies` are the services of companies that are named, not one of them in particular;
    `perhaps` are services whose names are words too, or were misspelt; `masked_perhaps` is the
    sentence with these masked as well.
    """

    services: tuple[Service, ...]
    companies: tuple[Service, ...]
    perhaps: tuple[Service, ...]
    regions: frozenset[str]
    times: Times
    languages: tuple[str, ...]
    masked: str
    masked_perhaps: str


@dataclass(frozen=True, slots=True)
class _Spot:
    """What some words name: `first` to `last` of them, with a mask."""

    first: int
    last: int
    mask: str
    services: tuple[Service, ...] = ()
    codes: tuple[str, ...] = ()
    language: str = ""
    sure: bool = True


def find(said: str, names: Names, today: date) -> Slots:
    """What a sentence names that is said on a day."""
    said = said[:MAX_CHARACTERS]
    words = [Word(m.group(), m.start(), m.end()) for m in _words(said)]
    taken: dict[int, _Spot] = {}
    for spot in _services(words, names):
        _take(spot, taken)
    for spot in list(_regions(words, taken)):
        _take(spot, taken)
    when = times.find(said, today)
    for spot in _times(words, when):
        _take(spot, taken)
    if not any(spot.mask == "<s>" and spot.sure for spot in taken.values()):
        for spot in _misspelt(words, taken, names):
            _take(spot, taken)
    spots = sorted(set(taken.values()), key=lambda spot: spot.first)
    return Slots(
        services=_unique(
            s for spot in spots if spot.sure and len(spot.services) == 1 for s in spot.services
        ),
        companies=_unique(s for spot in spots if len(spot.services) > 1 for s in spot.services),
        perhaps=_unique(s for spot in spots if not spot.sure for s in spot.services),
        regions=frozenset(code for spot in spots for code in spot.codes),
        times=when,
        languages=tuple(spot.language for spot in spots if spot.language),
        masked=_masked(words, [spot for spot in spots if spot.sure]),
        masked_perhaps=_masked(words, spots),
    )


def chosen(said: str, table: str) -> tuple[str, ...]:
    """The things of a table of `choices.toml` that the words of a sentence choose, in its order."""
    found: list[str] = []
    words = folded(said).split()
    for thing, begun, whole in _choices(table):
        if any(word in whole or word.startswith(begun) for word in words):
            found.append(thing)
    return tuple(found)


@cache
def _choices(table: str) -> tuple[tuple[str, tuple[str, ...], frozenset[str]], ...]:
    """Each thing of a table: the beginnings of its words, and those that are whole."""
    text = files(__package__).joinpath("choices.toml").read_text("utf-8")
    rows = []
    for thing, listed in tomllib.loads(text)[table].items():
        words = [
            folded(word.rstrip(".")).strip() + word[len(word.rstrip(".")) :]
            for word in listed.split()
        ]
        begun = tuple(word for word in words if not word.endswith("."))
        whole = frozenset(word.rstrip(".") for word in words if word.endswith("."))
        rows.append((thing, begun, whole))
    return tuple(rows)


def _words(said: str) -> list[Match[str]]:
    return list(_WORD.finditer(said))[:MAX_WORDS]


def _take(spot: _Spot, taken: dict[int, _Spot]) -> None:
    """Mark words as those of a spot, unless some of them are another's."""
    places = range(spot.first, spot.last + 1)
    if not any(place in taken for place in places):
        taken.update(dict.fromkeys(places, spot))


def _runs(words: Sequence[Word], longest: int) -> Iterator[tuple[int, int, str]]:
    """All that stands together, the longest first: the first word, the last, and the text."""
    for used in range(longest, 0, -1):
        for first in range(len(words) - used + 1):
            run = [word.text for word in words[first : first + used]]
            if "," not in run and ";" not in run:
                yield first, first + used - 1, " ".join(run).strip(_MARKS)


def _services(words: Sequence[Word], names: Names) -> Iterator[_Spot]:
    """The services that are named; a name that is a word too is not sure by itself."""
    found: list[_Spot] = []
    for first, last, text in _runs(words, LONGEST_NAME):
        if not text:
            continue
        service = names.exactly(text) or _of_many(text, names)
        if service is None:
            owned = _owned(text, names)
            if owned:
                found.append(_Spot(first, last, "<s>", owned))
            continue
        sure = len(fold(text)) > SHORT and not names.is_everyday(text)
        found.append(_Spot(first, last, "<s>", (service,), sure=sure))
    listed = {place for spot in found if spot.sure for place in (spot.first, spot.last)}
    for spot in found:
        yield _sure_in_a_list(spot, words, listed)


def _of_many(text: str, names: Names) -> Service | None:
    """The service of a name with a plural or a genitive behind it: "facebooks", "tiktok's"."""
    for ending in ("'s", "’s", "s"):
        if text.casefold().endswith(ending) and len(text) > SHORT + len(ending):
            return names.exactly(text[: -len(ending)])
    return None


def _owned(text: str, names: Names) -> tuple[Service, ...]:
    """The services of a company of that name."""
    if len(text) <= SHORT:
        return ()
    nearest = names.find(text).nearest
    if nearest and fold(nearest[0].owner) == fold(text):
        return nearest
    return ()


def _sure_in_a_list(spot: _Spot, words: Sequence[Word], listed: set[int]) -> _Spot:
    """A short name beside a sure one is meant: "tiktok and x"."""
    if spot.sure:
        return spot
    near = {spot.first - 2, spot.last + 2}
    joint = [place for place in (spot.first - 1, spot.last + 1) if 0 <= place < len(words)]
    between = any(words[place].text.casefold() in _JOINTS for place in joint)
    if between and near & listed:
        return _Spot(spot.first, spot.last, spot.mask, spot.services)
    return spot


_JOINTS = frozenset(
    (",", "and", "und", "et", "e", "y", "en", "i", "&", "+", "or", "oder", "ou", "o")
)


def _misspelt(words: Sequence[Word], taken: Mapping[int, _Spot], names: Names) -> Iterator[_Spot]:
    for place, word in enumerate(words):
        if place in taken or len(word.text) < LEAST_MISSPELT:
            continue
        service = names.find(word.text.strip(_MARKS)).service
        if service is not None:
            yield _Spot(place, place, "<s>", (service,), sure=False)


def _regions(words: Sequence[Word], taken: Mapping[int, _Spot]) -> Iterator[_Spot]:
    """The places and languages that are named; those that are said not to be meant count not.

    "German" is a language and a people.
    """
    for first, last, text in _runs(words, typed_regions.LONGEST_WORDS):
        if any(place in taken for place in range(first, last + 1)):
            continue
        codes = _place(text, words, first)
        language = _names_of_languages().get(folded(text).strip(), "")
        if "'" in text or "’" in text:
            codes = ()
        if not codes and not language:
            continue
        before = {word.text.casefold() for word in words[max(first - 2, 0) : first]}
        mask = "<l>" if language else "<r>"
        yield _Spot(first, last, mask, codes=() if before & _NOT else codes, language=language)


def _place(text: str, words: Sequence[Word], first: int) -> tuple[str, ...]:
    name = typed_regions.without_article(text)
    word = name.casefold()
    if word in typed_regions.NEVER or name in typed_regions.IN_CAPITALS:
        return ()
    codes = regions.meant(name)
    if codes and word in typed_regions.EVERYDAY and not name.isupper():
        before = words[first - 1].text.casefold() if first else ""
        return codes if before in typed_regions.BEFORE_A_PLACE else ()
    return codes or _people().get(folded(name).strip(), ())


@cache
def _people() -> Mapping[str, tuple[str, ...]]:
    """What people of a place are called, in small letters without marks."""
    found: dict[str, tuple[str, ...]] = {}
    for entries in (gazetteer.adjectives(), gazetteer.peoples()):
        for word, entry in entries.items():
            plain = folded(word).strip()
            if len(plain) > SHORT and plain not in found:
                found[plain] = tuple(dict.fromkeys(regions.codes(regions.area_of(entry.codes))))
    return found


@cache
def _names_of_languages() -> Mapping[str, str]:
    """The languages of the bot by their names in each of them, and by their English ones."""
    found: dict[str, str] = {}
    for spoken in times.LANGUAGES:
        for code in times.LANGUAGES:
            found.setdefault(folded(str(Locale(spoken).languages[code])).strip(), code)
    return found


def _times(words: Sequence[Word], when: Times) -> Iterator[_Spot]:
    for start, end in when.spans:
        for place, word in enumerate(words):
            if word.start < end and start < word.end:
                yield _Spot(place, place, "<t>")


def _unique(services: Iterator[Service]) -> tuple[Service, ...]:
    return tuple({service.id: service for service in services}.values())


def _masked(words: Sequence[Word], spots: Sequence[_Spot]) -> str:
    """The words with masks in the place of what is named; masks in a row are one."""
    at = {place: spot for spot in spots for place in range(spot.first, spot.last + 1)}
    found: list[str] = []
    for place, word in enumerate(words):
        spot = at.get(place)
        piece = spot.mask if spot else word.text
        if spot and found and found[-1] == piece:
            continue
        found.append(piece)
    return " ".join(found)
