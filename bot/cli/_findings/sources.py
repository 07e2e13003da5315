"""The checks of sources."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from bot import feeds
from bot.cli._findings.finding import Finding, Seen, bad, well
from bot.feeds import sources
from bot.feeds.fetch import Fetcher, FetchError, Page
from bot.model import Item, Source, SourceKind
from bot.render.sources import fares
from bot.runtime.bounded import Worker
from bot.settings import Settings
from bot.states import SourceState

#: The prefix of a source's id in a finding.
SOURCE = "source "


def listed(config: Settings) -> tuple[list[Source], Finding]:
    """The sources that are on, and a finding. Raises SourcesError if the list is invalid."""
    found = sources.everything(sources.path_of(config.sources))
    on = [each.source for each in found if each.enabled]
    words = f"{len(on)} listed"
    if len(found) > len(on):
        words += f", {len(found) - len(on)} more are off"
    return on, well("sources", words)


async def findings(
    worker: Worker, config: Settings, asked: list[Source], seen: Seen
) -> AsyncIterator[Finding]:
    """The findings of the sources, as they answer."""
    async with Fetcher(config.user_agent, config.allow_private_networks) as fetcher:
        looking = [source_finding(worker, fetcher, source, seen) for source in asked]
        for done in asyncio.as_completed(looking):
            yield await done


async def source_finding(
    worker: Worker, fetcher: Fetcher, source: Source, seen: Seen | None = None
) -> Finding:
    """Read a source; a collection without a feed is read from GitHub."""
    what = f"{SOURCE}{source.id}"
    for fallback in (False, True):
        url = feeds.url_of(source, fallback=fallback)
        try:
            page = await fetcher.get(url)
            if seen:
                seen.answer(page.date, datetime.now(UTC))
            items = (await worker.run(feeds.read, source, page, datetime.now(UTC), fallback)).items
        except feeds.UNREADABLE as error:
            if not fallback and _has_no_feed(source, error):
                continue
            if seen and isinstance(error, FetchError) and error.status:
                seen.answer(None, datetime.now(UTC))
            return bad(what, f"{fares(feeds.state_of(error))}: {error}", f"look at {url}")
        words = _entries(items)
        if fallback:
            words += " (from GitHub: the collection has no feed)"
        words = _moved(page, words)
        return well(what, words) if items else bad(what, words, f"look at {url}")
    return bad(what, "neither a feed nor GitHub answers", "look at its entry in the list")


def _has_no_feed(source: Source, error: Exception) -> bool:
    """Whether it is a collection that can be read from GitHub instead of its feed."""
    if source.kind is not SourceKind.COLLECTION or not source.github:
        return False
    return isinstance(error, FetchError) and error.status == 404


def _entries(items: Sequence[Item]) -> str:
    if not items:
        return "0 entries"
    newest = max(item.when for item in items)
    return f"{len(items)} entries, the newest of {newest:%Y-%m-%d}"


def _moved(page: Page, words: str) -> str:
    if not page.moved_to:
        return words
    moved = fares(SourceState.MOVED, page.moved_to)
    return f"{moved}, which belongs into the list; {words}"
