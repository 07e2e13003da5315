"""Finding the service that is meant: exact names first, then fuzzy ones; short ones exactly."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Prefix

from bot.catalogue import indices
from bot.catalogue.indices import HANDLE, SHORT
from bot.model import Item, Service
from bot.naming import bare, fold

#: With one slip of the hand, a name of so many letters is taken; a shorter one is asked about.
TAKEN = 7
#: A shorter name is not taken where its first letter is another: "videos" is a common word.
LONG = 8
#: Slips with which a name of so many letters is offered.
OFFERED = ((8, 3), (5, 2), (SHORT, 1))
#: So few letters of a name are read as its beginning.
LEAST_BEGUN = 4
#: Letters that may lack behind the beginning of a name.
MOST_LACKING = 8
#: A name that goes on behind another lacks more than so many letters, or it may be meant.
FEW_LACKING = 3
#: What is less alike is not even offered.
POSSIBLE = 60.0
#: Characters that are read of what a person typed.
MAX_TYPED = 200
#: So many times as long is much longer.
MUCH_LONGER = 1.5
#: Characters of a sentence that are read.
MAX_SENTENCE = 500
#: Words of a sentence that are read.
MANY_WORDS = 60
#: Words of the longest name that is looked for in a sentence.
LONGEST = 3
#: “X (formerly Twitter)”, “Facebook, now Meta”: a folder that names its service twice.
_ONCE = re.compile(
    r"(.{1,80}?)[\s,]*\(?\b(?:formerly|previously|once|now|ex|aka)\b"
    r"[\s:-]*(?:known as\s+)?(.{1,80}?)\)?",
    re.I,
)
#: What stands around a name that is typed as an address.
_ADDRESS = re.compile(
    r"^(?:https?://)?(?:www\.)?|(?<=[^\s.])\.(?:com|org|net|io|ai|app|tv|me|eu|de|fr|it|es|nl|pl|pt"
    r"|at|be|ch|ie|dk|se|no|fi|uk|co\.uk)/?$",
    re.I,
)
#: The forms of companies that stand behind their names.
_COMPANY = re.compile(
    r"[\s,]+(?:inc|incorporated|ltd|limited|llc|l\.l\.c|plc|corp|corporation|co|company|gmbh|ag|kg"
    r"|se|s\.?a|s\.?a\.?s|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|ab|as|a/s|oy|oyj|sp\. z o\.o)\.?$",
    re.I,
)
_ARTICLE = re.compile(r"^the\s+", re.I)
_GENITIVE = re.compile(r"(?<=\S)['’´`]s?$", re.I)
_WORD = re.compile(r"[^\s,;.!?()\"“”„«»:]+")
#: Services of a company that are offered.
MOST_OWNED = 5
#: An article that names more services in its title is about these, the first.
MOST_NAMED = 3


class Off(NamedTuple):
    """How far a name is from what was typed; the smaller, the nearer.

    Slips of the hand, letters that are wrong, and letters alike at the beginning, which are
    counted below zero.
    """

    slips: int
    wrong: int
    alike: int
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the service when we are sure, else the nearest few to offer.

    They are `close` where all that was typed is a name of the first, or begins one, but for a slip.
    """

    service: Service | None
    nearest: tuple[Service, ...] = ()
    close: bool = False


