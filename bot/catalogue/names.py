"""Which service is meant: exact names first, then fuzzy ones; short names only exactly."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

from bot.model import Item, Service
from bot.naming import fold

#: Above SURE and this far ahead of the next, a guess is taken; below POSSIBLE it is not even offered.
SURE, AHEAD, POSSIBLE = 88.0, 5.0, 60.0
#: Shorter names are found only when they are typed exactly: "x" is close to everything.
SHORT = 3
MAX_TYPED = 200
MUCH_LONGER = 1.5
#: Of a sentence so many letters and words are read, and names of so many words.
MAX_SENTENCE, MANY_WORDS, LONGEST = 500, 60, 3
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
#: Letters of a short name that a service keeps through every version.
HANDLE = 4


@dataclass(frozen=True, slots=True)
class Found:
    """`service` when we are sure, else the nearest few to offer."""

    service: Service | None
    nearest: tuple[Service, ...] = ()


class Names:
    """An index over services; built once, never changed."""

    def __init__(self, services: Sequence[Service]) -> None:
        self.services = tuple(services)
        self._by_id = {service.id: service for service in services}
        # Buttons and lines that were made with a former id lead to its first successor.
        heirs = {former: service for service in reversed(services) for former in service.replaces}
        self._by_id = heirs | self._by_id
        self._by_handle = {_handle(name): service.id for name, service in self._by_id.items()}
        self._folders = {folder: s.id for s in services for folder in s.folders}
        self._exact: dict[str, str] = {}
        # A name of its own goes before somebody else's nickname: "Microsoft Store" is the shop, not the account.
        for own in (True, False):
            for service in services:
                others = (*service.nicknames, *service.folders, *service.replaces)
                for name in (service.name, service.id) if own else others:
                    self._exact.setdefault(fold(name), service.id)
        self._everyday = {fold(name) for service in services for name in service.everyday}
        self._domains = _owners(services)
        self._owned = _by_company(services)
        self._fuzzy = [name for name in self._exact if len(name) > SHORT]
        self._in_text = _text_pattern(services)

    def get(self, service_id: str) -> Service | None:
        return self._by_id.get(service_id)

    def label(self, service_id: str) -> str:
        service = self._by_id.get(service_id)
        return service.name if service else service_id

    def exactly(self, typed: str) -> Service | None:
        """The service of that very name, nickname or address."""
        found = self._exact.get(fold(typed)) or self._of_url(typed)
        return self._by_id[found] if found else None

    def in_sentence(self, said: str) -> list[Service]:
        """The services that a person's sentence names: exactly, else with a typo in a long word; the longest names first."""
        words = _WORD.findall(said[:MAX_SENTENCE])[:MANY_WORDS]
        found: dict[str, Service] = {}
        for used in range(LONGEST, 0, -1):
            for start in range(len(words) - used + 1):
                phrase = " ".join(words[start : start + used])
                if (
                    len(phrase) > SHORT
                    and fold(phrase) not in self._everyday
                    and (service := self.exactly(phrase))
                ):
                    found.setdefault(service.id, service)
        if found:
            return list(found.values())
        guessed = (self.find(word).service for word in words if len(word) > SHORT + 2)
        return list({service.id: service for service in guessed if service}.values())

    def bundled(self, services: Iterable[str]) -> str:
        """Several services in four letters each, for buttons, which carry few bytes."""
        return "".join(map(_handle, services))

    def unbundled(self, handles: str) -> list[Service]:
        """The services of such a bundle; ones that are gone are left out."""
        parts = (handles[start : start + HANDLE] for start in range(0, len(handles), HANDLE))
        return [self._by_id[self._by_handle[part]] for part in parts if part in self._by_handle]

    def of_folder(self, folder: str) -> str:
        """The id for a name in an OTA collection; an unknown one stands for itself, so nothing is lost."""
        if known := self._folders.get(folder):
            return known
        named = (self._exact.get(fold(name)) or self._of_url(name) for name in _spellings(folder))
        return next(filter(None, named), None) or fold(folder, "-")

    def services_of(self, item: Item) -> tuple[str, ...]:
        """The ids of the services that an item is about. An article is about those that its title names; what it
        mentions in passing does not count."""
        if item.document:
            return (self.of_folder(item.document.service),)
        named = tuple(dict.fromkeys(map(self.of_folder, item.services)))
        return named or self.in_text(item.title)[:MOST_NAMED]

    def find(self, typed: str, limit: int = 3) -> Found:
        """What a person typed or pasted: a name, a nickname, a typo, a link; of a company the nearest are its services."""
        typed = typed.strip()[:MAX_TYPED]
        wanted = fold(typed)
        if owned := self._owned.get(wanted):
            return Found(None, owned[:MOST_OWNED])
        if exact := self.exactly(typed):
            return Found(exact)
        if len(wanted) <= SHORT:
            return Found(None)
        best: dict[str, float] = {}
        for name, score in self._near(wanted, 4 * limit):
            # Length keeps "google" from being "goo".
            score -= 30 * (1 - min(len(name), len(wanted)) / max(len(name), len(wanted)))
            best[self._exact[name]] = max(score, best.get(self._exact[name], 0.0))
        ranked = sorted(best.items(), key=lambda hit: -hit[1])
        services = tuple(self._by_id[i] for i, score in ranked[:limit] if score >= POSSIBLE)
        sure = (
            ranked
            and ranked[0][1] >= SURE
            and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= AHEAD)
        )
        return Found(services[0]) if sure else Found(None, services)

    def _near(self, wanted: str, limit: int) -> Iterator[tuple[str, float]]:
        """Names with their likeness: as a whole, and where one is much longer by the part that fits, which counts less."""
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
        """Services whose name or nickname holds the text: the one of that name first, the others by name."""
        wanted = fold(text)
        hits = {self._exact[name] for name in self._exact if wanted in name}
        return sorted(
            (self._by_id[hit] for hit in hits),
            key=lambda s: (fold(s.name) != wanted, s.name.casefold()),
        )

    def in_text(self, text: str) -> tuple[str, ...]:
        """The services that running text names, the most frequent first."""
        counts: dict[str, int] = {}
        for match in self._in_text.finditer(text):
            service_id = self._exact[fold(match.group())]
            counts[service_id] = counts.get(service_id, 0) + 1
        return tuple(sorted(counts, key=lambda service_id: -counts[service_id]))

    def _of_url(self, typed: str) -> str | None:
        if "." not in typed:
            return None
        try:
            host = urlsplit(typed if "//" in typed else f"//{typed}").hostname or ""
        except ValueError:
            return None
        labels = host.casefold().split(".")
        candidates = (".".join(labels[start:]) for start in range(len(labels) - 1))
        return next(
            (self._domains[domain] for domain in candidates if domain in self._domains), None
        )


