"""The search for the service that is meant: exact names first, then fuzzy ones."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Prefix

from bot.catalogue import indices, wording
from bot.catalogue.indices import HANDLE, SHORT
from bot.catalogue.nearness import OFFERED, TAKEN, Off, is_sure
from bot.model import Item, Service
from bot.naming import INSIDE, NOWHERE, VERY, bare, fold, nearness

#: Prefix of several handles in a button.
BUNDLE = "*"
#: The fewest letters that are read as the beginning of a name.
LEAST_BEGUN = 4
#: The most letters that may be missing after the beginning of a name.
MOST_LACKING = 8
#: The likeness, of 100, below which a name is not even offered.
POSSIBLE = 60.0
#: Characters that are read of what a person typed.
MAX_TYPED = 200
#: A name is much longer if it is longer by this factor.
MUCH_LONGER = 1.5
#: The most services of a company that are offered.
MOST_OWNED = 5
#: The most services that an article is about: the first that its title names.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search: the service if it is certain, else the nearest few to offer.

    `close` says that the input is a name of the first of them, or the beginning of one, with at
    most a slip.
    """

    service: Service | None
    nearest: tuple[Service, ...] = ()
    close: bool = False


class Names:
    """An immutable index of services by name."""

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
        self.for_others = frozenset(each.id for each in services if each.serves)

    def get(self, service_id: str) -> Service | None:
        """The service with an id or former id, or None."""
        return self._by_id.get(service_id)

    def label(self, service_id: str) -> str:
        """The name of a service for people, or the id itself if the catalogue lacks it."""
        service = self._by_id.get(service_id)
        return service.name if service else service_id

    def exactly(self, typed: str) -> Service | None:
        """The service with exactly that name, nickname or address, or None."""
        found = self._exactly(typed)
        return self._by_id[found] if found else None

    def _exactly(self, typed: str) -> str | None:
        return self._exact.get(fold(typed)) or self._of_url(typed)

    def is_everyday(self, name: str) -> bool:
        """Whether a service's name is also a common word."""
        return fold(name) in self._everyday

    def bundled(self, services: Iterable[str]) -> str:
        """The handles of several services in one string, for buttons, which carry few bytes."""
        return "".join(map(indices.handle, services))

    def unbundled(self, handles: str) -> list[Service]:
        """The services of a string of handles; those that are gone are left out."""
        found = []
        for start in range(0, len(handles), HANDLE):
            service_id = self._by_handle.get(handles[start : start + HANDLE])
            if service_id is not None:
                found.append(self._by_id[service_id])
        return found

    def of_folder(self, folder: str) -> str:
        """The service id for a folder of an OTA collection.

        An unknown folder's id is its folded name, so that nothing is lost.
        """
        known = self._folders.get(folder)
        if known:
            return known
        for name in wording.spellings(folder):
            named = self._exactly(name)
            if named:
                return named
        return fold(folder, "-")

    def services_of(self, item: Item) -> tuple[str, ...]:
        """The ids of the services that an item is about.

        A title counts, an article's text does not, because it may mention services in passing. At
        most MOST_NAMED of the title's services are returned.
        """
        if item.document:
            return (self.of_folder(item.document.service),)
        named = tuple(dict.fromkeys(map(self.of_folder, item.services)))
        return named or self.in_text(item.title)[:MOST_NAMED]

    def find(self, typed: str, limit: int = 3) -> Found:
        """The service that a person typed or pasted: by name, nickname, typo or link.

        For the name of a company, its services are offered.
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
        """The service of a name typed with other diacritics, or with something around it; or None.

        Short names with diacritics are words of other languages: "über" may not be Uber.
        """
        for form in wording.forms(typed):
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
        """The ids of services that are one slip away from the whole input, then those in `meant`.

        "Google As" may be Google Ads, or a company.
        """
        close = self._close(bare(typed))
        near = [name for name in sorted(close, key=close.__getitem__) if close[name].slips <= 1]
        return tuple(dict.fromkeys((*near, *meant)))

    def _guess(self, wanted: str, limit: int) -> Found:
        """The services that a mistyped name, or the beginning of one, may mean."""
        close = self._close(wanted)
        ranked = sorted(close, key=lambda service_id: close[service_id])
        services = [self._by_id[service_id] for service_id in ranked[:limit]]
        if len(wanted) <= SHORT:
            return Found(None, tuple(services))
        if is_sure([close[service_id] for service_id in ranked], wanted):
            return Found(services[0])
        for service_id, likeness in self._ranked(wanted, 4 * limit):
            if likeness >= POSSIBLE and service_id not in close:
                services.append(self._by_id[service_id])
        is_close = bool(ranked) and close[ranked[0]].slips <= 1
        return Found(None, tuple(services[:limit]), is_close)

    def _close(self, wanted: str) -> dict[str, Off]:
        """The ids of services with a name that differs by few letters, and how far it is off."""
        best: dict[str, Off] = {}
        for name, slips, distance in self._near_names(wanted):
            off = Off(slips, distance, -Prefix.similarity(name, wanted), name)
            for service_id in self._bare[name]:
                best[service_id] = min(off, best.get(service_id, off))
        return best

    def _near_names(self, wanted: str) -> Iterator[tuple[str, int, int]]:
        """Nearby names, each with its number of slips and of wrong letters.

        The beginning of a name counts as one slip, however much is missing.
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
        """The names that begin with the input and are not much longer."""
        if len(wanted) < LEAST_BEGUN:
            return
        for name in islice(self._sorted, bisect_left(self._sorted, wanted), None):
            if not name.startswith(wanted):
                return
            if len(name) <= len(wanted) + MOST_LACKING:
                yield name

    def _ranked(self, wanted: str, limit: int) -> list[tuple[str, float]]:
        """(service id, likeness of its best name), the most alike first."""
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

        Names are compared as a whole and, if one is much longer, by the part that fits, which
        counts less.
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

    def search(self, text: str, popular: Sequence[Container[str]] = ()) -> list[Service]:
        """Services that have the text in a name.

        An exact name comes first, then names that begin with it, then names with a word that begins
        with it. Among equals, the order is that of `popular`: sets of ids, the most popular first.
        """
        wanted = fold(text)
        best: dict[str, int] = {}
        for name, service_id in self._exact.items():
            if wanted in name:
                near = nearness(text, name)
                # A nickname that begins so counts less than a name.
                of_nickname = near if near in (VERY, INSIDE) else near + 1
                of_name = nearness(text, self._by_id[service_id].name)
                best[service_id] = min(of_nickname, of_name, best.get(service_id, NOWHERE))

        def rank(service_id: str) -> tuple[int, Sequence[bool], str]:
            """The nearest first, of equals the most popular."""
            name = self._by_id[service_id].name.casefold()
            return best[service_id], [service_id not in each for each in popular], name

        return [self._by_id[service_id] for service_id in sorted(best, key=rank)]

    def in_text(self, text: str) -> tuple[str, ...]:
        """The services that a text names, the most frequent first."""
        counts: dict[str, int] = {}
        for match in self._in_text.finditer(text):
            service_id = self._exact[fold(match.group())]
            counts[service_id] = counts.get(service_id, 0) + 1
        return tuple(sorted(counts, key=lambda service_id: -counts[service_id]))

    def _of_url(self, typed: str) -> str | None:
        """The id of the service that owns the domain of an address, or None."""
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
