"""Stories in lists, with their severity in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bot.locales import N_, _
from bot.matcher import roles_of
from bot.model import Service, Story
from bot.preferences import PRIVATE
from bot.regions import area_of
from bot.render.alert import about_some, is_elsewhere, lead_for, main_service
from bot.render.blocks import short
from bot.render.headline import headline
from bot.render.labels import area, day, roles
from bot.render.story import about, for_chat
from bot.understand.stories import COVERAGE
from bot.verdicts import Severity
from bot.web.asked import Asked, path_of
from bot.web.html import plain
from bot.web.site import Site

#: The most characters of a headline in a list.
MOST = 220
#: The severities in words.
SEVERITIES = {
    Severity.NOISE: N_("Small edit"),
    Severity.MINOR: N_("Small edit"),
    Severity.SHOULD_KNOW: N_("Should know"),
    Severity.MUST_KNOW: N_("Must know"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A story in a list; `url` is a path, `where` and `whom` are "" if all are meant.

    `gone` says when the service took the change back, or "".
    """

    url: str
    day: date
    service: str
    document: str
    headline: str
    severity: Severity
    weight: str
    where: str
    whom: str
    effective: date | None
    gone: str


def listed(story: Story, asked: Asked, site: Site, followed: Collection[str] = ()) -> Listed:
    """A story as a line of a list, for the requested region and a follower of some services.

    If services share their terms, it is about one of the followed.
    """
    where, mine = regions_of(asked), about_some(story, followed)
    shown = for_chat(story, mine, where)
    lead = shown.lead
    name = site.known.names.label(main_service(shown, mine))
    said = headline(shown, name, where)
    if is_elsewhere(lead, where):
        said = _("Not for Europe:") + " " + said
    return Listed(
        asked.to(path_of("story", str(story.id))),
        lead.recorded.date(),
        name,
        plain(short(about(lead))) if lead.record not in COVERAGE else "",
        plain(short(said, MOST)),
        lead.severity,
        weight_of(shown),
        area(lead.area) if lead.area is not None else "",
        whom_of(shown),
        lead.effective,
        taken_back(shown),
    )


def regions_of(asked: Asked) -> frozenset[str]:
    """The regions that a page is for; empty if none was requested."""
    return frozenset({asked.region} - {""})


def weight_of(story: Story) -> str:
    """The severity of a story in words, or "" for one about this bot's reading."""
    if story.lead.record in COVERAGE:
        return ""
    return _(SEVERITIES[story.lead.severity])


def whom_of(story: Story) -> str:
    """The roles that a story is for if private people are not among them, else ""."""
    whom = roles_of([story.lead])
    if not whom or whom & PRIVATE:
        return ""
    return roles(whom)


def is_wanted(story: Story, asked: Asked) -> bool:
    """Whether a story is among those that a query selects."""
    mine = (asked.service,) if asked.service else ()
    lead = lead_for(story, mine, regions_of(asked))
    if asked.service and asked.service not in lead.services:
        return False
    if asked.region and lead.area is not None and not area_of([asked.region]) & lead.area:
        return False
    if asked.severity is not None and lead.severity < asked.severity:
        return False
    whom = roles_of([lead])
    return not (asked.role and whom and asked.role not in whom)


def taken_back(story: Story) -> str:
    """The sentence that the service undid the change, and when; or ""."""
    if story.taken_back is None:
        return ""
    return _("Taken back on {day}.", day=day(story.taken_back))


def services_like(typed: str, site: Site) -> tuple[list[Service], bool]:
    """The services whose names contain the input; else similar ones, which are guesses (True)."""
    found = site.known.names.search(typed, [site.known.popular])
    if found:
        return found, False
    meant = site.known.names.find(typed)
    return [meant.service] if meant.service else list(meant.nearest), True
