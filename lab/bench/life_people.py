"""Simulated people: followers, people who give commands, and page viewers."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import aiohttp

from bot.catalogue import Catalogue
from bot.model import Address, Subscription
from bot.store import Store
from lab.bench import processes
from lab.bench.sending import p95

#: The number of services that each follower follows.
SERVICES = 2
#: The first chat number of people who give commands; followers have lower ones.
FIRST_TALKER = 1_000_000
TALKERS = 300
#: A service that only they follow and leave, so that no alert is among the answers.
ELSEWHERE = "spotify"
SAID = ("/howto linkedin", "/status", f"/subscribe {ELSEWHERE} eu", f"/unsubscribe {ELSEWHERE}")
#: The platforms of chats: one in three is on Discord.
PLATFORMS = ("telegram", "telegram", "discord")


def follow(store: Store, services: Sequence[str], chats: int, since: datetime, seed: int) -> None:
    """Create chats on both platforms, each of which follows some of the services."""
    dice = random.Random(seed)
    europe = frozenset({"EU"})
    with store.database.together():
        for number in range(1, chats + 1):
            here = Address(PLATFORMS[number % len(PLATFORMS)], str(number))
            for service in dice.sample(services, min(SERVICES, len(services))):
                store.subscriptions.add(Subscription(here, service, europe), since)


def followed(known: Catalogue, folders: set[str]) -> list[str]:
    """The catalogue's services that are recorded under some of the folder names."""
    return sorted({known.names.of_folder(each) for each in folders} & known.by_id.keys())


class Talkers:
    """People who give commands at a steady rate on one platform; `said` counts them."""

    def __init__(self, standin: processes.StandIn) -> None:
        self._standin = standin
        self._said = itertools.cycle(SAID)
        self.said = 0

    async def talk(self, every: float) -> None:
        """Give one command every `every` seconds until cancelled."""
        while True:
            await asyncio.sleep(every)
            who = FIRST_TALKER + self.said // len(SAID) % TALKERS
            says = [{"text": next(self._said), "chat": who, "user": who}]
            await asyncio.to_thread(partial(self._standin.told, says=says))
            self.said += 1

    def unanswered(self) -> int:
        """The number of commands that have not been answered yet."""
        talked = sum(count for chat, _words, count in self._standin.chats() if is_talker(chat))
        answered: int = self._standin.report()["answered"]
        return max(0, self.said - talked - answered)


class Lookers:
    """Viewers who load pages at a steady rate."""

    def __init__(self, base: str, services: Sequence[str]) -> None:
        pages = ["", "api/v1/stories", "feed.atom"]
        pages += [f"service/{service}" for service in services]
        self._pages = itertools.cycle([base + page for page in pages])
        self.statuses: dict[str, int] = {}
        self.took: list[float] = []

    async def look(self, every: float) -> None:
        """Load a page every `every` seconds until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                await asyncio.sleep(every)
                began = time.monotonic()
                try:
                    async with session.get(next(self._pages)) as answer:
                        await answer.read()
                        status = str(answer.status)
                except aiohttp.ClientError as error:
                    status = type(error).__name__
                self.took.append(time.monotonic() - began)
                self.statuses[status] = self.statuses.get(status, 0) + 1

    def report(self) -> dict[str, Any]:
        """Statuses and 95th percentile of the page loads."""
        slow = p95(self.took) * 1000 if self.took else 0.0
        return {"statuses": self.statuses, "p95_milliseconds": slow}


def is_talker(chat: str) -> bool:
    """Whether a chat belongs to somebody who gives commands."""
    return int(chat) >= FIRST_TALKER


def twice(standins: Sequence[processes.StandIn]) -> int:
    """The number of duplicate alerts."""
    return _count(standins, lambda count: count - 1)


def arrived(standins: Sequence[processes.StandIn]) -> int:
    """The number of alerts that arrived."""
    return _count(standins, lambda count: count)


def _count(standins: Sequence[processes.StandIn], counted: Callable[[int], int]) -> int:
    return sum(
        counted(count)
        for standin in standins
        for chat, _words, count in standin.chats()
        if not is_talker(chat)
    )
