"""Sources in words: their names, their states, and when they answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_time, get_timezone_location

from bot.feeds.hosts import host_of
from bot.locales import _, locale
from bot.render.labels import day, places
from bot.states import SourceState
from bot.store.sources import SourceStatus
from handlers._base import Context

#: A source that is overdue by this long counts as silent.
SILENT = timedelta(days=1)
#: The most characters of an address that are shown.
LONGEST = 120


def name_of(source_id: str, context: Context) -> str:
    """The name of a source: a collection by where it records, a newsfeed by its own name."""
    for source in context.sources:
        if source.id == source_id and source.kind.records_versions:
            if source.jurisdiction:
                return _("texts recorded in {places}", places=places(source.jurisdiction))
            return _("recorded texts")
    return source_id


def with_address(status: SourceStatus, context: Context) -> str:
    """The name of a source in a list, with its new host if it moved."""
    name = name_of(status.id, context)
    return f"{name} ({host(status.moved_to)})" if status.moved_to else name


def once(names: Iterable[str]) -> list[str]:
    """The names without duplicates."""
    return list(dict.fromkeys(names))


def state_of(status: SourceStatus) -> SourceState:
    """The state of a source; a record of an older release has only an error or an answer."""
    if status.state is not SourceState.NEW:
        return status.state
    if status.error:
        return SourceState.FAILING
    if status.ok_at:
        return SourceState.HEALTHY
    return SourceState.NEW


def is_fine(status: SourceStatus) -> bool:
    """Whether a source can be read, even at another address."""
    return state_of(status) in (SourceState.HEALTHY, SourceState.MOVED)


def is_well(status: SourceStatus) -> bool:
    """Whether there is nothing to say about a source but when it answered."""
    return state_of(status) is SourceState.HEALTHY and not status.remark


def is_late(status: SourceStatus, now: datetime) -> bool:
    """Whether a source is long overdue: the bot did not run, or cannot keep up."""
    return is_fine(status) and now - status.due_at > SILENT


def host(url: str) -> str:
    """The host of an address; the rest may be a secret of the operator's."""
    return host_of(url)[:LONGEST]


def clock(when: datetime, context: Context) -> str:
    """A time in the chat's zone, with its name: 4 November 2025, 10:00 (Brussels)."""
    zone = context.chat.schedule.zone
    there = when.astimezone(ZoneInfo(zone))
    # Zones such as UTC are no place.
    city = get_timezone_location(zone, locale(), return_city=True) if "/" in zone else zone
    return f"{day(there)}, {format_time(there, 'short', locale=locale())} ({city})"
