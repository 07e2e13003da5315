"""Finding the service that is meant: exact names first, then fuzzy ones; short ones exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

from bot.catalogue import indices
from bot.catalogue.indices import HANDLE, SHORT
from bot.model import Item, Service
from bot.naming import fold

#: A guess of this likeness is taken.
SURE = 88.0
#: By so much it must be more alike than the next.
AHEAD = 5.0
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
_WORD = re.compile(r"[^\s,;.!?()\"“”„«»:]+")
#: Services of a company that are offered.
MOST_OWNED = 5
#: An article that names more services in its title is about these, the first.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the service when we are sure, else the nearest few to offer."""

    service: Service | None
    nearest: tuple[Service, ...] = ()


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
        if len(wanted) <= SHORT:
            return Found(None)
        ranked = self._ranked(wanted, 4 * limit)
        services = [self._by_id[name] for name, score in ranked[:limit] if score >= POSSIBLE]
        if _is_sure([score for _name, score in ranked]):
            return Found(services[0])
        return Found(None, tuple(services))

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


def _is_sure(scores: Sequence[float]) -> bool:
    """Whether the first of the ranked likenesses is that of the service that is meant."""
    if not scores or scores[0] < SURE:
        return False
    return len(scores) == 1 or scores[0] - scores[1] >= AHEAD


def _spellings(folder: str) -> Iterator[str]:
    """The names that a folder gives: as it stands, then those of which it consists."""
    yield folder
    match = _ONCE.fullmatch(folder)
    if match:
        yield from filter(None, match.groups())
