"""The slots of a sentence (services, places, times, languages), and the sentence with them masked.

A masked sentence has `<s>` for a service, `<r>` for a place, `<t>` for a time, `<d>` for a duration
or end, and `<l>` for a language. What is left says what somebody wants.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from bot.catalogue.indices import SHORT
from bot.catalogue.names import Names
from bot.conversation import named_services, times, zones
from bot.conversation.named_places import PlaceFinder
from bot.conversation.named_services import ServiceFinder
from bot.conversation.spots import (
    JOINTS,
    MAX_CHARACTERS,
    Spot,
    Word,
    masked,
    take,
    text_of,
    words_of,
)
from bot.conversation.time_words import plain, table
from bot.conversation.times import Times
from bot.conversation.vocabulary import about, chosen, folded
from bot.model import Service
from bot.naming import fold

TIME = "<t>"
DURATION = "<d>"
#: The fewest letters, and the most words, of an unknown name in a list.
LEAST_OF_A_NAME = 3
MOST_OF_A_NAME = 2
#: The most words between two words of one time.
MOST_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class Slots:
    """What a sentence names, and the sentence with that masked.

    `companies` are the services of companies that are named as a whole. `perhaps` are services
    whose names are ambiguous or were misspelt; `masked_perhaps` is the sentence with these masked
    as well. `unlisted` are words in a list of services that name none. `only_times` says that the
    sentence holds nothing but times.
    """

    services: tuple[Service, ...]
    companies: tuple[Service, ...]
    perhaps: tuple[Service, ...]
    regions: frozenset[str]
    times: Times
    languages: tuple[str, ...]
    zone: str
    unlisted: tuple[str, ...]
    only_times: bool
    masked: str
    masked_perhaps: str


def find(said: str, names: Names, today: date, everyday: Container[str] = ()) -> Slots:
    """The slots of a sentence said today.

    `everyday` are words in lower case that mostly name nothing.
    """
    said = said[:MAX_CHARACTERS]
    words = words_of(said)
    when = times.find(said, today)
    spots = list(_without_excepted(_spots(words, when, names, everyday), words))
    sure = _without_owners([spot for spot in spots if spot.sure], words)
    unlisted = _unlisted(words, sure, everyday)
    return Slots(
        services=_once(spot.services for spot in sure if len(spot.services) == 1),
        companies=_once(spot.services for spot in sure if len(spot.services) > 1),
        perhaps=_once(spot.services for spot in spots if not spot.sure),
        regions=frozenset(code for spot in spots for code in spot.codes),
        times=when,
        languages=tuple(spot.language for spot in spots if spot.language),
        zone=next((spot.zone for spot in spots if spot.zone), ""),
        unlisted=tuple(text_of(spot, words) for spot in unlisted),
        only_times=bool(when) and not times.left(said, when),
        masked=masked(words, [*sure, *unlisted]),
        masked_perhaps=masked(words, spots),
    )


def _spots(
    words: Sequence[Word], when: Times, names: Names, everyday: Container[str]
) -> list[Spot]:
    """Everything that is named, in order."""
    services = ServiceFinder(names, everyday)
    taken: dict[int, Spot] = {}
    for spot in services.find(words):
        take(spot, taken)
    for spot in list(PlaceFinder(everyday).find(words, taken)):
        take(spot, taken)
    for spot in list(zones.find(words, taken)):
        taken.update(dict.fromkeys(range(spot.first, spot.last + 1), spot))
    for spot in _times(words, when):
        take(spot, taken)
    if not any(spot.mask == named_services.MASK and spot.sure for spot in taken.values()):
        for spot in services.misspelt(words, taken):
            take(spot, taken)
    return sorted(set(taken.values()), key=lambda spot: spot.first)


def _times(words: Sequence[Word], when: Times) -> Iterator[Spot]:
    """The words of times, and the words between two of them: "in the evening at 8"."""
    mask = DURATION if when.days or when.until else TIME
    named = [
        place
        for place, word in enumerate(words)
        if any(word.start < end and start < word.end for start, end in when.spans)
    ]
    around = table("marks")["around"]
    yield from (Spot(place, place, mask) for place in named)
    for place, following in pairwise(named):
        between = range(place + 1, following)
        is_one = len(between) <= MOST_BETWEEN
        if is_one and all(plain(words[each].text) in around for each in between):
            yield from (Spot(each, each, mask) for each in between)


def _without_excepted(spots: Sequence[Spot], words: Sequence[Word]) -> Iterator[Spot]:
    """The spots, with excluded services removed: "google and not youtube"."""
    several = bool(chosen(" ".join(word.text for word in words), "everything"))
    for spot in spots:
        if spot.services and several and _is_excepted(spot, words):
            yield replace(spot, services=())
        else:
            yield spot
        several |= bool(spot.services)


def _is_excepted(spot: Spot, words: Sequence[Word]) -> bool:
    """Whether "but not" or "except" precedes a spot, with at most short words between."""
    for word in reversed(words[max(spot.first - 3, 0) : spot.first]):
        plain = folded(word.text).strip()
        if "than_not" in about(plain, "not"):
            return True
        if len(plain) > SHORT and not about(plain, "not"):
            return False
    return False


def _without_owners(spots: Sequence[Spot], words: Sequence[Word]) -> list[Spot]:
    """The spots without the owners of named services: "an objection to Meta about Instagram"."""
    named = [service for spot in spots for service in spot.services]
    owners = [fold(service.owner) for service in named]
    kept: list[Spot] = []
    for spot in spots:
        text = fold(text_of(spot, words))
        is_owner = spot.services and text == fold(spot.services[0].owner)
        if not is_owner or owners.count(text) <= len(spot.services):
            kept.append(spot)
    return kept


def _unlisted(words: Sequence[Word], spots: Sequence[Spot], everyday: Container[str]) -> list[Spot]:
    """Words in a list next to a service that name none: "roblox and fortnite"."""
    taken = {place: spot for spot in spots for place in range(spot.first, spot.last + 1)}
    pieces = _between_joints(words)
    is_service = [any(taken[at].services for at in piece if at in taken) for piece in pieces]
    found: list[Spot] = []
    for number, piece in enumerate(pieces):
        is_beside = any(is_service[max(number - 1, 0) : number + 2])
        first = words[piece[0]].text.casefold()
        is_new = len(first) >= LEAST_OF_A_NAME and first not in everyday
        if is_beside and is_new and not any(at in taken for at in piece):
            last = piece[:MOST_OF_A_NAME][-1]
            found.append(Spot(piece[0], last, named_services.MASK))
    return found


def _between_joints(words: Sequence[Word]) -> list[list[int]]:
    """The places of words, grouped by the commas, "and" and the like between them."""
    pieces: list[list[int]] = [[]]
    for place, word in enumerate(words):
        if word.text.casefold() in JOINTS:
            pieces.append([])
        else:
            pieces[-1].append(place)
    return [piece for piece in pieces if piece]


def _once(found: Iterable[tuple[Service, ...]]) -> tuple[Service, ...]:
    return tuple({service.id: service for services in found for service in services}.values())