class Names:
    """An index over services; built once, never changed."""

    def __init__(self, services: Sequence[Service]) -> None:
        self.services = tuple(services)
        self._by_id = indices.by_id(services)
        self._by_handle = {
            indices.handle(name): service.id for name, service in self._by_id.items()
        }
        self._folders = indices.by_folder(services)
        self._exact = indices.by_name(services)
        self._everyday = {fold(name) for service in services for name in service.everyday}
        self._domains = indices.owners(services)
        self._owned = indices.by_company(services)
        self._fuzzy = [name for name in self._exact if len(name) > SHORT]
        self._bare = indices.by_bare_name(self._exact, self._domains)
        self._sorted = sorted(name for name in self._bare if len(name) > SHORT)
        self._in_text = indices.text_pattern(services)

    def get(self, service_id: str) -> Service | None:
        """The service of an id, or of one that earlier releases had."""
        return self._by_id.get(service_id)

    def label(self, service_id: str) -> str:
        """The name of a service for people; the id itself where the catalogue does not have it."""
        service = self._by_id.get(service_id)
        return service.name if service else service_id

    def exactly(self, typed: str) -> Service | None:
        """The service of that very name, nickname or address."""
        found = self._exactly(typed)
        return self._by_id[found] if found else None

    def _exactly(self, typed: str) -> str | None:
        return self._exact.get(fold(typed)) or self._of_url(typed)

    def in_sentence(self, said: str) -> list[Service]:
        """The services that a person's sentence names, the longest names first.

        Exactly, else with a typo in a long word.
        """
        words = _WORD.findall(said[:MAX_SENTENCE])[:MANY_WORDS]
        found: dict[str, Service] = {}
        for phrase in _phrases(words):
            if len(phrase) <= SHORT or fold(phrase) in self._everyday:
                continue
            service = self.exactly(phrase)
            if service is not None:
                found.setdefault(service.id, service)
        return list((found or self._guessed(words)).values())

    def _guessed(self, words: Iterable[str]) -> dict[str, Service]:
        """The services that the long ones of these words may mean, by their ids."""
        found: dict[str, Service] = {}
        for word in words:
            if len(word) > SHORT + 2:
                service = self.find(word).service
                if service is not None:
                    found[service.id] = service
        return found

    def bundled(self, services: Iterable[str]) -> str:
        """Several services in four letters each, for buttons, which carry few bytes."""
        return "".join(map(indices.handle, services))

    def unbundled(self, handles: str) -> list[Service]:
        """The services of such a bundle; ones that are gone are left out."""
        found = []
        for start in range(0, len(handles), HANDLE):
            service_id = self._by_handle.get(handles[start : start + HANDLE])
            if service_id is not None:
                found.append(self._by_id[service_id])
        return found

    def of_folder(self, folder: str) -> str:
        """The id for a name in an OTA collection.

        An unknown one stands for itself, so nothing is lost.
        """
        known = self._folders.get(folder)
        if known:
            return known
        for name in _spellings(folder):
            named = self._exactly(name)
            if named:
                return named
        return fold(folder, "-")

    def services_of(self, item: Item) -> tuple[str, ...]:
        """The ids of the services that an item is about.

        An article is about those that its title names; what it mentions in passing does not count.
        """
        if item.document:
            return (self.of_folder(item.document.service),)
        named = tuple(dict.fromkeys(map(self.of_folder, item.services)))
        return named or self.in_text(item.title)[:MOST_NAMED]

    def find(self, typed: str, limit: int = 3) -> Found:
        """What a person typed or pasted: a name, a nickname, a typo, a link.

        Of a company the nearest are its services.
        """
        typed = typed.strip()[:MAX_TYPED]
        wanted = fold(typed)
        owned = self._owned.get(wanted)
        if owned:
            return Found(None, owned[:MOST_OWNED])
        exact = self.exactly(typed)
        if exact is not None:
            return Found(exact)
        undressed = self._undressed(typed)
        if undressed is not None:
            return undressed
        if len(wanted) < SHORT:
            return Found(None)
        return self._guess(bare(typed), limit)

    def _undressed(self, typed: str) -> Found | None:
        """The service of a name that is typed with other marks, or with something around it.

        Short names with marks are words of other languages: "über" may not be Uber.
        """
        for form in _forms(typed):
            name = bare(form)
            meant = self._bare.get(name)
            if not meant:
                continue
            if form != typed:
                meant = self._or_with_slips(typed, meant)
            services = tuple(self._by_id[service_id] for service_id in meant)
            if len(services) == 1 and (len(name) >= TAKEN or fold(form) == name):
                return Found(services[0])
            return Found(None, services[:MOST_OWNED], close=True)
        return None

    def _or_with_slips(self, typed: str, meant: tuple[str, ...]) -> tuple[str, ...]:
        """What is meant, behind the services that have all that was typed as a name but for a slip.

        "Google As" may be Google Ads, or a company.
        """
        close = self._close(bare(typed))
        near = [name for name in sorted(close, key=close.__getitem__) if close[name].slips <= 1]
        return tuple(dict.fromkeys((*near, *meant)))

    def _guess(self, wanted: str, limit: int) -> Found:
        """What a name with slips of the hand, or the beginning of one, may mean."""
        close = self._close(wanted)
        ranked = sorted(close, key=lambda service_id: close[service_id])
        services = [self._by_id[service_id] for service_id in ranked[:limit]]
        if len(wanted) <= SHORT:
            return Found(None, tuple(services))
        if _is_sure([close[service_id] for service_id in ranked], wanted):
            return Found(services[0])
        for service_id, likeness in self._ranked(wanted, 4 * limit):
            if likeness >= POSSIBLE and service_id not in close:
                services.append(self._by_id[service_id])
        is_close = bool(ranked) and close[ranked[0]].slips <= 1
        return Found(None, tuple(services[:limit]), is_close)

    def _close(self, wanted: str) -> dict[str, Off]:
        """The ids of services with a name that is wrong by few letters, and how far that is off."""
        best: dict[str, Off] = {}
        for name, slips, distance in self._near_names(wanted):
            off = Off(slips, distance, -Prefix.similarity(name, wanted), name)
            for service_id in self._bare[name]:
                best[service_id] = min(off, best.get(service_id, off))
        return best

    def _near_names(self, wanted: str) -> Iterator[tuple[str, int, int]]:
        """Names with the slips of the hand, and with the letters that are wrong.

        The beginning of a name counts as one slip, however much lacks.
        """
        most = next((slips for least, slips in OFFERED if len(wanted) >= least), 0)
        for name, distance, _place in process.extract(
            wanted, self._sorted, scorer=OSA.distance, limit=None, score_cutoff=most
        ):
            if len(wanted) > SHORT or len(name) > len(wanted):
                yield name, distance, distance
        for name in self._begun(wanted):
            yield name, 1, len(name) - len(wanted)

    def _begun(self, wanted: str) -> Iterator[str]:
        """The names that begin so."""
        if len(wanted) < LEAST_BEGUN:
            return
        for name in islice(self._sorted, bisect_left(self._sorted, wanted), None):
            if not name.startswith(wanted):
                return
            if len(name) <= len(wanted) + MOST_LACKING:
                yield name

    def _ranked(self, wanted: str, limit: int) -> list[tuple[str, float]]:
        """The ids of services whose names are like what is wanted, with their likeness."""
        best: dict[str, float] = {}
        for name, score in self._near(wanted, limit):
            # Length keeps "google" from being "goo".
            alike = min(len(name), len(wanted)) / max(len(name), len(wanted))
            likeness = score - 30 * (1 - alike)
            service_id = self._exact[name]
            best[service_id] = max(likeness, best.get(service_id, 0.0))
        return sorted(best.items(), key=lambda hit: -hit[1])

    def _near(self, wanted: str, limit: int) -> Iterator[tuple[str, float]]:
        """Names with their likeness, of 100.

        As a whole, and where one is much longer by the part that fits, which counts less.
        """
        for name, score, _ in process.extract(
            wanted, self._fuzzy, scorer=fuzz.ratio, limit=limit, score_cutoff=POSSIBLE
        ):
            yield name, score
        for name, score, _ in process.extract(
            wanted, self._fuzzy, scorer=fuzz.partial_ratio, limit=limit, score_cutoff=POSSIBLE
        ):
            if max(len(name), len(wanted)) >= MUCH_LONGER * min(len(name), len(wanted)):
                yield name, 0.9 * score

    def search(self, text: str) -> list[Service]:
        """Services whose names hold the text: the one of that very name first, then by name."""
        wanted = fold(text)
        hits = {self._exact[name] for name in self._exact if wanted in name}

        def rank(service: Service) -> tuple[bool, str]:
            """The service of that very name first."""
            return fold(service.name) != wanted, service.name.casefold()

        return sorted((self._by_id[hit] for hit in hits), key=rank)

    def in_text(self, text: str) -> tuple[str, ...]:
        """The services that running text names, the most frequent first."""
        counts: dict[str, int] = {}
        for match in self._in_text.finditer(text):
            service_id = self._exact[fold(match.group())]
            counts[service_id] = counts.get(service_id, 0) + 1
        return tuple(sorted(counts, key=lambda service_id: -counts[service_id]))

    def _of_url(self, typed: str) -> str | None:
        """The id of the service to whose domains an address belongs."""
        if "." not in typed:
            return None
        try:
            host = urlsplit(typed if "//" in typed else f"//{typed}").hostname or ""
        except ValueError:
            return None
        labels = host.casefold().split(".")
        for start in range(len(labels) - 1):
            owner = self._domains.get(".".join(labels[start:]))
            if owner is not None:
                return owner
        return None


