"""Listing the sources, and adding one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot import settings
from bot.adapters.registry import PLATFORMS
from bot.cli._verb import said
from bot.feeds import listing, sources
from bot.feeds.choices import DiscoveryError
from bot.feeds.discovery import Discovered, discover
from bot.feeds.fetch import Fetcher
from bot.feeds.sources import Listed, SourcesError
from bot.model import Source
from bot.runtime.bounded import Bounded
from bot.settings import Settings, SettingsError

#: The path of a new list, if the settings name none.
OWN = Path("data/sources.toml")
#: Entries of a new source that are shown.
SHOWN = 3
#: Characters of a feed's texts that are shown.
SHOWN_LETTERS = 200


def show() -> int:
    """Print every source: whether it is on, its kind and language, and why it is there."""
    try:
        listed = sources.everything(sources.path_of(settings.load(PLATFORMS).sources))
    except (SettingsError, SourcesError) as error:
        return said(f"Not done: {error}", 1)
    for each in listed:
        state = "on " if each.enabled else "off"
        source = each.source
        print(f"{state}  {source.id:28} {source.kind.value:10} {source.language:3} {each.why}")
    return 0


def add(typed: str, number: int) -> int:
    """Find the feed of an address, read it, and write it into the operator's list.

    `number` chooses the feed, from 1, if the address has several. Returns the exit code, which is 1
    on failure.
    """
    try:
        config = settings.load(PLATFORMS)
        path = Path(config.sources or OWN)
        listed = _listed(path)
        found = asyncio.run(_discover(config, typed, number))
        _show(found)
        source = _new(found.source, listed)
        listing.append(path, source, datetime.now(UTC).date().isoformat())
    except (SettingsError, SourcesError, DiscoveryError) as error:
        return said(f"Not done: {error}", 1)
    print(f'Added "{source.id}" to {path}. The bot reads it when it starts again.')
    if not config.sources:
        print(f"Set SMALLPRINT_SOURCES={path}: without it that file is not read.")
    return 0


def _listed(path: Path) -> list[Listed]:
    """The entries of the list so far."""
    return sources.everything(path if path.exists() else sources.DEFAULT)


async def _discover(config: Settings, typed: str, number: int) -> Discovered:
    fetching = Fetcher(config.user_agent, config.allow_private_networks)
    async with fetching as fetcher, Bounded() as worker:
        return await discover(fetcher, typed, number, datetime.now(UTC), worker)


def _new(source: Source, listed: list[Listed]) -> Source:
    """The source with a new id. Raises SourcesError if it is in the list already."""
    if there := listing.twin(source, listed):
        off = "" if there.enabled else ", but it is off"
        raise SourcesError(f'it is in the list already, as "{there.source.id}"{off}')
    found = listing.new_id(source, (each.source.id for each in listed))
    return replace(source, id=found)


def _show(found: Discovered) -> None:
    if len(found.choices) > 1:
        print(f"There are {len(found.choices)} feeds; --feed N takes another:")
        for number, choice in enumerate(found.choices, 1):
            mark = ">" if number == found.taken else " "
            print(f"{mark} {number}  {_printable(choice.title)}  {_printable(choice.url)}")
    source = found.source
    print(f"{source.url or source.github}: {len(found.items)} entries, the newest:")
    for item in found.items[:SHOWN]:
        print(f"  {item.when:%Y-%m-%d}  {_printable(item.title)}")


def _printable(text: str) -> str:
    """A feed's text without control characters, which a terminal would obey."""
    return "".join(letter for letter in text if letter.isprintable())[:SHOWN_LETTERS]
