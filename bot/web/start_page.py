"""The start page, services by letter, and a search that tolerates typos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.catalogue import Control, Guide
from bot.catalogue.offered import controls_for
from bot.locales import _, content
from bot.model import Address, Service
from bot.naming import bare
from bot.render.control import named
from bot.web import html
from bot.web.asked import Asked, path_of
from bot.web.follower import follower_of
from bot.web.listing import Listed, is_wanted, listed, regions_of, services_like
from bot.web.site import Site

#: The most stories, coming dates and search results that are shown, and the most stories read to
#: find those of a region, and those with a coming date.
LATEST = 15
COMING = 12
FOUND = 30
LOOKED_AT = 60
MOST_COMING = 200
#: The letter for all services whose name begins with no letter.
OTHERS = "#"


@dataclass(frozen=True, slots=True)
class Coming:
    """A day to act by, of a story or a control."""

    day: date
    service: str
    what: str
    url: str


def start_page(asked: Asked, site: Site) -> str:
    """The page for the requested region."""
    stories = [
        each for each in site.store.archive.published((), LOOKED_AT) if is_wanted(each, asked)
    ]
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
    """The services whose names contain or resemble the input."""
    found, are_guesses = services_like(asked.text, site) if asked.text else ([], False)
    return html.page(
        "search.html",
        asked,
        site=site,
        found=found[:FOUND],
        are_guesses=are_guesses,
        has_howto=site.known.guides.__contains__,
        address="/search",
    )


def coming(asked: Asked, site: Site) -> list[Coming]:
    """The days to act by that are still to come, the nearest first; of one service, or of all."""
    mine = [asked.service] if asked.service else []
    stories = site.store.archive.coming(_today(site), MOST_COMING, mine)
    wanted = [listed(story, asked, site, mine) for story in stories if is_wanted(story, asked)]
    controls = [(name, regions_of(asked)) for name in mine or site.known.guides]
    return _coming(wanted, controls, asked, site)


def coming_for(address: Address, asked: Asked, site: Site) -> list[Coming]:
    """The days to act by for what a chat follows and wants to hear of."""
    follower = follower_of(address, site)
    if not follower.subscriptions:
        return []
    mine = list(follower.services)
    stories = site.store.archive.coming(_today(site), MOST_COMING, mine)
    wanted = [listed(story, asked, site, mine) for story in filter(follower.is_told, stories)]
    controls = [(each.service, each.regions) for each in follower.subscriptions]
    return _coming(wanted, controls, asked, site)


def _today(site: Site) -> datetime:
    """The start of the day, because one can still act on a day until its end."""
    return site.clock().replace(hour=0, minute=0, second=0, microsecond=0)


def _coming(
    stories: Iterable[Listed],
    controls: Iterable[tuple[str, frozenset[str]]],
    asked: Asked,
    site: Site,
) -> list[Coming]:
    """The days of stories, and of controls in the regions where services are followed."""
    today = site.clock().date()
    found: set[Coming] = set()
    for shown in stories:
        if shown.effective and shown.effective >= today:
            found.add(Coming(shown.effective, shown.service, shown.headline, shown.url))
    for service, where in controls:
        guide = site.known.guide(service)
        for control in controls_for(guide, where) if guide else ():
            day = control.deadline or control.effective
            if guide and day and day >= today:
                found.add(Coming(day, guide.name, _what(control), _way(guide, control, asked)))
    return sorted(found, key=lambda each: (each.day, each.service, each.what))


def _what(control: Control) -> str:
    """The name of a control, and whether it is in use then."""
    if control.on_by_default:
        return f"{content(named(control))} · " + _("In use unless you act.")
    return content(named(control))


def _way(guide: Guide, control: Control, asked: Asked) -> str:
    return asked.to(path_of("howto", guide.id)) + f"#{control.id}"


def letters(site: Site) -> list[str]:
    """The first letters of service names."""
    return sorted({letter_of(service) for service in site.known.services}, key=_order)


def letter_of(service: Service) -> str:
    """The letter under which a service is listed."""
    first = bare(service.name)[:1].lower()
    return first if "a" <= first <= "z" else OTHERS


def _order(letter: str) -> tuple[bool, str]:
    return letter == OTHERS, letter


def _sorted(services: Sequence[Service]) -> list[Service]:
    return sorted(services, key=lambda service: service.name.casefold())
