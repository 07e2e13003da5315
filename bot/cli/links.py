"""Every link of the catalogue, followed: what is gone, what moved, and what has not been looked at for long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot import catalogue
from bot.catalogue import Catalogue, Control, Guide
from bot.feeds.fetch import Fetcher, FetchError


class Fate(StrEnum):
    """What became of a link. A page that wants a login or a browser is as it should be."""

    FINE = "fine"
    CLOSED = "asks for a login or a browser"
    MOVED = "moved"
    GONE = "gone"
    UNREACHED = "cannot be reached"


@dataclass(frozen=True, slots=True)
class Followed:
    """A link, where it stands, and what became of it; `said` is the new address, or the reason."""

    url: str
    places: tuple[str, ...]
    fate: Fate
    said: str = ""


async def follow(known: Catalogue, fetcher: Fetcher) -> list[Followed]:
    """Each address once; a host is asked by two at a time at most."""
    places: dict[str, list[str]] = {}
    for service, listing in known.listings.items():
        for place, url in listing.links:
            places.setdefault(url, []).append(f"{service}: {place}")
    return list(
        await asyncio.gather(
            *(_follow(url, tuple(where), fetcher) for url, where in places.items())
        )
    )


async def _follow(url: str, places: tuple[str, ...], fetcher: Fetcher) -> Followed:
    try:
        page = await fetcher.get(url)
    except FetchError as error:
        fate = {401: Fate.CLOSED, 403: Fate.CLOSED, 404: Fate.GONE, 410: Fate.GONE}.get(
            error.status or 0, Fate.UNREACHED
        )
        return Followed(url, places, fate, error.why)
    return (
        Followed(url, places, Fate.MOVED, page.moved_to)
        if page.moved_to
        else Followed(url, places, Fate.FINE)
    )


async def run(user_agent: str, today: date) -> int:
    """Print a report; the exit code is 1 where a link is gone."""
    known = catalogue.load()
    async with Fetcher(user_agent) as fetcher:
        found = await follow(known, fetcher)
    for line in report(found, known.stale(today)):
        print(line)
    return int(any(each.fate is Fate.GONE for each in found))


def report(found: Sequence[Followed], old: Sequence[tuple[Guide, Control]]) -> Iterator[str]:
    """What needs a person first, then the counts."""
    for fate in (Fate.GONE, Fate.UNREACHED, Fate.MOVED):
        for each in sorted(
            (each for each in found if each.fate is fate), key=lambda each: each.places
        ):
            yield f"{fate}: {each.url} ({', '.join(each.places)}){f' {each.said}' if each.said else ''}"
    for guide, control in old:
        yield f"look again: {guide.id}: {control.id}, last verified {control.verified or 'at no known date'}"
    yield (
        ", ".join(f"{sum(each.fate is fate for each in found)} {fate}" for fate in Fate)
        + f"; {len(old)} to look at again"
    )
