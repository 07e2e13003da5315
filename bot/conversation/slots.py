"""What a sentence names: services, places, times, languages; and the sentence without them.

A masked sentence has `<s>` for a service, `<r>` for a place, `<t>` for a time, `<d>` for how long
or until when, and `<l>` for a language, so that what is left says what somebody wants.
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
#: Letters of a name in a list that is unknown, and words.
LEAST_OF_A_NAME = 3
MOST_OF_A_NAME = 2
#: Words that may stand between two words of one time.
MOST_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class Slots:
    """What a sentence names, and the sentence with that masked.

    `companies` are the services of companies that are named, not one of them in particular;
    `perhaps` are services whose names are words too, or were misspelt; `masked_perhaps` is the
    sentence with these masked as well. `unlisted` are words that stand in a list of services and
    name none; `only_times` says that there is nothing but times in the sentence.
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
    """What a sentence names that is said on a day.

    `everyday` are words in small letters that mostly name nothing.
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
    """All that is named, in the order in which it stands."""
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
    """The words of times, and what stands between two of them: "in the evening at 8"."""
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
    """The spots, without the services that are taken out: "google and not youtube"."""
    several = bool(chosen(" ".join(word.text for word in words), "everything"))
    for spot in spots:
        if spot.services and several and _is_excepted(spot, words):
            yield replace(spot, services=())
        else:
            yield spot
        several |= bool(spot.services)


def _is_excepted(spot: Spot, words: Sequence[Word]) -> bool:
    """Whether a "but not" or an "except" stands before it, with short words between at most."""
    for word in reversed(words[max(spot.first - 3, 0) : spot.first]):
        plain = folded(word.text).strip()
        if "than_not" in about(plain, "not"):
            return True
        if len(plain) > SHORT and not about(plain, "not"):
            return False
    return False


def _without_owners(spots: Sequence[Spot], words: Sequence[Word]) -> list[Spot]:
    """Leave out whom a named service belongs to: "an objection to Meta about Instagram"."""
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
    """What stands beside a service in a list and names none: "roblox and fortnite"."""
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
    """The places of the words between commas, "and" and the like."""
    pieces: list[list[int]] = [[]]
    for place, word in enumerate(words):
        if word.text.casefold() in JOINTS:
            pieces.append([])
        else:
            pieces[-1].append(place)
    return [piece for piece in pieces if piece]


def _once(found: Iterable[tuple[Service, ...]]) -> tuple[Service, ...]:
    return tuple({service.id: service for services in found for service in services}.values())
