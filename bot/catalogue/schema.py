"""The schema of a service's file.

Its texts are shown to people unchanged, so their length is limited.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from bot.catalogue.fields import (
    Capacity,
    Domain,
    Email,
    Label,
    Language,
    Month,
    Place,
    Slug,
    Topic,
    Url,
    Words,
)
from bot.model import Service
from bot.naming import within
from bot.verdicts import Role

#: The terms type of the document that says how data is used and who is responsible.
PRIVACY = "Privacy Policy"
#: Days after which a verified control is marked as stale.
STALE_DAYS = 180


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where a fact was found; `as_of` is the month for which it was stated, if known."""

    url: Url
    as_of: Month | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether it is a recorded text of the service's own terms."""
        return "-versions/" in self.url


class Pointer(_Strict):
    """A place to go: a page, an e-mail address, or a path in words."""

    link: Url | None = None
    email: Email | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not (self.link or self.email or self.note):
            raise ValueError("needs a link, an email or a note")
        return self


class Control(_Strict):
    """One thing that a person can do to opt out.

    `web` and `mobile` are menu paths with the English labels; `labels` holds labels that somebody
    saw in another language.
    """

    id: Slug
    topic: Topic
    title: Label
    kind: Literal["setting", "form", "e-mail", "browser signal", "none available"]
    regions: tuple[Place, ...]
    on_by_default: bool | None = None
    effective: date | None = None
    deadline: date | None = None
    web: Annotated[tuple[Label, ...], Field(max_length=8)] = ()
    mobile: Annotated[tuple[Label, ...], Field(max_length=8)] = ()
    switch: Label | None = None
    labels: dict[Language, dict[Label, Label]] = Field(default_factory=dict)
    link: Url | None = None
    email: Email | None = None
    needs: Words | None = None
    stops: Words
    does_not_stop: Words
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    confidence: Literal["high", "medium", "low"]
    verified: Month | None = None

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        if not self.regions:
            raise ValueError(
                "is offered nowhere: name at least one region, or leave the control out"
            )
        if self.kind != "none available" and not self._ways:
            raise ValueError("needs a menu path, a link or an email: it cannot be done otherwise")
        return self

    @property
    def _ways(self) -> list[object]:
        """Those of the menu path, link and e-mail address that are given."""
        return [way for way in (self.web, self.mobile, self.link, self.email) if way]

    @model_validator(mode="after")
    def _deadline_follows(self) -> Self:
        if self.effective is None or self.deadline is None:
            return self
        if self.deadline < self.effective:
            raise ValueError(
                f"the deadline, {self.deadline}, is before the effective date, {self.effective}"
            )
        return self

    @model_validator(mode="after")
    def _labels_are_its_own(self) -> Self:
        for language, labels in self.labels.items():
            strange = sorted(set(labels) - self.menu)
            if strange:
                raise ValueError(
                    f"labels in {language}: {strange[0]!r} stands in no path of this control"
                )
        return self

    @property
    def said_by_its_terms(self) -> str:
        """The newest month in which the service's own terms stated the control, or "".

        "" if somebody verified it or any source is not a recorded text.
        """
        if self.verified or not all(source.is_recorded for source in self.sources):
            return ""
        return max(source.as_of or "" for source in self.sources)

    def is_stale(self, today: date) -> bool:
        """Whether it was last verified more than STALE_DAYS ago, or never."""
        if not self.verified:
            return True
        verified = date.fromisoformat(f"{self.verified}-01")
        return (today - verified).days > STALE_DAYS

    @property
    def menu(self) -> frozenset[str]:
        """The labels of the service's own menus, in English."""
        labels = {*self.web, *self.mobile}
        if self.switch:
            labels.add(self.switch)
        return frozenset(labels)


class Authority(_Strict):
    """An authority that takes complaints: its name, and the page for them."""

    name: Label
    url: Url


class Listing(_Strict):
    """A service's names, owner, domains and documents.

    `everyday` are those of its names that are also common words, which do not count as the service
    in prose. `replaces` are ids of earlier releases: followers of those now follow this service.
    Several services can name the same id if it was split among them. `serves` lists the capacities
    the service is for, if no private person uses it: its followers hear everything about it.
    `folders` are its names in Open Terms Archive, each with the collections that have it.
    `policies` are links by terms type. `elsewhere` says, for each linked host outside the domains,
    why a link leads there.
    """

    id: Slug
    name: Label
    aliases: tuple[Label, ...] = ()
    former_names: tuple[Label, ...] = ()
    replaces: tuple[Slug, ...] = ()
    everyday: tuple[Label, ...] = ()
    owner: Label | None = None
    serves: tuple[Capacity, ...] = ()
    domains: tuple[Domain, ...] = ()
    folders: dict[Label, Annotated[tuple[Slug, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    policies: dict[Label, Url] = Field(default_factory=dict)
    elsewhere: dict[Domain, Words] = Field(default_factory=dict)
    contact: Pointer | None = None

    @model_validator(mode="after")
    def _everyday_names_are_names(self) -> Self:
        strange = set(self.everyday) - {self.name, *self.aliases, *self.former_names}
        if strange:
            raise ValueError(f"everyday: {min(strange)!r} is none of its names")
        return self

    @model_validator(mode="after")
    def _replaces_others(self) -> Self:
        if self.id in self.replaces:
            raise ValueError(f"replaces: {self.id!r} is its own id")
        return self

    @model_validator(mode="after")
    def _links_stay_at_home(self) -> Self:
        hosts = {urlsplit(url).hostname or "" for _place, url in self.links}
        home = [domain.partition("/")[0] for domain in self.domains]
        for host in sorted(hosts - set(self.elsewhere)):
            if not within(host, home):
                raise ValueError(
                    f"a link leads to {host}, which is not among the domains:"
                    " say under elsewhere why"
                )
        unused = set(self.elsewhere) - hosts
        if unused:
            raise ValueError(f"elsewhere: no link leads to {min(unused)}")
        return self

    @property
    def links(self) -> list[tuple[str, str]]:
        """(where, address) of every link that a reader may open."""
        found = list(self.policies.items())
        if self.contact and self.contact.link:
            found.append(("contact", self.contact.link))
        return found

    @property
    def privacy_policy(self) -> str | None:
        """The address of the privacy policy, if known."""
        return self.policies.get(PRIVACY)

    @property
    def service(self) -> Service:
        """The listing's names, as the rest of the bot knows them."""
        return Service(
            id=self.id,
            name=self.name,
            aliases=self.aliases,
            domains=self.domains,
            folders=tuple(self.folders),
            owner=self.owner or "",
            former=self.former_names,
            everyday=self.everyday,
            replaces=self.replaces,
            serves=tuple(map(Role, self.serves)),
        )


class Guide(Listing):
    """A service with its how-to: its controls, the most important first, and where else to turn."""

    controls: Annotated[tuple[Control, ...], Field(min_length=1)]
    delete_account: Pointer | None = None
    export_data: Pointer | None = None

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        ids = Counter(control.id for control in self.controls)
        twice = [name for name, count in ids.items() if count > 1]
        if twice:
            raise ValueError(f"two controls have the id {min(twice)}")
        return self

    @property
    def links(self) -> list[tuple[str, str]]:
        """(where, address) of every link that a reader may open, controls included."""
        found = super().links
        for control in self.controls:
            if control.link:
                found.append((control.id, control.link))
        for name in ("delete_account", "export_data"):
            pointer: Pointer | None = getattr(self, name)
            if pointer and pointer.link:
                found.append((name, pointer.link))
        return found
