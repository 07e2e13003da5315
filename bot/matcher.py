"""Whom a story concerns: the predicate, and the values by which the store matches the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.model import Area, Change, OptOut, Story, Subscription, Verdict
from bot.preferences import Interests, Level
from bot.regions import GROUPS, all_countries, countries


@dataclass(frozen=True, slots=True)
class Audience:
    """Subscriptions to one of `services` in one of `regions` (None is every region), of chats that want to hear of this
    `level` and of one of these `topics`."""

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
    """Overlap of country sets decides; an area that the text does not give reaches everyone."""
    if subscription.service not in change.services:
        return False
    if change.area is None:
        return True
    return any(countries(code) & change.area for code in subscription.regions)


def level_of(change: Change) -> Level:
    """How much a change matters to somebody who wants to act."""
    if change.verdict is not Verdict.MATERIAL:
        return Level.EVERYTHING
    coming = change.effective is not None and change.effective > change.recorded.date()
    act = coming or change.opt_out is not OptOut.NONE or "ai_training" in change.topics
    return Level.CHOICES if act else Level.CHANGES


def hindrance(
    change: Change, subscriptions: Iterable[Subscription], interests: Interests
) -> Hindrance | None:
    """The first reason for which a chat is not told of a change, or None where it is told."""
    if change.verdict is Verdict.NOISE:
        return Hindrance.VERDICT
    mine = [
        subscription for subscription in subscriptions if subscription.service in change.services
    ]
    if not mine:
        return Hindrance.SERVICE
    if not any(concerns(change, subscription) for subscription in mine):
        return Hindrance.REGION
    if interests.least > level_of(change):
        return Hindrance.VERDICT if change.verdict is Verdict.MINOR else Hindrance.LEVEL
    return (
        Hindrance.TOPIC
        if interests.topics and change.topics and not interests.topics & set(change.topics)
        else None
    )


def audience(change: Change, story: Story | None = None) -> Audience:
    """The same predicate as values: the region codes that overlap the area. What joins a story matters as much as it."""
    parts = (change, *(story.parts if story else ()))
    topics = dict.fromkeys(topic for part in parts for topic in part.topics)
    return Audience(
        change.services, _codes_reached(change.area), max(map(level_of, parts)), tuple(topics)
    )


@cache
def _codes_reached(area: Area) -> frozenset[str] | None:
    if area is None:
        return None
    return frozenset(code for code in (*GROUPS, *all_countries()) if countries(code) & area)
