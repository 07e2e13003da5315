"""Whom a story concerns: the predicate, and the values by which the store matches the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.model import Area, Change, Subscription
from bot.understand.regions import GROUPS, all_countries, countries


@dataclass(frozen=True, slots=True)
class Audience:
    """Subscriptions to one of `services` in one of `regions`; None is every region."""

    services: tuple[str, ...]
    regions: frozenset[str] | None


def concerns(change: Change, subscription: Subscription) -> bool:
    """Overlap of country sets decides; an area that the text does not give reaches everyone."""
    if subscription.service not in change.services:
        return False
    if change.area is None:
        return True
    return any(countries(code) & change.area for code in subscription.regions)


def audience(change: Change) -> Audience:
    """The same predicate as values: the region codes that overlap the area."""
    return Audience(change.services, _codes_reached(change.area))


@cache
def _codes_reached(area: Area) -> frozenset[str] | None:
    if area is None:
        return None
    return frozenset(code for code in (*GROUPS, *all_countries()) if countries(code) & area)
