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
#: The number of words of the longest service name.
LONGEST_NAME = 4
#: Up to this length, a word in lower case is not taken as a name.
TOO_SHORT = 2
#: The fewest letters of a word that may be a misspelt name.
LEAST_MISSPELT = 6
#: Endings of an inflected name: "tiktok's", "netflixa".
_ENDINGS = ("'s", "’s", "s", "a", "u", "em", "ie", "owi")


@dataclass(frozen=True, slots=True)
class ServiceFinder:
    """Finds names of services; a name that is also an `everyday` word is not sure on its own."""

    names: Names
    everyday: Container[str]

    def find(self, words: Sequence[Word]) -> Iterator[Spot]:
        """The services and companies named, the longest names first."""
        found = list(self._named(words))
        listed = {place for spot in found if spot.sure for place in (spot.first, spot.last)}
        for spot in found:
            is_listed = not spot.sure and _stands_in_a_list(spot, words, listed)
            yield replace(spot, sure=True) if is_listed else spot

    def misspelt(self, words: Sequence[Word], taken: Mapping[int, Spot]) -> Iterator[Spot]:
        """The services whose names resemble words that are nothing else."""
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
        """The services of a name, and the name without its ending: "tiktok's"."""
        for name in (text, *_without_endings(text)):
            if service := self.names.exactly(name):
                return (service,), name
        return self._owned(text), text

    def _is_told_of(self, text: str, services: tuple[Service, ...]) -> bool:
        """Whether a topic of a service is named, not its ads service: "facebook ads"."""
        name, _space, behind = text.rpartition(" ")
        is_for_others = all(service.serves for service in services)
        is_topic = bool(vocabulary.chosen(behind, "topics"))
        return is_for_others and is_topic and self.names.exactly(name) is not None

    def _owned(self, text: str) -> tuple[Service, ...]:
        """The services of a company with that name."""
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
    """Whether a name stands next to a sure one in a list: "tiktok and x"."""
    beside = [place for place in (spot.first - 1, spot.last + 1) if 0 <= place < len(words)]
    if not any(words[place].text.casefold() in JOINTS for place in beside):
        return False
    return spot.first - 2 in listed or spot.last + 2 in listed
