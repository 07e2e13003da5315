"""The state of sources, as the poller records it and /status shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot import catalogue
from bot.catalogue.names import Names
from bot.cli._findings.finding import Level
from bot.cli._findings.sources import source_finding
from bot.feeds import Found
from bot.feeds.fetch import Fetcher
from bot.feeds.syndication import NotAFeedError, entries
from bot.jobs.poll import Poller
from bot.jobs.resources import Resources
from bot.locales import speaking
from bot.message import Message
from bot.model import Address, Cursor, Source, SourceKind
from bot.platform import Request
from bot.render import plain
from bot.runtime.bounded import Here
from bot.states import SourceState
from bot.store import Store
from handlers import status
from tests.conftest import Clock
from tests.support.world import NOW, context

ME = Address("console", "me")
FEED = (
    "<rss version='2.0'><channel><title>t</title>"
    "<item><guid>{0}</guid><title>News {0}</title></item>"
    "</channel></rss>"
)


def _unwrapped(message: Message) -> str:
    return plain.text_of(message, width=10_000)


class Watched:
    """One source behind a server that answers as it is told, polled as often as a test wants."""

    def __init__(self, store: Store, fetcher: Fetcher, names: Names, clock: Clock) -> None:
        self.store = store
        self.fetcher = fetcher
        self.names = names
        self.clock = clock
        self.base = ""
        self.answers: dict[str, web.Response | str] = {}
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        said = self.answers[request.path]
        if isinstance(said, str):
            return web.Response(text=said)
        return web.Response(status=said.status, headers=said.headers.copy(), body=said.body)

    def listen(self, url: str) -> None:
        self.source = Source("the-feed", SourceKind.NEWS, url, every=1800)
        self.poller = Poller(
            Resources(self.store, self.fetcher, [self.source], self.names, self.clock)
        )

    async def poll(self, answer: web.Response | str, path: str = "/feed", days: float = 1.1) -> Any:
        self.answers[path] = answer
        self.clock.forward(days=days)
        await self.poller.poll_due()
        [found] = self.store.sources.status()
        return found

    def said(self, text: str = "") -> str:
        known = catalogue.load()
        told = replace(
            context(self.store, known, known.names),
            sources=(self.source,),
            now=self.clock(),
        )
        return _unwrapped(status.run(Request("status", text, ME), told))


@pytest.fixture
async def watched(store: Store, names: Names, clock: Clock, served: Any) -> Any:
    async with Fetcher("test", allow_private=True) as fetcher:
        made = Watched(store, fetcher, names, clock)
        app = web.Application()
        app.router.add_get("/{path:.*}", made.answer)
        made.base = str(await served(app)).rstrip("/")
        made.listen(f"{made.base}/feed")
        yield made


PAGE = "<!doctype html><html><body>Please log in</body></html>"
CHALLENGE = (
    "<?xml version='1.0'?>\n<!-- challenge -->\n"
    "<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>"
)


async def test_from_never_read_to_healthy_and_back(watched: Watched) -> None:
    watched.store.sources.due(["the-feed"], watched.clock())
    assert watched.store.sources.status()[0].state is SourceState.NEW
    assert (await watched.poll(FEED.format(1))).state is SourceState.HEALTHY
    assert (await watched.poll(web.Response(status=500))).state is SourceState.FAILING
    assert "cannot be read at the moment: the-feed" in watched.said()
    assert (await watched.poll(FEED.format(2))).state is SourceState.HEALTHY
    assert "the-feed" not in watched.said()


@pytest.mark.parametrize(
    "body", [PAGE, CHALLENGE, "\ufeff" + PAGE, "\n\n<HTML><head/>", "<!-- a --><!-- b --><html>"]
)
async def test_a_web_page_in_place_of_a_feed(watched: Watched, body: str) -> None:
    await watched.poll(FEED.format(1))
    found = await watched.poll(body)
    assert found.state is SourceState.WEB_PAGE
    assert "web page" in found.error
    assert "a web page stands where its feed should be: the-feed" in watched.said()
    with pytest.raises(NotAFeedError) as refused:
        entries(body.encode(), NOW)
    assert refused.value.web_page


async def test_gone_for_good_and_back(watched: Watched) -> None:
    await watched.poll(FEED.format(1))
    found = await watched.poll(web.Response(status=410))
    assert found.state is SourceState.GONE
    assert "once a month" in watched.said()
    assert (await watched.poll(FEED.format(2), days=31)).state is SourceState.HEALTHY


async def test_moved_for_good_and_where_to(watched: Watched) -> None:
    """At the new address after two such answers in a row; back when that does not answer."""
    watched.answers["/new"] = FEED.format(1)
    goes = web.Response(status=301, headers={"Location": "/new"})
    assert (await watched.poll(goes)).state is SourceState.HEALTHY
    moved = await watched.poll(goes)
    assert moved.state is SourceState.MOVED
    assert moved.moved_to.endswith("/new")
    assert "moved; read at its new address: the-feed (127.0.0.1)." in watched.said()
    watched.asked.clear()
    assert (await watched.poll(FEED.format(2), "/new")).state is SourceState.MOVED
    assert (
        await watched.poll(web.Response(status=304), "/new", days=0.5)
    ).state is SourceState.FAILING
    assert watched.asked == ["/new"] * 3
    assert (await watched.poll(FEED.format(3))).state is SourceState.HEALTHY
    assert watched.asked[-1] == "/feed"


async def test_a_move_counts_only_twice_in_a_row(watched: Watched) -> None:
    watched.answers["/new"] = FEED.format(1)
    goes = web.Response(status=308, headers={"Location": "/new"})
    for answer in (goes, FEED.format(1), goes, FEED.format(2), goes):
        assert (await watched.poll(answer)).state is SourceState.HEALTHY
    assert (await watched.poll(goes)).state is SourceState.MOVED


async def test_what_is_gone_at_its_new_address_is_asked_at_the_old_one(watched: Watched) -> None:
    watched.answers["/new"] = FEED.format(1)
    goes = web.Response(status=301, headers={"Location": "/new"})
    await watched.poll(goes)
    await watched.poll(goes)
    found = await watched.poll(web.Response(status=410), "/new")
    assert (found.state, found.due_at - watched.clock() < timedelta(days=2)) == (
        SourceState.FAILING,
        True,
    )


async def test_the_operators_new_address_counts_more_than_an_old_move(watched: Watched) -> None:
    watched.answers["/new"] = watched.answers["/other"] = FEED.format(1)
    goes = web.Response(status=301, headers={"Location": "/new"})
    await watched.poll(goes)
    await watched.poll(goes)
    watched.listen(watched.source.url.replace("/feed", "/other"))
    watched.asked.clear()
    assert (await watched.poll(FEED.format(2), "/other")).state is SourceState.HEALTHY
    assert watched.asked == ["/other"]


async def test_what_was_left_out_is_said_until_another_page_is_read(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bot.feeds.read", lambda *_: Found([], "2 entries that are not well-formed")
    )
    await watched.poll(FEED.format(1))
    assert (
        "Not everything of the-feed could be read: 2 entries that are not well-formed."
        in watched.said()
    )
    assert (await watched.poll(FEED.format(1))).remark, "the same page once more"
    monkeypatch.setattr("bot.feeds.read", lambda *_: Found([]))
    assert not (await watched.poll(FEED.format(2))).remark


async def test_of_a_service_only_what_reads_it(watched: Watched) -> None:
    await watched.poll(web.Response(status=503))
    said = watched.said("asana")
    assert (
        "the-feed: cannot be read at the moment (the server failed (503)); last answer: never."
        in said
    )
    await watched.poll(web.Response(status=410))
    assert "the-feed: gone for good, as it says itself (asked again on " in watched.said("asana")
    await watched.poll(FEED.format(1), days=31)
    assert "the-feed" not in watched.said("asana")


def test_many_sources_in_every_language(store: Store, clock: Clock) -> None:
    """Counted by how they fare; of many, the first are named."""
    ids = [f"s{number:02}" for number in range(40)]
    store.sources.due(ids, NOW)
    for number, source_id in enumerate(ids[:25]):
        others = [SourceState.FAILING, SourceState.GONE, SourceState.WEB_PAGE]
        state = others[number % 3] if number > 12 else SourceState.FAILING
        store.sources.failed(source_id, Cursor(), "why", NOW, state)
    for source_id in ids[25:36]:
        store.items.keep(source_id, [], Cursor(), NOW, NOW)
    known = catalogue.load()
    told = context(store, known, known.names)
    said = _unwrapped(status.run(Request("status", "", ME), told))
    assert "I read 40 sources." in said
    assert "read as it should be: 11." in said
    assert "and 7 more" in said
    assert "not read yet: s36, s37, s38, s39." in said
    for language in ("de", "fr", "it", "es", "nl", "pl", "pt"):
        with speaking(language):
            assert "read as it should be" not in plain.text_of(
                status.run(Request("status", "", ME), told)
            )


@pytest.mark.parametrize(
    ("answer", "well", "said"),
    [
        (
            web.Response(status=410),
            False,
            "gone for good, as it says itself: it is gone for good (410)",
        ),
        (web.Response(status=500), False, "cannot be read at the moment: the server failed (500)"),
        (PAGE, False, "a web page stands where its feed should be: it is a web page"),
        (
            web.Response(status=301, headers={"Location": "/new"}),
            True,
            "moved; read at its new address (http",
        ),
        (FEED.format(1), True, "1 entries"),
    ],
)
async def test_check_says_the_same(watched: Watched, answer: Any, well: bool, said: str) -> None:
    watched.answers |= {"/feed": answer, "/new": FEED.format(1)}
    found = await source_finding(Here(), watched.fetcher, watched.source)
    assert (found.level is Level.WELL, said in found.words) == (well, True), found
