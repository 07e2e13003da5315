"""Whom a story concerns: the predicate, and the values by which the store matches the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.model import Area, Change, Story, Subscription
from bot.preferences import Interests, Level
from bot.regions import GROUPS, all_countries, countries
from bot.verdicts import OptOut, Verdict


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a story is queued for: the predicate as values.

    Subscriptions to one of `services` in one of `regions` (None is every region), of chats that
    want to hear of this `level` and of one of these `topics`.
    """

    services: tuple[str, ...]
    regions: frozenset[str] | None
    level: Level = Level.CHOICES
    topics: tuple[str, ...] = ()


class Hindrance(StrEnum):
    """Why a story is not for a chat."""

    VERDICT = "verdict"
    SERVICE = "service"
    REGION = "region"
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
    """How much a change matters to somebody who wants to act."""
    if change.verdict is not Verdict.MATERIAL:
        return Level.EVERYTHING
    if change.effective is not None and change.effective > change.recorded.date():
        return Level.CHOICES
    if change.opt_out is not OptOut.NONE:
        return Level.CHOICES
    return Level.CHOICES if "ai_training" in change.topics else Level.CHANGES


def hindrance(
    change: Change, subscriptions: Iterable[Subscription], interests: Interests
) -> Hindrance | None:
    """The first reason for which a chat is not told of a change, or None where it is told."""
    if change.verdict is Verdict.NOISE:
        return Hindrance.VERDICT
    mine = [each for each in subscriptions if each.service in change.services]
    if not mine:
        return Hindrance.SERVICE
    if not any(concerns(change, each) for each in mine):
        return Hindrance.REGION
    return _unwanted(change, interests)


def _unwanted(change: Change, interests: Interests) -> Hindrance | None:
    """Why a change is not one of those that a chat wants to hear of, or None where it is."""
    if interests.least > level_of(change):
        if change.verdict is Verdict.MINOR:
            return Hindrance.VERDICT
        return Hindrance.LEVEL
    if interests.topics and change.topics and interests.topics.isdisjoint(change.topics):
        return Hindrance.TOPIC
    return None


def audience(change: Change, story: Story | None = None) -> Audience:
    """Whom a change is queued for: the same predicate, with the region codes that overlap the area.

    What joins a story matters as much as the story does.
    """
    parts = [change]
    if story is not None:
        parts.extend(story.parts)
    topics: dict[str, None] = {}
    for part in parts:
        topics.update(dict.fromkeys(part.topics))
    level = max(map(level_of, parts))
    return Audience(change.services, _codes_reached(change.area), level, tuple(topics))


@cache
def _codes_reached(area: Area) -> frozenset[str] | None:
    if area is None:
        return None
    return frozenset(code for code in (*GROUPS, *all_countries()) if countries(code) & area)
