"""Whom a story concerns: the predicate, and the values by which the store matches the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.document_kinds import Kind, kinds_of
from bot.model import Change, Story, Subscription
from bot.preferences import PRIVATE, ROLES, Interests, Level
from bot.regions import GROUPS, all_countries, countries
from bot.understand.stories import COVERAGE
from bot.verdicts import Area, OptOut, Role, Severity, Verdict

#: Roles that no chat chooses by themselves, and the one whose changes it hears with them.
_HEARD_AS = {Role.MODERATORS: Role.CREATORS}
#: Services that are for others than private people: who follows one hears all of it.
ForOthers = Collection[str]


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a story is queued for: the predicate as values.

    Subscriptions to one of `services` in one of `regions` (None is every region), for documents of
    one of these `kinds`, of chats that want to hear of this `level`, of one of these `topics`, and
    what is for one of these `roles`. Where there are no kinds, topics or roles, all hear of it.
    Who follows one of `for_others` hears of it whatever the roles.
    """

    services: tuple[str, ...]
    regions: frozenset[str] | None
    level: Level = Level.MUST_KNOW
    topics: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    for_others: tuple[str, ...] = ()


class Hindrance(StrEnum):
    """Why a story is not for a chat."""

    VERDICT = "verdict"
    SERVICE = "service"
    REGION = "region"
    DOCUMENT = "document"
    AUDIENCE = "audience"
    LEVEL = "level"
    TOPIC = "topic"


def concerns(change: Change, subscription: Subscription) -> bool:
    """Whether a change is about a followed service in one of the regions it is followed for.

    Overlap of country sets decides; an area that the text does not give reaches everyone.
    """
    if subscription.service not in change.services:
        return False
    if change.area is None:
        return True
    return any(countries(code) & change.area for code in subscription.regions)


def level_of(change: Change) -> Level:
    """How much a change matters to those whom it is for.

    One must know what is grave, and the day by which one can still say no. That a document is no
    longer read must be known too: else silence would seem to mean that nothing changes.
    """
    if change.verdict is not Verdict.MATERIAL:
        return Level.EVERYTHING
    if change.record in COVERAGE or change.severity is Severity.MUST_KNOW:
        return Level.MUST_KNOW
    is_ahead = change.effective is not None and change.effective > change.recorded.date()
    if is_ahead and change.opt_out is not OptOut.NONE:
        return Level.MUST_KNOW
    return Level.SHOULD_KNOW


def roles_of(parts: Iterable[Change]) -> frozenset[Role]:
    """Whom the parts of a story are for, some of `ROLES`; empty where it is for all who follow.

    Where nobody can say whom a text is for, it is for private people. What people wrote about a
    change adds nothing to what the change itself says.
    """
    found: set[Role] = set()
    for part in parts:
        if part.record in COVERAGE:
            return frozenset()
        if not part.roles and not part.record.told_by_people:
            found |= PRIVATE
        found.update(_HEARD_AS.get(role, role) for role in part.roles)
    if found.issuperset(ROLES):
        return frozenset()
    return frozenset(found) or PRIVATE


def hindrance(
    change: Change,
    subscriptions: Iterable[Subscription],
    interests: Interests,
    for_others: ForOthers = (),
) -> Hindrance | None:
    """The first reason for which a chat is not told of a change, or None where it is told."""
    if change.verdict is Verdict.NOISE:
        return Hindrance.VERDICT
    left = list(subscriptions)
    for keeps, why in _STEPS:
        left = [each for each in left if keeps(change, each)]
        if not left:
            return why
    if not is_for(change, interests, [each.service for each in left], for_others):
        return Hindrance.AUDIENCE
    return _unwanted(change, interests)


def is_for(
    change: Change, interests: Interests, followed: Iterable[str], for_others: ForOthers
) -> bool:
    """Whether a change is for one of the capacities in which a chat uses services.

    `followed` are those of its services that the chat follows.
    """
    roles = roles_of([change])
    if not roles or roles & interests.roles:
        return True
    return any(service in for_others for service in followed)


def _is_of_its_kinds(change: Change, subscription: Subscription) -> bool:
    """Whether a change is of a document that is followed; one that names none is of all."""
    kinds = kinds_of(change.terms_type)
    if not kinds or not subscription.kinds:
        return True
    return not kinds.isdisjoint(subscription.kinds)


def _is_about(change: Change, subscription: Subscription) -> bool:
    return subscription.service in change.services


#: What leaves subscriptions out, in this order, and what is said where none is left.
_STEPS = (
    (_is_about, Hindrance.SERVICE),
    (concerns, Hindrance.REGION),
    (_is_of_its_kinds, Hindrance.DOCUMENT),
)


def _unwanted(change: Change, interests: Interests) -> Hindrance | None:
    """Why a change is not one of those that a chat wants to hear of, or None where it is."""
    if interests.least > level_of(change):
        if change.verdict is Verdict.MINOR:
            return Hindrance.VERDICT
        return Hindrance.LEVEL
    if interests.topics and change.topics and interests.topics.isdisjoint(change.topics):
        return Hindrance.TOPIC
    return None


def audience(change: Change, story: Story | None = None, for_others: ForOthers = ()) -> Audience:
    """Whom a change is queued for: the same predicate, with the region codes that overlap the area.

    What joins a story matters as much as the story does, and to the same people.
    """
    parts = [change]
    if story is not None:
        parts.extend(story.parts)
    topics: dict[str, None] = {}
    kinds: set[Kind] = set()
    for part in parts:
        topics.update(dict.fromkeys(part.topics))
        kinds |= kinds_of(part.terms_type)
    return Audience(
        services=change.services,
        regions=codes_reached(change.area),
        level=max(map(level_of, parts)),
        topics=tuple(topics),
        roles=roles_of(parts),
        kinds=frozenset(kinds),
        for_others=tuple(service for service in change.services if service in for_others),
    )


@cache
def codes_reached(area: Area) -> frozenset[str] | None:
    """The codes of regions that overlap an area; None, which is all, where it is unknown."""
    if area is None:
        return None
    return frozenset(code for code in (*GROUPS, *all_countries()) if countries(code) & area)
