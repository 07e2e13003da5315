"""`/api/v1`: stories, services and how-tos for programs."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from bot.catalogue import Control, Listing
from bot.catalogue.offered import controls_for
from bot.model import Story
from bot.regions import codes
from bot.render.headline import headline
from bot.render.story import for_chat
from bot.web.answers import OPEN, Answer
from bot.web.asked import MOST_PAGES, Asked, path_of
from bot.web.feeds import stories_for
from bot.web.html import plain
from bot.web.listing import regions_of, services_like
from bot.web.site import Site

JSON = "application/json"
ROOT = "/api/v1"
#: The number of items on a page.
PAGE = 50


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PassageValue(_Value):
    """A passage before and after; either may be empty."""

    before: str
    after: str
    topics: list[str]


class StoryValue(_Value):
    """A change that was told: what, in whose terms, how severe, for whom and where."""

    id: int
    url: str
    services: list[str]
    document: str = Field(description="The type of the terms, as Open Terms Archive names it")
    headline: str
    severity: str = Field(description="noise, minor, should_know or must_know")
    recorded: datetime
    updated: datetime
    effective: date | None = Field(description="The day from which it holds, if the text says so")
    regions: list[str] | None = Field(
        description="Where it holds; null where the text names no place"
    )
    audience: list[str] = Field(description="Whom it binds; empty where nobody can say")
    topics: list[str]
    opt_out: str = Field(description="What the text says of a choice: available, removed or none")
    language: str
    source: str = Field(description="The record at Open Terms Archive, or what others wrote")
    passages: list[PassageValue] = Field(description="Empty in lists")


class ServiceValue(_Value):
    """A service that can be followed."""

    id: str
    name: str
    owner: str
    domains: list[str]
    howto: bool
    url: str


class ControlValue(_Value):
    """One way to opt out, with the labels of the service's own menus."""

    id: str
    topic: str
    title: str
    kind: str
    regions: list[str]
    on_by_default: bool | None
    web: list[str]
    mobile: list[str]
    switch: str | None
    link: str | None
    email: str | None
    stops: str
    does_not_stop: str
    confidence: str
    verified: str | None


class HowtoValue(_Value):
    """All ways to opt out of a service, the most important first."""

    service: str
    name: str
    url: str
    controls: list[ControlValue]


class StoryPage(_Value):
    """A page of stories, the latest first."""

    page: int
    next: str | None = Field(description="The address of the next page")
    items: list[StoryValue]


class ServicePage(_Value):
    """A page of services, by id."""

    page: int
    next: str | None = Field(description="The address of the next page")
    items: list[ServiceValue]


class Problem(_Value):
    """The reason why a request failed."""

    error: str


def stories(asked: Asked, site: Site) -> Answer:
    """A page of the stories that the query selects."""
    start = (asked.page - 1) * PAGE
    found = stories_for(asked, site, PAGE + 1, start)
    address = _next(f"{ROOT}/stories", asked, len(found) > PAGE, site)
    items = [_story(story, asked, site, whole=False) for story in found[:PAGE]]
    return _answer(StoryPage(page=asked.page, next=address, items=items))


def story(found: Story, asked: Asked, site: Site) -> Answer:
    """A story with all its passages."""
    return _answer(_story(found, asked, site, whole=True))


def services(asked: Asked, site: Site) -> Answer:
    """A page of the services; with `text`, of those with similar names."""
    every = [listing.id for listing in site.known.listings.values()]
    if asked.text:
        every = [each.id for each in services_like(asked.text, site)[0]]
    shown = every[(asked.page - 1) * PAGE : asked.page * PAGE]
    address = _next(f"{ROOT}/services", asked, len(every) > asked.page * PAGE, site)
    items = [_service(site.known.listings[each], asked, site) for each in shown]
    return _answer(ServicePage(page=asked.page, next=address, items=items))


def service(listing: Listing, asked: Asked, site: Site) -> Answer:
    """One service."""
    return _answer(_service(listing, asked, site))


def howto(listing: Listing, asked: Asked, site: Site) -> Answer:
    """The how-to of a service for the requested region; empty if there is none."""
    guide = site.known.guide(listing.id)
    offered = controls_for(guide, regions_of(asked)) if guide else []
    value = HowtoValue(
        service=listing.id,
        name=listing.name,
        url=site.base + asked.to(path_of("howto", listing.id)),
        controls=[_control(control) for control in offered],
    )
    return _answer(value)


def problem(said: str, status: int) -> Answer:
    """An error response."""
    return Answer.of(Problem(error=said).model_dump_json(), JSON, OPEN, status)


def _answer(value: BaseModel) -> Answer:
    return Answer.of(value.model_dump_json(), JSON, OPEN)


def _next(path: str, asked: Asked, is_more: bool, site: Site) -> str | None:
    if not is_more or asked.page >= MOST_PAGES:
        return None
    return site.base + asked.following(path)


def _story(found: Story, asked: Asked, site: Site, whole: bool) -> StoryValue:
    where = regions_of(asked)
    shown = for_chat(found, (), where)
    lead = shown.lead
    passages = []
    if whole:
        for part in shown.parts:
            for each in part.excerpts:
                value = PassageValue(before=each.before, after=each.after, topics=list(each.topics))
                passages.append(value)
    return StoryValue(
        id=found.id,
        url=site.base + asked.to(path_of("story", str(found.id))),
        services=list(lead.services),
        document=lead.terms_type,
        headline=plain(headline(shown, site.known.names.label(lead.services[0]), where)),
        severity=lead.severity.name.lower(),
        recorded=lead.recorded,
        updated=max(part.recorded for part in found.parts),
        effective=lead.effective,
        regions=codes(lead.area) if lead.area is not None else None,
        audience=[role.value for role in lead.roles],
        topics=list(lead.topics),
        opt_out=lead.opt_out.value,
        language=lead.language,
        source=lead.link,
        passages=passages,
    )


def _service(listing: Listing, asked: Asked, site: Site) -> ServiceValue:
    return ServiceValue(
        id=listing.id,
        name=listing.name,
        owner=listing.owner or "",
        domains=list(listing.domains),
        howto=site.known.guide(listing.id) is not None,
        url=site.base + asked.to(path_of("service", listing.id)),
    )


def _control(control: Control) -> ControlValue:
    wanted = set(ControlValue.model_fields)
    return ControlValue.model_validate(control.model_dump(mode="json", include=wanted))
