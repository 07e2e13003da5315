"""A service in the reader's country: its controller, its site, its contact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.catalogue import Catalogue, Control, Controller, DocumentAddress, Pointer
from bot.catalogue.schema import PRIVACY
from bot.locales import _
from bot.message import Span
from bot.regions import GROUPS, area_of
from bot.render.blocks import link
from bot.render.labels import join, places

#: The laws a letter can be under, with their countries.
LAWS = {"EU": GROUPS["EEA"], "UK": GROUPS["UK"], "CH": GROUPS["CH"]}
#: The most countries named after an address.
MOST = 3
_FOR_THE_EU = (("EU",), ("EEA",), ("IE",))
#: A company's sites for a whole country; the other kinds are single documents.
_SITES = ("domain", "sub-domain")


def law_of(regions: frozenset[str]) -> str:
    """The law for a reader: the EU's if it is among several or none is known, else the first."""
    found = laws_of(regions)
    if found and "EU" not in found:
        return found[0]
    return "EU"


def laws_of(regions: frozenset[str]) -> tuple[str, ...]:
    """All laws that a reader's regions are under; all laws if no region is known."""
    covered = area_of(regions)
    found = tuple(law for law, area in LAWS.items() if area & covered)
    if regions:
        return found
    return tuple(LAWS)


@dataclass(frozen=True, slots=True)
class Local:
    """A service for a reader, to look up what differs by country."""

    known: Catalogue
    service: str
    regions: frozenset[str]

    @property
    def country(self) -> str:
        """The country of a reader with a single one, else ""."""
        covered = area_of(self.regions)
        if len(covered) == 1:
            return next(iter(covered))
        return ""

    def controller(self) -> Controller | None:
        """The controller under the reader's law, or None."""
        return self._controller(law_of(self.regions))

    def controllers(self) -> dict[str, tuple[str, ...]]:
        """The names of controllers, each with the laws under which it is one."""
        found: dict[str, tuple[str, ...]] = {}
        for law in laws_of(self.regions):
            controller = self._controller(law)
            if controller and controller.basis == "stated":
                name = join(controller.names)
                found[name] = (*found.get(name, ()), law)
        return found

    def _controller(self, law: str) -> Controller | None:
        """The controller under a law, unless its text was written for another country; or None."""
        found = self.known.facts.controller(self.service, law)
        if found and found.edition and found.edition != self.country:
            return None
        return found

    def differs(self) -> bool:
        """Whether a controller is known for any region."""
        return any(self.known.facts.controller(self.service, law) for law in LAWS)

    def site(self) -> Span | None:
        """The link to its site for the reader's country, or None."""
        found = self.known.facts.national(self.service, self.country) if self.country else None
        listing = self.known.listings.get(self.service)
        if found is None or listing is None or found.kind not in _SITES:
            return None
        # Other hosts belong to single departments.
        if not found.site.startswith("www.") and found.site not in listing.domains:
            return None
        return link(found.site, f"https://{found.site}")

    def policy(self) -> tuple[str, str]:
        """The address of the privacy policy, and a remark on it.

        That is the edition for the reader, else the general one; both are "" if neither is known.
        """
        found = self.known.facts.document(self.service, PRIVACY, countries=self.regions)
        listing = self.known.listings.get(self.service)
        general = listing.privacy_policy if listing else None
        if general and (found is None or not found.is_of(self._home)):
            return general, self.remark(general)
        if found:
            return found.url, self._edition(found)
        return "", ""

    def document(self, terms_type: str, collection: str = "", folder: str = "") -> tuple[str, str]:
        """The address of a recorded document, and a remark on it.

        Both are "" if it is unknown: another document is never given in its place.
        """
        facts = self.known.facts
        found = facts.document(self.service, terms_type, collection, self.regions, folder)
        listing = self.known.listings.get(self.service)
        url = listing.policies.get(terms_type, "") if listing else ""
        seen = url, self.remark(url)
        if found is None:
            return seen
        recorded = found.url, self._edition(found)
        # An address that another collection declares, or an inferred one, may be another edition's.
        is_sure = found.collection == collection and found.method == "declared"
        if url and not is_sure and recorded[1] and not seen[1]:
            return seen
        return recorded

    def remark(self, address: str) -> str:
        """The remark on an address that was made for another country, or ""."""
        made_for = sorted(self._made_for(_host(address)))
        mine = area_of(self.regions)
        is_mine = bool(mine) and mine <= area_of(frozenset(made_for))
        if not made_for or is_mine:
            return ""
        return _for(made_for)

    @property
    def _home(self) -> frozenset[str]:
        return frozenset({self.country} - {""})

    def _edition(self, found: DocumentAddress) -> str:
        """The remark on an edition for other countries; Ireland's counts as the EU's."""
        mine = area_of(self.regions)
        is_general = found.edition in _FOR_THE_EU and mine <= GROUPS["EEA"]
        is_for_many = len(found.edition) > 1 and "EU" in found.edition
        if not found.edition or is_general or is_for_many or found.is_of(self._home):
            return ""
        return _for(found.edition)

    def control(self, control: Control) -> Control:
        """A control, with the reader's contact in place of the service's general one."""
        mine = self.controller()
        listing = self.known.listings.get(self.service)
        general = listing.contact if listing else None
        if not control.email or mine is None or not mine.email or general is None:
            return control
        if control.email != general.email:
            return control
        return control.model_copy(update={"email": mine.email})

    def contact(self) -> Pointer | None:
        """The contact that its text names for the reader, else the general one; or None.

        If both are the same, the general one can say more.
        """
        mine = self.controller()
        listing = self.known.listings.get(self.service)
        general = listing.contact if listing else None
        if mine is None or not (mine.email or mine.link) or _is_same(mine, general):
            return general
        return Pointer(email=mine.email or None, link=mine.link or None)

    def _made_for(self, host: str) -> Iterator[str]:
        """The countries whose site of the service has this host."""
        for each in self.known.facts.nationals:
            if each.service == self.service and each.kind in _SITES and _bare(each.site) == host:
                yield each.country


def _is_same(mine: Controller, general: Pointer | None) -> bool:
    """Whether a contact for some countries is the general one."""
    if general is None:
        return False
    if mine.email:
        return mine.email == general.email
    return mine.link.rstrip("/") == (general.link or "").rstrip("/")


def _for(codes: Sequence[str]) -> str:
    return " " + _("(made for: {places})", places=places(codes[:MOST]))


def _host(address: str) -> str:
    """The host of a page, or the domain of an e-mail address."""
    _name, at, domain = address.partition("@")
    if at and "/" not in address:
        return _bare(domain)
    return _bare(urlsplit(address).hostname or "")


def _bare(host: str) -> str:
    return host.removeprefix("www.").casefold()
