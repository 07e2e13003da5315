"""The services that a sentence names."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.catalogue.indices import SHORT
from bot.catalogue.names import Names
from bot.conversation import vocabulary
from bot.conversation.spots import JOINTS, MARKS, Spot, Word, runs
from bot.model import Service
from bot.naming import fold

MASK = "<s>"
#: Words of the longest name of a service.
LONGEST_NAME = 4
#: Letters of a name that is no name where it is a word in small letters.
TOO_SHORT = 2
#: A shorter word is no misspelt name.
LEAST_MISSPELT = 6
#: What stands behind a name that bends: "tiktok's", "netflixa".
_ENDINGS = ("'s", "’s", "s", "a", "u", "em", "ie", "owi")


@dataclass(frozen=True, slots=True)
class ServiceFinder:
    """Finds names of services. A name that is one of the `everyday` words is not sure by itself."""

    names: Names
    everyday: Container[str]

    def find(self, words: Sequence[Word]) -> Iterator[Spot]:
        """The services and companies that are named, the longest names first."""
        found = list(self._named(words))
        listed = {place for spot in found if spot.sure for place in (spot.first, spot.last)}
        for spot in found:
            is_listed = not spot.sure and _stands_in_a_list(spot, words, listed)
            yield replace(spot, sure=True) if is_listed else spot

    def misspelt(self, words: Sequence[Word], taken: Mapping[int, Spot]) -> Iterator[Spot]:
        """The services whose names are near to words that are nothing else."""
        for place, word in enumerate(words):
            text = word.text.strip(MARKS)
            if place in taken or len(text) < LEAST_MISSPELT or self._is_everyday(text):
                continue
            service = self.names.find(text).service
            if service is not None:
                yield Spot(place, place, MASK, (service,), sure=False)

    def _named(self, words: Sequence[Word]) -> Iterator[Spot]:
        for first, last, text in runs(words, LONGEST_NAME):
            if len(text) == TOO_SHORT and text.islower() and text in self.everyday:
                continue  # "is it so"
            services, name = self._meant(text)
            if services and not (last > first and self._is_told_of(text, services)):
                sure = len(fold(name)) > SHORT and not self._is_everyday(name)
                yield Spot(first, last, MASK, services, sure=sure)

    def _meant(self, text: str) -> tuple[tuple[Service, ...], str]:
        """The services of a name, and the name without what is behind it: "tiktok's"."""
        for name in (text, *_without_endings(text)):
            if service := self.names.exactly(name):
                return (service,), name
        return self._owned(text), text

    def _is_told_of(self, text: str, services: tuple[Service, ...]) -> bool:
        """Whether it is what a service does, rather than one for advertisers: "facebook ads"."""
        name, _space, behind = text.rpartition(" ")
        is_for_others = all(service.serves for service in services)
        is_topic = bool(vocabulary.chosen(behind, "topics"))
        return is_for_others and is_topic and self.names.exactly(name) is not None

    def _owned(self, text: str) -> tuple[Service, ...]:
        """The services of a company of that name."""
        if len(text) <= SHORT:
            return ()
        nearest = self.names.find(text).nearest
        return nearest if nearest and fold(nearest[0].owner) == fold(text) else ()

    def _is_everyday(self, text: str) -> bool:
        if self.names.is_everyday(text):
            return True
        return all(word in self.everyday for word in text.casefold().split())


def _without_endings(text: str) -> Iterator[str]:
    for ending in _ENDINGS:
        if text.casefold().endswith(ending) and len(text) > SHORT + len(ending):
            yield text[: -len(ending)]


def _stands_in_a_list(spot: Spot, words: Sequence[Word], listed: Container[int]) -> bool:
    """Whether a name stands beside one that is sure: "tiktok and x"."""
    beside = [place for place in (spot.first - 1, spot.last + 1) if 0 <= place < len(words)]
    if not any(words[place].text.casefold() in JOINTS for place in beside):
        return False
    return spot.first - 2 in listed or spot.last + 2 in listed
