"""What `smallprint check` looks at, and what it finds, in plain words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from bot import catalogue, feeds, settings
from bot.adapters.registry import PLATFORMS
from bot.catalogue import Catalogue
from bot.feeds import sources
from bot.feeds.fetch import Fetcher, FetchError, Page
from bot.feeds.sources import SourcesError
from bot.model import Item, Source, SourceKind
from bot.platform_settings import PlatformSettings
from bot.render.sources import fares
from bot.runtime.bounded import Bounded, Worker
from bot.settings import Settings, SettingsError, variable_of
from bot.states import SourceState
from bot.store import Store, StoreError

#: What a finding about a source begins with; its id follows.
SOURCE = "source "
TOKEN_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: whether it is well, what was looked at, and what was found."""

    well: bool
    what: str
    words: str


async def run(offline: bool, only_catalogue: bool = False) -> int:
    """Print the findings; 0 where all is well.

    `offline` leaves out what needs a network, `only_catalogue` everything else.
    """
    bad = 0
    silent = []
    async for finding in _findings(offline, only_catalogue):
        mark = "ok " if finding.well else "BAD"
        print(f"{mark}  {finding.what}: {finding.words}", flush=True)
        if finding.well:
            continue
        bad += 1
        if finding.what.startswith(SOURCE):
            silent.append(finding.what.removeprefix(SOURCE))
    if silent:
        print(f"To do without what does not answer: off = {json.dumps(sorted(silent))}")
    print(f"{bad} to mend." if bad else "All is well.")
    return 1 if bad else 0


async def _findings(offline: bool, only_catalogue: bool) -> AsyncIterator[Finding]:
    async with Bounded() as worker:
        for finding in _catalogue(await worker.run(catalogue.load)):
            yield finding
        if only_catalogue:
            return
        try:
            config = settings.load(PLATFORMS)
        except SettingsError as error:
            yield Finding(False, "settings", str(error))
            return
        yield _settings(config)
        yield _database(config)
        try:
            listed, finding = _sources(config)
        except SourcesError as error:
            yield Finding(False, "sources", str(error))
            return
        yield finding
        if not offline:
            async for finding in _network(worker, config, listed):
                yield finding


def _catalogue(known: Catalogue) -> Iterator[Finding]:
    words = f"{len(known.services)} services, {len(known.guides)} with a how-to"
    yield Finding(True, "catalogue", words)
    named = {row.service for row in known.facts.controllers if row.name}
    documents = len(known.facts.documents)
    words = f"{len(named)} services with a controller, {documents} addresses of documents"
    yield Finding(True, "catalogue", words)
    if old := known.stale(datetime.now(UTC).date()):
        seen = "were looked at long ago, or never; `smallprint links` names them"
        words = f"{len(old)} opt-outs {seen}"
        yield Finding(True, "catalogue", words)
    for problem in known.faults:
        yield Finding(False, "catalogue", problem)


def _settings(config: Settings) -> Finding:
    contact = config.contact or "not set; the servers we poll like to see one"
    return Finding(True, "settings", f"database {config.database}, contact {contact}")


def _database(config: Settings) -> Finding:
    try:
        store = Store(config.database)
        if store.path and not store.path.exists():
            return Finding(True, "database", f"{store.path} will be made at the first start")
        store.check()
    except StoreError as error:
        return Finding(False, "database", str(error))
    return Finding(True, "database", "sound")


def _sources(config: Settings) -> tuple[list[Source], Finding]:
    """The sources that are on. Raises SourcesError where the list cannot be used."""
    found = sources.everything(sources.path_of(config.sources))
    listed = [each.source for each in found if each.enabled]
    words = f"{len(listed)} listed"
    if len(found) > len(listed):
        words += f", {len(found) - len(listed)} more are off"
    return listed, Finding(True, "sources", words)


async def _network(
    worker: Worker, config: Settings, listed: list[Source]
) -> AsyncIterator[Finding]:
    for each in config.platforms:
        yield await token_finding(each)
    async with Fetcher(config.user_agent, config.allow_private_networks) as fetcher:
        looking = [source_finding(worker, fetcher, source) for source in listed]
        for done in asyncio.as_completed(looking):
            yield await done


async def source_finding(worker: Worker, fetcher: Fetcher, source: Source) -> Finding:
    """What a source gives now; a collection without a feed is read from GitHub."""
    what = f"{SOURCE}{source.id}"
    for fallback in (False, True):
        url = feeds.url_of(source, fallback=fallback)
        try:
            page = await fetcher.get(url)
            items = (await worker.run(feeds.read, source, page, datetime.now(UTC), fallback)).items
        except feeds.UNREADABLE as error:
            if not fallback and _has_no_feed(source, error):
                continue
            state = fares(feeds.state_of(error))
            return Finding(False, what, f"{state}: {error}; look at {url}")
        words = _entries(items, url)
        if fallback:
            words += " (from GitHub: the collection has no feed)"
        return Finding(bool(items), what, _moved(page, words))
    return Finding(False, what, "neither a feed nor GitHub answers")


def _has_no_feed(source: Source, error: Exception) -> bool:
    """Whether that is a collection that can be read from GitHub in place of its feed."""
    if source.kind is not SourceKind.COLLECTION or not source.github:
        return False
    return isinstance(error, FetchError) and error.status == 404


def _entries(items: Sequence[Item], url: str) -> str:
    if not items:
        return f"0 entries; look at {url}"
    newest = max(item.when for item in items)
    return f"{len(items)} entries, the newest of {newest:%Y-%m-%d}"


def _moved(page: Page, words: str) -> str:
    if not page.moved_to:
        return words
    moved = fares(SourceState.MOVED, page.moved_to)
    return f"{moved}, which belongs into the list; {words}"


async def token_finding(platform: PlatformSettings) -> Finding:
    """What the platform says to the token, which is never printed."""
    variable = variable_of(type(platform), "token")
    if not platform.token.get_secret_value():
        return Finding(True, platform.title, f"off, because {variable} is not set")
    asked = platform.identity()
    try:
        timeout = aiohttp.ClientTimeout(total=TOKEN_TIMEOUT_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(asked.url, headers=asked.headers) as response,
        ):
            status = response.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Finding(False, platform.title, f"cannot be reached ({type(error).__name__})")
    if status == 200:
        return Finding(True, platform.title, "the token is good")
    words = f"refuses {variable} ({status}); copy it again {platform.copied_from}"
    return Finding(False, platform.title, words)
