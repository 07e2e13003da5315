"""Checking every link of the catalogue, and the report."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot import catalogue, settings
from bot.adapters.registry import PLATFORMS
from bot.catalogue import Catalogue, Control, Guide
from bot.cli._verb import said
from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.hosts import host_of
from bot.settings import SettingsError


class LinkState(StrEnum):
    """The result of checking a link. A page that wants a login or a browser is as it should be."""

    FINE = "fine"
    CLOSED = "asks for a login or a browser"
    MOVED = "moved"
    GONE = "gone"
    UNREACHED = "cannot be reached"


#: The state by HTTP status; any other status is UNREACHED.
REFUSALS = {
    401: LinkState.CLOSED,
    403: LinkState.CLOSED,
    404: LinkState.GONE,
    410: LinkState.GONE,
}

#: The states that a person must look at, the worst first.
NEED_A_PERSON = (LinkState.GONE, LinkState.UNREACHED, LinkState.MOVED)


#: The most addresses that are requested at once.
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Followed:
    """A link, its places, and its state; `said` is its new address, or the reason."""

    url: str
    places: tuple[str, ...]
    state: LinkState
    said: str = ""


async def follow_all(known: Catalogue, fetcher: Fetcher) -> list[Followed]:
    """Check each address once, at most two at a time for each host."""
    room = asyncio.Semaphore(AT_ONCE)

    async def followed(url: str, where: Sequence[str]) -> Followed:
        async with room:
            return await follow(url, tuple(where), fetcher)

    following = [followed(url, where) for url, where in addresses(known).items()]
    return list(await asyncio.gather(*following))


def addresses(known: Catalogue) -> dict[str, list[str]]:
    """Every address that a reader may be sent to, each with its places in the catalogue.

    Addresses of one host are spread out, so that no host gets many requests in a row.
    """
    places: dict[str, list[str]] = {}
    for service, listing in known.listings.items():
        for place, url in listing.links:
            places.setdefault(url, []).append(f"{service}: {place}")
    for place, url in known.facts.links:
        places.setdefault(url, []).append(place)
    turns: Counter[str] = Counter()
    order: dict[str, int] = {}
    for url in places:
        host = host_of(url)
        order[url] = turns[host]
        turns[host] += 1
    return {url: places[url] for url in sorted(places, key=lambda url: order[url])}


async def follow(url: str, places: tuple[str, ...], fetcher: Fetcher) -> Followed:
    """Check one address."""
    try:
        page = await fetcher.get(url)
    except FetchError as error:
        state = REFUSALS.get(error.status or 0, LinkState.UNREACHED)
        return Followed(url, places, state, error.why)
    if page.moved_to:
        return Followed(url, places, LinkState.MOVED, page.moved_to)
    return Followed(url, places, LinkState.FINE)


async def run() -> int:
    """Print a report; return the exit code, which is 1 if a link is gone."""
    try:
        user_agent = settings.load(PLATFORMS).user_agent
    except SettingsError as error:
        return said(str(error), 1)
    known = catalogue.load()
    async with Fetcher(user_agent) as fetcher:
        found = await follow_all(known, fetcher)
    for line in report(found, known.stale(datetime.now(UTC).date())):
        print(line)
    gone = any(each.state is LinkState.GONE for each in found)
    return 1 if gone else 0


def _in_state(found: Sequence[Followed], state: LinkState) -> list[Followed]:
    those = [each for each in found if each.state is state]
    return sorted(those, key=lambda each: each.places)


def report(found: Sequence[Followed], old: Sequence[tuple[Guide, Control]]) -> Iterator[str]:
    """The lines of the report: what needs a person first, then the counts."""
    for state in NEED_A_PERSON:
        for each in _in_state(found, state):
            yield f"{state}: {each.url} ({', '.join(each.places)}) {each.said}".rstrip()
    for guide, control in old:
        verified = control.verified or "at no known date"
        yield f"look again: {guide.id}: {control.id}, last verified {verified}"
    counted = Counter(each.state for each in found)
    counts = ", ".join(f"{counted[state]} {state}" for state in LinkState)
    yield f"{counts}; {len(old)} to look at again"
