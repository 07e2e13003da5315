"""A site with ten recorded changes, drawn by a seed, on a clock that stands still."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import aiohttp
import pytest

from bot.catalogue import Catalogue
from bot.model import Address, Source, SourceKind, Subscription
from bot.runtime.answering import Answering
from bot.runtime.http_server import serve
from bot.settings import Settings
from bot.store import Store
from bot.web.routes import application
from bot.web.site import Invitation, Site
from lab import pages
from tests.conftest import Clock

ME = Address("telegram", "4711")
#: What opens the operator's pages, where there are some.
TOKEN = "a token of more than twenty letters"
CONTACT = "https://example.org/smallprint"
SOURCES = (
    Source(
        "vlopses-ie", SourceKind.COLLECTION, "https://a.example", jurisdiction=frozenset({"IE"})
    ),
)


def invitations(line: str) -> Iterator[Invitation]:
    """As a connected Telegram gives them."""
    yield Invitation("Telegram", f"https://t.me/a_bot?start={line.replace(' ', '_')}")


@pytest.fixture
def told(store: Store) -> datetime:
    """Tell ten stories; the day after the last."""
    return pages.fill(store)


def site_on(store: Store, known: Catalogue, clock: Clock, now: datetime, base: str = "") -> Site:
    """A site at an address, whose clock stands still."""
    clock.now = now
    settings = Settings.model_validate({"web_url": base})
    answering = Answering(store, known, known.names, clock, settings, SOURCES)
    return Site(store, known, clock, base, CONTACT, "", SOURCES, answering.answer_all, invitations)


class Browser:
    """Asks a site; keeps cookies, follows nothing by itself, and sends what a browser sends."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        jar = aiohttp.CookieJar(unsafe=True)
        self._session = aiohttp.ClientSession(cookie_jar=jar)

    async def get(self, path: str, **headers: str) -> tuple[int, str, Any]:
        """The status, the text and the headers of a page."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._session.get(
            self.base + path, headers=named, allow_redirects=False
        ) as answer:
            return answer.status, (await answer.read()).decode("utf-8", "replace"), answer.headers

    async def post(
        self, path: str, form: Any, origin: str = "", kind: str | None = None
    ) -> tuple[int, str, Any]:
        """The same of a form, sent from a page of this site or from another `origin`.

        Bytes are sent as they are, and said to be of a `kind`.
        """
        headers = {"Origin": origin or self.base}
        if kind is not None:
            headers["Content-Type"] = kind
        async with self._session.post(
            self.base + path, data=form, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status, (await answer.read()).decode("utf-8", "replace"), answer.headers

    async def close(self) -> None:
        await self._session.close()


@pytest.fixture
async def browser(
    store: Store, known: Catalogue, clock: Clock, told: datetime
) -> AsyncIterator[Browser]:
    """A browser at the site, which knows its own address."""
    port = free_port()
    site = site_on(store, known, clock, told, f"http://127.0.0.1:{port}")
    runner, base = await serve(application(site), port)
    made = Browser(base)
    yield made
    await made.close()
    await runner.cleanup()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(store: Store, known: Catalogue) -> Iterator[tuple[str, Site]]:
    """The site in a thread with a loop of its own, for what asks from this one: its address."""
    port, loop = free_port(), asyncio.new_event_loop()
    base = f"http://127.0.0.1:{port}"
    site = site_on(store, known, Clock(), pages.fill(store), base)
    site = replace(site, admin_token=TOKEN, sources=())
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner, _base = asyncio.run_coroutine_threadsafe(serve(application(site), port), loop).result()
    try:
        yield base, site
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def follow(store: Store, *services: str, where: str = "EU") -> None:
    """The chat of these tests follows services."""
    for service in services:
        when = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
        store.subscriptions.add(Subscription(ME, service, frozenset({where})), when)


def in_minutes(clock: Clock, count: float) -> datetime:
    """A moment so many minutes from now."""
    return clock.now + timedelta(minutes=count)
