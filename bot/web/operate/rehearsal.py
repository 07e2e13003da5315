"""The dry run: who would get a story, before it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot import matcher
from bot.matcher import Audience
from bot.model import Change
from bot.preferences import PRIVATE, Level
from bot.regions import countries, parse
from bot.store.announcing import Reached
from bot.web.site import Site

#: The most digits of a story's number.
MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The question, its audience, and how many chats would get it, and when."""

    title: str
    audience: Audience
    digest: bool
    reached: Sequence[Reached]

    @property
    def count(self) -> int:
        """The number of chats."""
        return sum(each.count for each in self.reached)


def rehearse(query: Mapping[str, str], site: Site) -> Rehearsal | str | None:
    """The dry run of a story, a held change, or a service and regions.

    A message if there is no such thing; None if nothing was asked. Raises StoreError.
    """
    if number := query.get("story", "").strip():
        return _of_story(number, site)
    if uid := query.get("held", "").strip():
        held = site.store.vitals.held_item(uid)
        if held is None:
            return "This change does not wait any more."
        return _of_change(held.change, site)
    if service := query.get("service", "").strip():
        return _of_service(service, query.get("region", ""), site)
    return None


def _of_story(number: str, site: Site) -> Rehearsal | str:
    is_number = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
    story = site.store.stories.get(int(number)) if is_number else None
    if story is None or not story.lead.services:
        return "There is no story of that number."
    return _of_change(story.lead, site)


def _of_change(change: Change, site: Site) -> Rehearsal:
    audience = matcher.audience(change, None, site.known.names.for_others)
    return _counted(change.title, audience, change.is_for_a_digest, site)


def _of_service(typed: str, where: str, site: Site) -> Rehearsal | str:
    """A MUST_KNOW change of any document of a service, for private people in a region."""
    service = site.known.names.get(typed) or site.known.names.exactly(typed)
    if service is None:
        return "There is no such service."
    region = parse(where) if where else None
    if where and region is None:
        return "There is no such region."
    reached = matcher.codes_reached(countries(region)) if region else None
    audience = Audience((service.id,), reached, Level.MUST_KNOW, roles=PRIVATE)
    return _counted(f"A grave change at {service.name}", audience, False, site)


def _counted(title: str, audience: Audience, digest: bool, site: Site) -> Rehearsal:
    reached = site.store.announcing.would_reach(audience, site.clock(), digest)
    return Rehearsal(title, audience, digest, reached)