def _owners(services: Iterable[Service]) -> dict[str, str]:
    """Whose an address is: of those that list it, the one that lists it earliest, and then the one with the shortest id."""
    claims = [
        (place, len(s.id), s.id, domain) for s in services for place, domain in enumerate(s.domains)
    ]
    owners: dict[str, str] = {}
    for _place, _length, service_id, domain in sorted(claims):
        owners.setdefault(domain, service_id)
    return owners


def _by_company(services: Sequence[Service]) -> dict[str, tuple[Service, ...]]:
    """The services of a company that has several, the best known (those with most nicknames) first."""
    found: dict[str, list[Service]] = {}
    for service in services:
        if service.owner:
            found.setdefault(fold(service.owner), []).append(service)
    own_names = {fold(name) for service in services for name in (service.name, service.id)}
    return {
        owner: tuple(sorted(mine, key=lambda service: -len(service.nicknames)))
        for owner, mine in found.items() if len(mine) > 1 and owner not in own_names
    }  # fmt: skip


def _spellings(folder: str) -> Iterator[str]:
    """The names that a folder gives: as it stands, then those of which it consists."""
    yield folder
    if match := _ONCE.fullmatch(folder):
        yield from (name for name in match.groups() if name)


def _handle(service_id: str) -> str:
    return urlsafe_b64encode(sha256(service_id.encode()).digest())[:HANDLE].decode()


def _text_pattern(services: Iterable[Service]) -> re.Pattern[str]:
    """Names as they stand in prose: capitalised, long enough not to be a word of every day."""
    names = {
        name
        for service in services
        for name in (service.name, *service.nicknames)
        if len(name) > SHORT and name[0].isupper() and name not in service.everyday
    }
    ordered = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"(?<![\w.@/-])(?:{ordered})(?![\w-])")