def _phrases(words: Sequence[str]) -> Iterator[str]:
    """All that stands together in a sentence and is no longer than a name, the longest first."""
    for used in range(LONGEST, 0, -1):
        for start in range(len(words) - used + 1):
            yield " ".join(words[start : start + used])


def _is_sure(ranked: Sequence[Off], wanted: str) -> bool:
    """Whether the nearest is meant: one letter of it is wrong, and more of the next."""
    if not ranked or ranked[0].wrong > 1:
        return False
    first, *others = ranked
    if any(_is_rival(other, first) for other in others):
        return False
    letters = max(len(wanted), len(first.name))
    return letters >= TAKEN and (first.alike < 0 or letters > LONG)


def _is_rival(other: Off, first: Off) -> bool:
    """Whether a name is as near as the first; "youtub" is hardly the beginning of YouTube Kids."""
    goes_on = other.wrong > FEW_LACKING and other.name.startswith(first.name)
    return other.slips == first.slips and not goes_on


def _forms(typed: str) -> Iterator[str]:
    """What was typed, then with more and more of what stands around a name left out.

    The form of a company, an article, the s of a genitive, the ending of an address.
    """
    yield typed
    for pattern in (_COMPANY, _ARTICLE, _GENITIVE, _ADDRESS):
        left = pattern.sub("", typed)
        if left != typed:
            typed = left
            yield typed


def _spellings(folder: str) -> Iterator[str]:
    """The names that a folder gives: as it stands, then those of which it consists."""
    yield folder
    match = _ONCE.fullmatch(folder)
    if match:
        yield from filter(None, match.groups())
