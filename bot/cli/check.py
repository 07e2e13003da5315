"""`smallprint check`: everything that can be wrong before the start, in plain words, and what to do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import aiohttp

from bot import catalogue, feeds, settings
from bot.catalogue import Catalogue
from bot.feeds import sources
from bot.feeds.fetch import Fetcher, FetchError
from bot.model import Source, SourceKind
from bot.render.sources import fares
from bot.runtime.bounded import Bounded, Worker
from bot.settings import Settings, SettingsError
from bot.states import SourceState
from bot.store import Store, StoreError

#: A finding: whether it is well, what was looked at, and in words what was found.
Finding = tuple[bool, str, str]
_SOURCE = "source "


async def run(offline: bool, only_catalogue: bool = False) -> int:
    """Print the findings; 0 where all is well. `offline` leaves out what needs a network, `only_catalogue` everything
    else."""
    bad = 0
    silent = []
    async for well, what, words in _findings(offline, only_catalogue):
        print(f"{'ok ' if well else 'BAD'}  {what}: {words}", flush=True)
        bad += not well
        if not well and what.startswith(_SOURCE):
            silent.append(what.removeprefix(_SOURCE))
    if silent:
        print(f"To do without what does not answer: off = {json.dumps(sorted(silent))}")
    print("All is well." if not bad else f"{bad} to mend.")
    return 1 if bad else 0


async def _findings(offline: bool, only_catalogue: bool) -> AsyncIterator[Finding]:
    async with Bounded() as worker:
        async for finding in _all(worker, offline, only_catalogue):
            yield finding


async def _all(worker: Worker, offline: bool, only_catalogue: bool) -> AsyncIterator[Finding]:
    for finding in _catalogue(await worker.run(catalogue.load)):
        yield finding
    if only_catalogue:
        return
    try:
        config = settings.load()
    except SettingsError as error:
        yield False, "settings", str(error)
        return
    yield (
        True,
        "settings",
        f"database {config.database}, contact {config.contact or 'not set; the servers we poll like to see one'}",
    )
    yield _database(config)
    try:
        found = sources.everything(sources.path_of(config.sources))
    except sources.SourcesError as error:
        yield False, "sources", str(error)
        return
    listed = [each.source for each in found if each.enabled]
    off = f", {len(found) - len(listed)} more are off" if len(found) > len(listed) else ""
    yield True, "sources", f"{len(listed)} listed{off}"
    if offline:
        return
    async for finding in _network(worker, config, listed):
        yield finding


def _catalogue(known: Catalogue) -> Iterator[Finding]:
    yield True, "catalogue", f"{len(known.services)} services, {len(known.guides)} with a how-to"
    if old := known.stale(datetime.now(UTC).date()):
        yield (
            True,
            "catalogue",
            f"{len(old)} opt-outs were last looked at long ago; `smallprint links` names them",
        )
    for problem in known.problems:
        yield False, "catalogue", problem


def _database(config: Settings) -> Finding:
    try:
        store = Store(config.database)
        if store.path and not store.path.exists():
            return True, "database", f"{store.path} will be made at the first start"
        store.check()
    except StoreError as error:
        return False, "database", str(error)
    return True, "database", "sound"


async def _network(
    worker: Worker, config: Settings, listed: list[Source]
) -> AsyncIterator[Finding]:
    yield await _token("Telegram", config.telegram_token.get_secret_value(), config.telegram_api)
    yield await _token("Discord", config.discord_token.get_secret_value(), config.discord_api)
    async with Fetcher(config.user_agent, config.allow_private_networks) as fetcher:
        for done in asyncio.as_completed([_source(worker, fetcher, source) for source in listed]):
            yield await done


async def _source(worker: Worker, fetcher: Fetcher, source: Source) -> Finding:
    what = f"{_SOURCE}{source.id}"
    for fallback in (False, True):
        url = feeds.url_of(source, fallback=fallback)
        try:
            page = await fetcher.get(url)
            items = (await worker.run(feeds.read, source, page, datetime.now(UTC), fallback)).items
        except feeds.UNREADABLE as error:
            missing = isinstance(error, FetchError) and error.status == 404
            if missing and source.kind is SourceKind.COLLECTION and source.github and not fallback:
                continue
            return False, what, f"{fares(feeds.state_of(error))}: {error}; look at {url}"
        newest = max((item.when for item in items), default=None)
        said = f"{len(items)} entries" + (f", the newest of {newest:%Y-%m-%d}" if newest else "")
        if not items:
            said += f"; look at {url}"
        said += " (from GitHub: the collection has no feed)" if fallback else ""
        if page.moved_to:
            moved = fares(SourceState.MOVED, page.moved_to)
            said = f"{moved}, which belongs into the list; {said}"
        return bool(items), what, said
    return False, what, "neither a feed nor GitHub answers"


async def _token(platform: str, token: str, api: str) -> Finding:
    """Ask the platform who we are; the token is never printed."""
    variable = f"{platform.upper()}_TOKEN"
    if not token:
        return True, platform, f"off, because {variable} is not set"
    url, headers = (
        (f"{api.rstrip('/')}/bot{token}/getMe", {})
        if platform == "Telegram"
        else (f"{api.rstrip('/')}/users/@me", {"Authorization": f"Bot {token}"})
    )
    try:
        timeout = aiohttp.ClientTimeout(total=10)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, headers=headers) as response,
        ):
            status = response.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return False, platform, f"cannot be reached ({type(error).__name__})"
    if status == 200:
        return True, platform, "the token is good"
    where = "from @BotFather" if platform == "Telegram" else "from the developer portal"
    return False, platform, f"refuses {variable} ({status}); copy it again {where}"
