"""The row models of the tables of facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from bot.catalogue.fields import AnyUrl, Label, Language, Place, Slug, Url
from bot.regions import area_of

#: Obfuscated parts of an e-mail address, and what they stand for.
_HIDDEN = ((re.compile(r"\s*(\[at\]|\(a\))\s*"), "@"), (re.compile(r"\s*\[dot\]\s*"), "."))
_EMAIL = re.compile(r"[\w.+-]+@[\w.-]+\.\w+")

Region = Literal["EU", "UK", "CH"]
Basis = Literal["stated", "operator", "representative", "contact"]
Method = Literal["declared", "inferred", "two years old"]
Answer = Literal["yes", "no", "unknown"]
Text = Annotated[str, StringConstraints(max_length=400, strip_whitespace=True)]
Origin = Annotated[str, StringConstraints(min_length=3, max_length=200, strip_whitespace=True)]


def _split(value: object) -> object:
    """The codes in a field, which are separated by spaces."""
    if isinstance(value, str):
        return value.split()
    return value


def _or_nothing(value: object) -> object:
    if value == "":
        return None
    return value


def _shown(contact: str) -> str:
    """A contact with its e-mail address deobfuscated."""
    for hidden, meant in _HIDDEN:
        contact = hidden.sub(meant, contact)
    return contact


def _reachable(contact: str) -> str:
    if contact and not contact.startswith("https://") and not _EMAIL.fullmatch(_shown(contact)):
        raise ValueError(
            f"is {contact!r}, which is neither an address to write to"
            " nor one that begins with https://"
        )
    return contact


Contact = Annotated[Text, AfterValidator(_reachable)]
Places = Annotated[tuple[Place, ...], BeforeValidator(_split)]
MaybePlace = Annotated[Place | None, BeforeValidator(_or_nothing)]
MaybeLanguage = Annotated[Language | None, BeforeValidator(_or_nothing)]
MaybeDate = Annotated[date | None, BeforeValidator(_or_nothing)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Controller(_Row):
    """Who is responsible for the data of people in a region, according to the service's own text.

    `name` is empty if the text names only a contact; several names are separated by "; ". `contact`
    is an e-mail address or a page. `country` is where `address` is, if it can be told. `basis` is
    what the text says: that this is the controller, that it provides the service, or only that it
    represents the controller or takes letters. `edition` is the one country for which the text was
    written; elsewhere in the region it may be another company.
    """

    service: Slug
    region: Region
    name: Text
    address: Text
    country: MaybePlace
    contact: Contact
    representative: Text
    basis: Basis
    source: Origin
    date: date
    edition: MaybePlace

    @property
    def names(self) -> tuple[str, ...]:
        """The companies, one by one; empty if the text names only a contact."""
        return tuple(filter(None, self.name.split("; ")))

    @property
    def email(self) -> str:
        """The e-mail address to write to, or ""."""
        plain = _shown(self.contact)
        if _EMAIL.fullmatch(plain):
            return plain
        return ""

    @property
    def link(self) -> str:
        """The page to write on, or ""."""
        if self.contact.startswith("https://"):
            return self.contact
        return ""


class DocumentAddress(_Row):
    """Where one edition of a document is published.

    `collection` and `folder` say whose record it is. `edition` are the regions the address is for,
    as far as known. `method` says how the address was found: declared by the collection, inferred
    from other texts, or declared two years ago. An inferred address may belong to another edition:
    `covers` says for whom it is.
    """

    service: Slug
    terms_type: Label
    collection: Slug
    folder: Label
    edition: Places
    language: MaybeLanguage
    url: AnyUrl
    method: Method
    date: MaybeDate

    def covers(self, countries: Iterable[str]) -> bool:
        """Whether this edition is for people in any of the countries or regions (codes)."""
        return bool(area_of(self.edition) & area_of(countries))

    @property
    def is_elsewhere(self) -> bool:
        """Whether this edition is known to be for nobody in Europe."""
        return bool(self.edition) and not self.covers(("EEA", "UK", "CH"))

    def is_of(self, where: frozenset[str]) -> bool:
        """Whether this is the edition of one of the countries themselves."""
        return bool(where.intersection(self.edition))

    def rank(self, where: frozenset[str]) -> Rank:
        """The sort key of this edition for a reader in those countries; the best is the smallest.

        The reader's own country comes first, then the whole EU, several regions, another European
        country, an unknown edition, and last one for nobody in Europe. Then foreign languages, the
        method and the age count.
        """
        newest = -self.date.toordinal() if self.date else 0
        found = _METHODS.index(self.method)
        foreign = self.language not in (None, "en") and not self.is_of(where)
        return self._distance(where), foreign, found, newest, self.collection, self.folder

    def _distance(self, where: frozenset[str]) -> int:
        if self.is_of(where):
            return 0
        if self.edition in _FOR_THE_EU:
            return 1 + _FOR_THE_EU.index(self.edition)
        if not self.edition:
            return 6
        if self.is_elsewhere:
            return 7
        return 4 if "EU" in self.edition else 5


Rank = tuple[int, bool, int, int, str, str]
#: From the best to the worst.
_METHODS: tuple[Method, ...] = ("declared", "inferred", "two years old")
#: Editions written for the whole EU, from the surest. Ireland's are, and they are in English.
_FOR_THE_EU = (("EEA",), ("EU",), ("IE",))


class NationalSite(_Row):
    """A service's own domain, path or document for one country (or the EU).

    `site` is the domain or path, `url` a page there that a text links to.
    """

    service: Slug
    country: Place
    kind: Literal["domain", "sub-domain", "path", "parameter", "document"]
    site: Origin
    url: Url
    source: Origin
    date: date


class Edition(_Row):
    """Whether the text that a collection records is written for people in Europe."""

    collection: Slug
    folder: Label
    terms_type: Label
    for_europe: Answer
    why: Origin
    source: Origin
    date: MaybeDate
