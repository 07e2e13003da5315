"""Matching stories to chats: a predicate, and the same predicate as values for the store."""

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

#: Roles that a chat cannot choose, and the role whose followers are told of their changes.
_HEARD_AS = {Role.MODERATORS: Role.CREATORS}
#: Ids of services that are not for private people: their followers are told whatever the role.
ForOthers = Collection[str]


@dataclass(frozen=True, slots=True)
class Audience:
    """The audience of a story: the chats to queue it for, as values that the store can match.

    It is the subscriptions to one of `services`, in one of `regions` (None is every region), for
    documents of one of these `kinds`, of chats that want to hear of this `level`, of one of these
    `topics` and one of these `roles`. Empty kinds, topics or roles match every chat. Followers of
    a service in `for_others` hear of the story whatever their roles.
    """

    services: tuple[str, ...]
    regions: frozenset[str] | None
    level: Level = Level.MUST_KNOW
    topics: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    for_others: tuple[str, ...] = ()


class Hindrance(StrEnum):
    """The reason why a chat is not told of a story."""

    VERDICT = "verdict"
    SERVICE = "service"
    REGION = "region"
    DOCUMENT = "document"
    AUDIENCE = "audience"
    LEVEL = "level"
    TOPIC = "topic"


def concerns(change: Change, subscription: Subscription) -> bool:
    """Whether a change is about the subscribed service, in one of the subscription's regions.

    It is if the sets of countries overlap; an area that the text does not give reaches everyone.
    """
    if subscription.service not in change.services:
        return False
    if change.area is None:
        return True
    return any(countries(code) & change.area for code in subscription.regions)


def level_of(change: Change) -> Level:
    """The level of a change: how much it matters to its audience.

    A grave change must be known, and so must one with a day until which people can still opt out.
    That a document is no longer read must be known too: otherwise silence would seem to mean that
    nothing changes.
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
    """The roles that the parts of a story are for, some of `ROLES`; empty for all followers.

    A change without roles is taken to be for private people. Memos and articles about a change add
    no roles of their own.
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
    """The first reason why a chat is not told of a change, or None if it is told."""
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
    """Whether a change is for one of the roles in which a chat uses services.

    `followed` are the change's services that the chat follows.
    """
    roles = roles_of([change])
    if not roles or roles & interests.roles:
        return True
    return any(service in for_others for service in followed)


def _is_of_its_kinds(change: Change, subscription: Subscription) -> bool:
    """Whether a change is of a kind of document that is followed; one without kinds always is."""
    kinds = kinds_of(change.terms_type)
    if not kinds or not subscription.kinds:
        return True
    return not kinds.isdisjoint(subscription.kinds)


def _is_about(change: Change, subscription: Subscription) -> bool:
    return subscription.service in change.services


#: The filters on subscriptions, in this order, and the hindrance to report when none is left.
_STEPS = (
    (_is_about, Hindrance.SERVICE),
    (concerns, Hindrance.REGION),
    (_is_of_its_kinds, Hindrance.DOCUMENT),
)


def _unwanted(change: Change, interests: Interests) -> Hindrance | None:
    """Why a chat does not want to hear of a change, or None if it does."""
    if interests.least > level_of(change):
        if change.verdict is Verdict.MINOR:
            return Hindrance.VERDICT
        return Hindrance.LEVEL
    if interests.topics and change.topics and interests.topics.isdisjoint(change.topics):
        return Hindrance.TOPIC
    return None


def audience(change: Change, story: Story | None = None, for_others: ForOthers = ()) -> Audience:
    """The audience of a change; its regions are all region codes that overlap the change's area.

    A change that joins a story has the level, topics, roles and kinds of the whole story.
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
    """The region codes that overlap an area, or None (every region) if the area is unknown."""
    if area is None:
        return None
    return frozenset(code for code in (*GROUPS, *all_countries()) if countries(code) & area)
