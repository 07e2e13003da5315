"""The product as the judges use it, with its store, catalogue, names and clock.

Everything here is real except the clock. The product's values are returned as our own, except
`Message`, which is the answer that is judged.
"""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import handlers
from bot import catalogue, matcher
from bot import regions as region_codes
from bot.catalogue import Catalogue
from bot.feeds.fetch import Fetcher
from bot.jobs.interpret import Interpreter
from bot.jobs.poll import Poller
from bot.jobs.resources import Resources
from bot.message import Message
from bot.model import (
    Address,
    Cursor,
    Source,
    SourceKind,
    Story,
    Subscription,
)
from bot.platform import Request
from bot.preferences import ChatSettings, Level, Schedule
from bot.states import DeliveryState
from bot.store import Store
from lab.eval import story
from lab.eval.values import EVERYTHING, Health, Settings, Timing, Told

#: The service of the story that every judged chat can be asked about.
TOLD_SERVICE = story.SERVICE

#: The longest that a poll waits for a source; a busy machine is slow.
LOOK_SECONDS = 60.0
#: The most stories of a case that are read.
MOST_STORIES = 50
#: Levels as labelled sentences name them, with the words of the first release.
_FORMER_LEVELS = {
    Level.EVERYTHING: "everything",
    Level.SHOULD_KNOW: "changes",
    Level.MUST_KNOW: "choices",
}
_MEMORY = "/dev/shm"  # noqa: S108 - a folder of a random name is made in it


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class World:
    """The product on a new database in `folder`, at a given time; `world()` makes and closes it."""

    def __init__(self, folder: str, now: datetime, contact: str) -> None:
        self.clock = Clock(now)
        self.store = Store(f"sqlite:///{folder}/judged.db")
        self.store.open()
        self._known = _catalogue()
        self._names = self._known.names
        self._contact = contact

    # -- people's actions

    def follow(self, platform: str, chat: str, service: str, regions: Iterable[str]) -> None:
        """Have a chat follow a service in regions."""
        followed = Subscription(Address(platform, chat), service, frozenset(regions))
        self.store.subscriptions.add(followed, self.clock.now)

    def say(self, chat: str, line: str, language: str = "", pressed: bool = False) -> Message:
        """The answer to a line in a private Telegram chat, typed or `pressed` as a button."""
        command = ""
        text = line
        if pressed or line.startswith("/"):
            command, _sep, text = line.removeprefix("/").partition(" ")
        where = Address("telegram", chat)
        asked = Request(command, text.strip(), where, language=language, pressed=pressed)
        now = self.clock.now
        context = handlers.Context(self.store, self._known, self._names, now, self._contact)
        return handlers.answer(asked, context)

    def settings(self, chat: str) -> Settings:
        """The current settings of a private Telegram chat."""
        address = Address("telegram", chat)
        chosen = self.store.preferences.get(address)
        if chosen is None:
            chosen = ChatSettings()
        followed: dict[str, frozenset[str]] = {}
        for each in self.store.subscriptions.of(address):
            followed[each.service] = canonical(each.regions)
        return Settings(
            followed=followed,
            regions=canonical(chosen.regions),
            timing=_timing(chosen.schedule),
            muted=self._muted(address, chosen.schedule.muted_until),
            topics=chosen.interests.topics,
            threshold=_FORMER_LEVELS[chosen.interests.least],
            language=chosen.language,
            exists=bool(self.store.chats.export(address)),
        )

    def _muted(self, address: Address, until: datetime | None) -> dict[str, datetime]:
        muted = dict(self.store.subscriptions.muted(address, self.clock.now))
        if until and until > self.clock.now:
            muted[EVERYTHING] = until
        return muted

    # -- services

    def label(self, service: str) -> str:
        """The name of a service, as answers write it."""
        return self._names.label(service)

    def is_service(self, word: str) -> bool:
        """Whether a word is the id of a service."""
        return bool(self._names.get(word))

    def unbundled(self, bundle: str) -> list[str]:
        """The ids of the services in a bundle."""
        return [service.id for service in self._names.unbundled(bundle)]

    def deletion_page(self, service: str) -> str:
        """The page to close an account with the service; "" if the catalogue has none."""
        guide = self._known.guide(service)
        if guide is None or guide.delete_account is None:
            return ""
        return guide.delete_account.link or ""

    # -- sources

    def tell_a_story(self) -> None:
        """Publish the story of TOLD_SERVICE, as the poller does."""
        item, change, now = story.item(), story.change(), self.clock.now
        self.store.sources.due([item.source], now)
        self.store.items.keep(item.source, [item], Cursor(learned=True), now, now)
        self.store.stories.publish(item, change, None, None, matcher.audience(change), now)

    @asynccontextmanager
    async def watching(self, source: Source) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Yield a function that polls the source if it is due, and interprets the new items."""
        async with Fetcher("test", allow_private=True) as fetcher:
            given = Resources(self.store, fetcher, [source], self._names, self.clock)
            poller = Poller(given)
            interpreter = Interpreter(given)

            async def look() -> None:
                await poller.poll_due(patience=LOOK_SECONDS)
                await interpreter.understand_due()

            yield look

    def told(self, services: Sequence[str]) -> list[Told]:
        """The newest stories of services, at most MOST_STORIES."""
        return [_told(each) for each in self.store.stories.recent(list(services), MOST_STORIES)]

    def queued(self) -> int:
        """The number of alerts that wait to be sent."""
        return self.store.outbox.depth().get(DeliveryState.QUEUED, 0)

    def health(self) -> Health | None:
        """The state of the first source, or None before the first poll."""
        for status in self.store.sources.status():
            return Health(status.error, status.due_at)
        return None


@contextmanager
def world(now: datetime, contact: str = "x") -> Iterator[World]:
    """A world on a temporary database, in memory if the system allows it."""
    place = _MEMORY if Path(_MEMORY).is_dir() else None
    with TemporaryDirectory(dir=place) as folder:
        made = World(folder, now, contact)
        try:
            yield made
        finally:
            made.store.close()


def source(given: Mapping[str, Any], base: str) -> Source:
    """A source as a case describes it; a path is on the server at `base`.

    Raises TypeError or ValueError for invalid fields.
    """
    made = {"every": 1800, "url": "/feed.xml", **given}
    kind = SourceKind(made.pop("kind"))
    url = made.pop("url")
    if not url.startswith("http"):
        url = base + url
    made["jurisdiction"] = frozenset(made.get("jurisdiction", ()))
    return Source(id="src", kind=kind, url=url, **made)


def canonical(codes: Iterable[str]) -> frozenset[str]:
    """Region codes with one spelling of the United Kingdom."""
    found = set(codes)
    if "GB" in found:
        found = found - {"GB"} | {"UK"}
    return frozenset(found)


def same_area(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether non-empty regions are the same countries."""
    countries = _countries(one)
    if not countries:
        return False
    return countries == _countries(other)


def _countries(codes: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*map(region_codes.countries, codes))


def _timing(schedule: Schedule) -> Timing:
    when = (schedule.mode, schedule.at, schedule.weekday, schedule.quiet, schedule.zone)
    return Timing(*when, urgent=schedule.urgent, silent=schedule.silent)


@cache
def _catalogue() -> Catalogue:
    return catalogue.load()


def _told(told: Story) -> Told:
    lead = told.lead
    area = None
    if lead.area is not None:
        area = tuple(sorted(lead.area))
    return Told(
        title=lead.title,
        link=lead.link,
        services=tuple(lead.services),
        area=area,
        effective=lead.effective,
        recorded=lead.recorded,
        excerpts=tuple(excerpt.after for excerpt in lead.excerpts),
    )
