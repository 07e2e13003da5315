"""The first page, services by letter, and a search that knows typos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.catalogue.offered import controls_for
from bot.locales import content
from bot.model import Service
from bot.naming import bare
from bot.render.control import named
from bot.web import html
from bot.web.asked import Asked, path_of
from bot.web.listing import Listed, is_wanted, listed, regions_of
from bot.web.site import Site

#: Stories, coming dates and found services that are shown, and stories among which those are
#: sought that a region is shown.
LATEST = 15
COMING = 12
FOUND = 30
LOOKED_AT = 60
#: What stands for all services whose name begins with no letter.
OTHERS = "#"


@dataclass(frozen=True, slots=True)
class Coming:
    """A day to act by: of a story, or of a setting of a how-to."""

    day: date
    service: str
    what: str
    url: str


def start_page(asked: Asked, site: Site) -> str:
    """The page, for the region that is asked for."""
    stories = [each for each in site.store.stories.latest(LOOKED_AT) if is_wanted(each, asked)]
    return html.page(
        "start.html",
        asked,
        site=site,
        stories=[listed(story, asked, site) for story in stories[:LATEST]],
        coming=coming(asked, site)[:COMING],
        letters=letters(site),
        count=len(site.known.services),
        howtos=len(site.known.guides),
        invitations=list(site.invitations("start")),
        address="/",
    )


def services_page(asked: Asked, site: Site) -> str:
    """The services of a letter."""
    letter = asked.letter or "a"
    every = [each for each in site.known.services if letter_of(each) == letter]
    return html.page(
        "services.html",
        asked,
        site=site,
        letter=letter,
        letters=letters(site),
        services=_sorted(every),
        has_howto=site.known.guides.__contains__,
        address="/services",
    )


def search_page(asked: Asked, site: Site) -> str:
    """The services whose names hold what was typed, or are near it."""
    found: list[Service] = []
    guesses: Sequence[Service] = ()
    if asked.text:
        found = site.known.names.search(asked.text, [site.known.popular])[:FOUND]
    if asked.text and not found:
        meant = site.known.names.find(asked.text)
        guesses = (meant.service,) if meant.service else meant.nearest
    return html.page(
        "search.html",
        asked,
        site=site,
        found=found,
        guesses=guesses,
        has_howto=site.known.guides.__contains__,
        address="/search",
    )


def coming(asked: Asked, site: Site, services: Sequence[str] = ()) -> list[Coming]:
    """The days to act by that are still to come, the nearest first; of some services, or of all."""
    today = site.clock().date()
    found: dict[tuple[date, str], Coming] = {}
    for story in site.store.stories.coming(site.clock(), LOOKED_AT):
        if not is_wanted(story, asked) or not _is_of(story.lead.services, services):
            continue
        shown: Listed = listed(story, asked, site)
        if shown.effective and shown.effective >= today:
            each = Coming(shown.effective, shown.service, shown.headline, shown.url)
            found.setdefault((shown.effective, shown.service), each)
    for guide in site.known.guides.values():
        if not _is_of((guide.id,), services):
            continue
        for control in controls_for(guide, regions_of(asked)):
            day = control.deadline or control.effective
            if day and day >= today:
                url = asked.to(path_of("howto", guide.id)) + f"#{control.id}"
                each = Coming(day, guide.name, content(named(control)), url)
                found.setdefault((day, guide.name), each)
    return sorted(found.values(), key=lambda each: (each.day, each.service))


def letters(site: Site) -> list[str]:
    """The letters with which names of services begin."""
    return sorted({letter_of(service) for service in site.known.services}, key=_order)


def letter_of(service: Service) -> str:
    """The letter under which a service is listed."""
    first = bare(service.name)[:1].lower()
    return first if "a" <= first <= "z" else OTHERS


def _order(letter: str) -> tuple[bool, str]:
    return letter == OTHERS, letter


def _sorted(services: Sequence[Service]) -> list[Service]:
    return sorted(services, key=lambda service: service.name.casefold())


def _is_of(named: Sequence[str], services: Sequence[str]) -> bool:
    """Whether one of the services is named; of all where none is asked for."""
    return not services or bool(set(named) & set(services))
