"""People: who follows, who gives commands, and who looks at pages."""

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

#: Services that each follower follows.
SERVICES = 2
#: The number of the first who gives commands; who follows has a lower one.
FIRST_TALKER = 1_000_000
TALKERS = 300
#: Followed and left by those, so that no alert of it comes among the answers.
ELSEWHERE = "spotify"
SAID = ("/howto linkedin", "/status", f"/subscribe {ELSEWHERE} eu", f"/unsubscribe {ELSEWHERE}")
#: Where chats are: one of three is on Discord.
PLATFORMS = ("telegram", "telegram", "discord")


def follow(store: Store, services: Sequence[str], chats: int, since: datetime, seed: int) -> None:
    """Chats on both platforms, each of which follows some of the services."""
    dice = random.Random(seed)
    europe = frozenset({"EU"})
    with store.database.together():
        for number in range(1, chats + 1):
            here = Address(PLATFORMS[number % len(PLATFORMS)], str(number))
            for service in dice.sample(services, min(SERVICES, len(services))):
                store.subscriptions.add(Subscription(here, service, europe), since)


def followed(known: Catalogue, folders: set[str]) -> list[str]:
    """The services of the catalogue that are recorded under some of the names."""
    return sorted({known.names.of_folder(each) for each in folders} & known.by_id.keys())


class Talkers:
    """Give commands at a steady rate on one platform; `said` counts them."""

    def __init__(self, standin: processes.StandIn) -> None:
        self._standin = standin
        self._said = itertools.cycle(SAID)
        self.said = 0

    async def talk(self, every: float) -> None:
        """Give one command every so many seconds until this is cancelled."""
        while True:
            await asyncio.sleep(every)
            who = FIRST_TALKER + self.said // len(SAID) % TALKERS
            says = [{"text": next(self._said), "chat": who, "user": who}]
            await asyncio.to_thread(partial(self._standin.told, says=says))
            self.said += 1

    def unanswered(self) -> int:
        """Commands that were not answered up to now."""
        talked = sum(count for chat, _words, count in self._standin.chats() if is_talker(chat))
        answered: int = self._standin.report()["answered"]
        return max(0, self.said - talked - answered)


class Lookers:
    """Look at pages at a steady rate."""

    def __init__(self, base: str, services: Sequence[str]) -> None:
        pages = ["", "api/v1/stories", "feed.atom"]
        pages += [f"service/{service}" for service in services]
        self._pages = itertools.cycle([base + page for page in pages])
        self.statuses: dict[str, int] = {}
        self.took: list[float] = []

    async def look(self, every: float) -> None:
        """Look at a page every so many seconds until this is cancelled."""
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
        """How many pages came, how slow they were, and what went wrong."""
        slow = p95(self.took) * 1000 if self.took else 0.0
        return {"statuses": self.statuses, "p95_milliseconds": slow}


def is_talker(chat: str) -> bool:
    """Whether a chat is of somebody who gives commands."""
    return int(chat) >= FIRST_TALKER


def twice(standins: Sequence[processes.StandIn]) -> int:
    """Alerts that came more often than once."""
    return _count(standins, lambda count: count - 1)


def arrived(standins: Sequence[processes.StandIn]) -> int:
    """Alerts that came."""
    return _count(standins, lambda count: count)


def _count(standins: Sequence[processes.StandIn], counted: Callable[[int], int]) -> int:
    return sum(
        counted(count)
        for standin in standins
        for chat, _words, count in standin.chats()
        if not is_talker(chat)
    )
