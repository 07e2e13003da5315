"""The places, languages and peoples that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from babel import Locale

from bot import gazetteer, regions
from bot.catalogue.indices import SHORT
from bot.conversation.days import LANGUAGES
from bot.conversation.spots import Spot, Word, is_free, runs
from bot.conversation.vocabulary import folded
from bot.understand import typed_regions

PLACE = "<r>"
LANGUAGE = "<l>"
#: Words before a place that is excluded: "not the EU".
_NOT = frozenset("not nicht kein keine pas non niet geen nie nao não".split())
#: Words before a description of a person: "I am German" names a place, "in German" a language.
_AM = frozenset("am i'm im bin ben suis sono soy sou jestem we're are sind".split())
#: Words directly before a language: "in German", "po polsku", "in het Nederlands".
_IN_LANGUAGE = frozenset("in auf en em po op het".split())
#: Words after which an ambiguous word is a place.
_BEFORE = frozenset(
    """
    in the for from only nur en im aus für der die dans nell' nella na w we z ze uit nur seulement
    solo alleen tylko só not region into to nach naar au aux voor per para pour do da no of near
    à a di te bei von em
    """.split()
)
#: Words before the place that somebody left, and before the one they moved to.
_FROM = frozenset("from von aus de du da dalla z van do".split())
_TO = frozenset("to nach à a en au aux in naar do na para".split())
#: Codes that people write in lower case in a sentence; others are words: "in", "is", "so".
_SMALL_CODES = frozenset({"uk", "eu"})
#: How German is typed without its own letters: "oesterreich".
_WRITTEN_OUT = {"ae": "ä", "oe": "ö", "ue": "ü"}
_UMLAUTS = re.compile("[aou]e", re.I)
#: The feminine endings of German: "Österreicherin".
_WOMEN = re.compile(r"in(?:nen)?$")


@dataclass(frozen=True, slots=True)
class PlaceFinder:
    """Finds names of places and languages among the words that name no service.

    A name that is also one of the `everyday` words counts only where a place must stand.
    """

    everyday: Container[str]

    def find(self, words: Sequence[Word], taken: Mapping[int, Spot]) -> Iterator[Spot]:
        """The places and languages named; excluded places have no codes."""
        found = list(self._named(words, taken))
        moved_to = [spot.first for spot in found if _before(spot.first, words) in _TO]
        for spot in found:
            is_left = _before(spot.first, words) in _FROM and spot.first < max(moved_to, default=0)
            yield replace(spot, codes=()) if is_left else spot

    def _named(self, words: Sequence[Word], taken: Mapping[int, Spot]) -> Iterator[Spot]:
        for first, last, text in runs(words, typed_regions.LONGEST_WORDS):
            if not is_free(first, last, taken):
                continue
            codes = self._codes(text, words, first, taken)
            language = languages_by_name().get(folded(text).strip(), "")
            before = {word.text.casefold() for word in words[max(first - 2, 0) : first]}
            if codes and before & _AM:
                language = ""
            if codes or language:
                mask = LANGUAGE if language else PLACE
                is_spoken = bool(language) and _before(first, words) in _IN_LANGUAGE
                meant = () if is_spoken or before & _NOT else codes
                yield Spot(first, last, mask, codes=meant, language=language)

    def _codes(
        self, text: str, words: Sequence[Word], first: int, taken: Mapping[int, Spot]
    ) -> tuple[str, ...]:
        name = typed_regions.without_article(text)
        if "'" in name or "’" in name or not _may_be_a_place(name):
            return ()
        codes = regions.meant(name) or _of_people(name)
        if not codes and _UMLAUTS.search(name):
            name = _UMLAUTS.sub(lambda found: _WRITTEN_OUT[found[0].casefold()], name)
            codes = regions.meant(name) or _of_people(name)
        if not codes or not self._is_word_too(name) or _is_written_as_code(name, words):
            return codes
        before = _before(first, words)
        stands_alone = len(words) == 1
        is_behind_a_name = first - 1 in taken
        return codes if stands_alone or is_behind_a_name or before in _BEFORE else ()

    def _is_word_too(self, name: str) -> bool:
        word = name.casefold()
        return word in typed_regions.EVERYDAY or word in self.everyday or regions.is_city(name)


def _before(first: int, words: Sequence[Word]) -> str:
    """The word before the one at an index, in lower case; "" if that is the first."""
    return words[first - 1].text.casefold() if first else ""


def _may_be_a_place(name: str) -> bool:
    """Whether a name may be a place: ambiguous codes count only in capitals."""
    word = name.casefold()
    if word in typed_regions.NEVER or name in typed_regions.IN_CAPITALS:
        return False
    is_code = len(name) == 2 and name.isalpha()
    return not is_code or name.isupper() or word in _SMALL_CODES


def _is_written_as_code(name: str, words: Sequence[Word]) -> bool:
    """Whether a name is in capitals among words that are not."""
    return name.isupper() and not all(word.text.isupper() for word in words)


def _of_people(name: str) -> tuple[str, ...]:
    """The codes of the place of a people: "Polin", "Österreicherin"."""
    plain = folded(name).strip()
    return _people().get(plain) or _people().get(_WOMEN.sub("", plain), ())


@cache
def _people() -> Mapping[str, tuple[str, ...]]:
    """The codes of places by the names of their people, in lower case without diacritics."""
    found: dict[str, tuple[str, ...]] = {}
    for entries in (gazetteer.adjectives(), gazetteer.peoples()):
        for word, entry in entries.items():
            plain = folded(word).strip()
            if len(plain) > SHORT and plain not in found:
                found[plain] = tuple(dict.fromkeys(regions.codes(regions.area_of(entry.codes))))
    return found


@cache
def languages_by_name() -> Mapping[str, str]:
    """The bot's languages by their names in each of them, in lower case without diacritics."""
    found: dict[str, str] = {}
    for spoken in LANGUAGES:
        for code in LANGUAGES:
            name = folded(str(Locale(spoken).languages[code])).strip()
            found.setdefault(name, code)
            if spoken == "pl":
                found.setdefault(f"{name[:-1]}u", code)  # "po polsku"
    return found
