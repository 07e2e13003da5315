"""The checks of `smallprint check`, in order."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot import catalogue, settings
from bot.adapters.registry import PLATFORMS
from bot.cli._findings import catalogues, clock, database, files, outside, setup, sources
from bot.cli._findings.finding import Finding, Seen, bad
from bot.cli._findings.platforms import door_findings, token_finding
from bot.feeds.sources import SourcesError
from bot.model import Source
from bot.runtime.bounded import Bounded, Worker
from bot.settings import Settings, SettingsError


async def findings(offline: bool, only_catalogue: bool) -> AsyncIterator[Finding]:
    """Run the checks; yield the findings as they come.

    `offline` leaves out what needs a network, `only_catalogue` everything but the catalogue.
    """
    async with Bounded() as worker:
        for finding in catalogues.findings(await worker.run(catalogue.load)):
            yield finding
        if only_catalogue:
            return
        try:
            config = settings.load(PLATFORMS)
        except SettingsError as error:
            todo = "mend what is named; .env.example has all settings with their meaning"
            yield bad("settings", str(error), todo)
            return
        for finding in _here(config):
            yield finding
        try:
            listed, finding = sources.listed(config)
        except SourcesError as error:
            yield bad("sources", str(error), "mend the list that SMALLPRINT_SOURCES names")
            return
        yield finding
        if not offline:
            async for finding in _outside(worker, config, listed):
                yield finding


def _here(config: Settings) -> list[Finding]:
    """The checks of this machine."""
    return [
        *setup.findings(config),
        *database.findings(config),
        *files.findings(config),
    ]


async def _outside(
    worker: Worker, config: Settings, listed: list[Source]
) -> AsyncIterator[Finding]:
    """The checks over the network."""
    seen = Seen()
    for each in config.platforms:
        yield await token_finding(each, seen)
    async for finding in sources.findings(worker, config, listed, seen):
        yield finding
    yield outside.network(seen, len(listed))
    yield clock.finding(seen)
    for each in config.platforms:
        async for finding in door_findings(each):
            yield finding
    async for finding in outside.pages(config):
        yield finding
