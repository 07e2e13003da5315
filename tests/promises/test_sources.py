"""Faulty sources (S1 to S13), over real HTTP: bounded, named, and without a false alert."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import pytest
from aiohttp import web

from bot import feeds
from bot.adapters.discord.layout import components, words
from bot.adapters.telegram.markup import html_of, size
from bot.catalogue.names import Names
from bot.feeds import fetch
from bot.feeds.fetch import Fetcher, FetchError, Page
from bot.feeds.syndication import NotAFeedError, entries
from bot.jobs.poll import Poller
from bot.jobs.resources import Resources
from bot.message import Message
from bot.model import Cursor, Source, SourceKind
from bot.render.blocks import say, text
from bot.render.fit import fit
from bot.store import Store
from bot.understand.diff import pieces
from lab.replay.server import application
from tests.conftest import Clock
from tests.jobs.test_poll import Scene
from tests.support import judges

NOW = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)
MIB = 2**20


def rss(*items: tuple[str, str, str]) -> bytes:
    """(guid, link, title) as a feed."""
    made = "".join(
        f"<item><guid>{g}</guid><link>{li}</link><title>{t}</title></item>" for g, li, t in items
    )
    return f"<rss version='2.0'><channel><title>t</title>{made}</channel></rss>".encode()


class Feeds:
    """A server whose answers the test sets, by path."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, dict(request.headers)))
        found = self.answers[request.path]
        if callable(found):
            return await found(request)  # type: ignore[no-any-return]
        return found if isinstance(found, web.StreamResponse) else web.Response(body=found)


def news(name: str, url: str) -> Source:
    """A feed that is asked every minute."""
    return Source(name, SourceKind.NEWS, url, every=60)


class Watch:
    """A poller of some feeds, with a clock of its own."""

    def __init__(
        self,
        store: Store,
        names: Names,
        fetcher: Fetcher,
        base: str,
        clock: Clock,
        feeds_here: Feeds,
    ) -> None:
        self.store, self.clock, self.feeds = store, clock, feeds_here
        self.make: Callable[[list[Source]], Poller] = lambda sources: Poller(
            Resources(store, fetcher, sources, names, clock)
        )
        self.base = base

    def listen(self, *paths: str) -> None:
        """Poll these feeds of the server, and no others."""
        self.poller = self.make([news(path, f"{self.base}{path}") for path in paths])

    async def poll(self, **later: float) -> int:
        """How many items are new."""
        before = len(self.store.items.due(datetime.max.replace(tzinfo=UTC), 10_000))
        self.clock.forward(**(later or {"hours": 1}))
        await self.poller.poll_due()
        return len(self.store.items.due(datetime.max.replace(tzinfo=UTC), 10_000)) - before

    def status(self, name: str) -> tuple[datetime | None, str, datetime]:
        [found] = [source for source in self.store.sources.status() if source.id == name]
        return found.ok_at, found.error, found.due_at


@pytest.fixture
async def watch(store: Store, names: Names, clock: Clock, served: Any) -> AsyncIterator[Watch]:
    here = Feeds()
    base = await served(here.application())
    async with Fetcher("test", allow_private=True) as fetcher:
        made = Watch(store, names, fetcher, base, clock, here)
        yield made
        await made.poller.close()


def _memory() -> int:
    """Bytes of memory that this process has."""
    process: Any = psutil.Process()
    return int(process.memory_info().rss)


async def test_s1_a_source_that_drips_is_left_and_delays_nobody(watch: Watch) -> None:
    async def drips(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(100):
            await asyncio.sleep(0.2)
            await answer.write(b"x")
        return answer

    for number in range(20):
        watch.feeds.answers[f"/good{number}"] = rss(("1", "https://e.org/1", "One"))
    watch.feeds.answers["/bad"] = drips
    watch.listen("bad", *[f"good{number}" for number in range(20)])
    watch.clock.forward(hours=1)
    await watch.poller.poll_due(patience=1)
    assert all(watch.status(f"good{number}")[0] for number in range(20))
    assert watch.status("bad")[0] is None


async def test_s1_there_is_a_total_deadline(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    async def headers_only(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(50):
            await answer.write(b"x")
            await asyncio.sleep(0.1)
        return answer

    watch.listen("bad")
    watch.feeds.answers["/bad"] = headers_only
    monkeypatch.setattr(fetch, "DEADLINE_SECONDS", 0.4)
    async with Fetcher("test", allow_private=True) as fetcher:
        with pytest.raises(FetchError, match="no complete answer"):
            await fetcher.get(f"{watch.base}bad")
    assert fetch.DEADLINE_SECONDS <= 20


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", lambda: gzip.compress(b"0" * 300 * MIB, 1)),
    "deflate": ("deflate", lambda: zlib.compress(b"0" * 300 * MIB, 1)),
    "gzip in gzip": ("gzip, gzip", lambda: gzip.compress(gzip.compress(b"0" * 100 * MIB))),
    "br": ("br", lambda: b"\x1b\xff\xff\xff" * 100),
    "zstd": ("zstd", lambda: b"\x28\xb5\x2f\xfd" * 100),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_s2_a_bomb_is_refused_early(watch: Watch, name: str) -> None:
    encoding, make = BOMBS[name]
    body = make()
    watch.feeds.answers["/bomb"] = web.Response(body=body, headers={"Content-Encoding": encoding})
    watch.listen("bomb")
    before = _memory()
    assert await watch.poll() == 0
    assert watch.status("bomb")[1] != ""
    assert _memory() - before <= 48 * MIB, "the server in this process holds its own copy"


@pytest.mark.parametrize("said", [None, "100"])
async def test_s3_a_body_without_end_is_stopped(watch: Watch, said: str | None) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(200):
            await answer.write(b"x" * MIB)
        return answer

    watch.feeds.answers["/endless"] = endless
    watch.listen("endless")
    before = _memory()
    assert await watch.poll() == 0
    assert "larger than 5 MiB" in watch.status("endless")[1]
    assert _memory() - before <= 32 * MIB


DECLARED = {
    "billion laughs": b'[<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;">]',
    "quadratic": b'[<!ENTITY c "' + b"x" * 50_000 + b'">]',
    "external entity": b'[<!ENTITY c SYSTEM "file:///etc/passwd">]',
    "parameter entity": b'[<!ENTITY % p "root:"><!ENTITY c "%p;">]',
    "external DTD": b'SYSTEM "http://127.0.0.1/x.dtd"',
    "late": b"<!-- " + b"x" * 200_000 + b" -->[<!ENTITY c PUBLIC '-' 'http://127.0.0.1/'>]",
}


@pytest.mark.parametrize("said", DECLARED.values(), ids=DECLARED.keys())
def test_s4_nothing_declared_is_fetched_or_multiplied(said: bytes) -> None:
    title = b"<title>" + b"&c;" * 50_000 + b"</title>"
    body = b"<!DOCTYPE rss " + said + b"><rss><channel><item>" + title + b"</item></channel></rss>"
    [entry] = entries(body, NOW)
    assert entry.title.startswith("&c;&c;")


def test_s4_plain_words_that_are_declared_are_read_within_bounds() -> None:
    shell = b"<!DOCTYPE rss [%s]><rss><channel><item><title>%s</title></item></channel></rss>"
    [entry] = entries(shell % (b'<!ENTITY co "Acme Co">', b"By &co;"), NOW)
    assert entry.title == "By Acme Co"
    many = b"".join(b'<!ENTITY e%d "x">' % number for number in range(200))
    with pytest.raises(NotAFeedError, match="declares more entities"):
        entries(shell % (many, b"&e1;"), NOW)
    with pytest.raises(NotAFeedError, match="declares make it endless"):
        entries(shell % (b'<!ENTITY e "' + b"x" * 200 + b'">', b"&e;" * 50_000), NOW)


def test_s4_an_inclusion_is_not_followed() -> None:
    inclusion = b"<xi:include href='file:///etc/passwd' parse='text'/>"
    body = (
        b"<rss version='2.0' xmlns:xi='http://www.w3.org/2001/XInclude'><channel><title>t</title>"
        b"<item><guid>1</guid><title>T</title><description>%s</description></item></channel></rss>"
    ) % inclusion
    [entry] = entries(body, NOW)
    assert "root:" not in entry.html


ABSURD = {
    "attributes": b"<rss " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>",
    "brackets": b"<" * 2_000_000,
    "depth": b"<a>" * 200_000,
    "open CDATA": b"<rss><channel><title><![CDATA[" + b"x" * 5_000_000,
    "entries": b"<rss version='2.0'><channel>" + b"<item>" * 800_000 + b"</channel></rss>",
}


@pytest.mark.parametrize("body", ABSURD.values(), ids=ABSURD.keys())
async def test_s5_absurd_structure_never_reaches_the_slow_parser(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("feedparser saw it")

    monkeypatch.setattr("feedparser.parse", never)
    before = _memory()
    with pytest.raises(NotAFeedError):
        await asyncio.to_thread(
            feeds.read, Source("s", SourceKind.NEWS, "https://e.org"), Page("", body), NOW
        )
    assert _memory() - before <= 64 * MIB


async def test_s6_a_feed_that_changes_all_its_ids_is_silent(watch: Watch) -> None:
    page = [(f"id{n}", f"https://e.org/{n}", f"Story {n}") for n in range(10)]
    watch.feeds.answers["/feed"] = rss(*page)
    watch.listen("feed")
    assert await watch.poll() == 0, "the first look learns"
    for flip in range(3):
        page = [(f"flip{flip}-{n}", link, title) for n, (_, link, title) in enumerate(page)]
        watch.feeds.answers["/feed"] = rss(*page)
        assert await watch.poll() == 0
    watch.feeds.answers["/feed"] = rss(("fresh", "https://e.org/fresh", "News"), *page[:-1])
    assert await watch.poll() == 1, "what is new is noticed all the same"
    watch.feeds.answers["/feed"] = rss(
        ("same-link", "https://e.org/fresh", "A second about it"),
        ("fresh", "https://e.org/fresh", "News"),
        *page,
    )
    assert await watch.poll() == 1, "two entries may have one link"
    watch.feeds.answers["/feed"] = rss(*reversed(page))
    assert await watch.poll() == 0, "order does not matter"


async def test_s6_an_entry_that_is_edited_and_dates_from_nowhere_are_no_news(watch: Watch) -> None:
    watch.feeds.answers["/feed"] = rss(("a", "https://e.org/a", "One"))
    watch.listen("feed")
    await watch.poll()
    watch.feeds.answers["/feed"] = rss(("a", "https://e.org/a", "One, edited"))
    assert await watch.poll() == 0
    dates = ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "soon", "")
    dated = "".join(
        f"<item><guid>{n}</guid><link>https://e.org/{n}</link><title>T</title>"
        f"<pubDate>{when}</pubDate></item>"
        for n, when in enumerate(dates)
    )
    watch.feeds.answers["/feed"] = (
        f"<rss version='2.0'><channel><title>t</title>{dated}</channel></rss>".encode()
    )
    assert await watch.poll() == 4
    assert all(due.item.when for due in watch.store.items.due(datetime.max.replace(tzinfo=UTC), 9))


TEXT = "We collect your name.\n"
OTHER = f"{TEXT}\nFrom now on we sell your name and address to advertisers everywhere.\n"


async def test_s7_a_text_that_flaps_is_told_at_most_twice(
    store: Store, names: Names, clock: Clock, served: Any
) -> None:
    async with Fetcher("test", allow_private=True) as fetcher:
        scene = Scene(store, names, clock, fetcher)
        scene.listen(
            Source(
                "vlopses-ie",
                SourceKind.COLLECTION,
                await served(application(scene.archive, scene.archive_clock)),
                every=60,
            )
        )
        scene.record(-5, TEXT)
        await scene.at(0)
        for flip in range(10):
            scene.record(1 + flip / 10, OTHER if flip % 2 == 0 else TEXT)
            await scene.at(1 + flip / 10)
        stories = store.stories.recent(["linkedin"], 50)
        assert len(stories) <= 1
        with store.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one()
        assert rows <= 2


async def test_s9_a_page_in_place_of_a_feed_deletes_nothing(watch: Watch) -> None:
    page = rss(("a", "https://e.org/a", "One"))
    watch.feeds.answers["/feed"] = page
    watch.listen("feed")
    await watch.poll()
    for body in (b"<!doctype html><html>Log in</html>", b"<html>captcha</html>", rss(), b""):
        watch.feeds.answers["/feed"] = body
        assert await watch.poll(days=2) == 0
    watch.feeds.answers["/feed"] = page
    assert await watch.poll(days=9) == 0, "nothing was forgotten"


async def test_s9_only_a_move_for_good_said_twice_is_followed_for_good(watch: Watch) -> None:
    page = rss(("a", "https://e.org/a", "One"))
    watch.feeds.answers["/new"] = page
    watch.listen("old")
    for status, moves in ((302, False), (301, True)):
        watch.feeds.answers["/old"] = web.Response(status=status, headers={"Location": "/new"})
        for _ in range(3):
            watch.feeds.answers["/old"] = web.Response(status=status, headers={"Location": "/new"})
            await watch.poll(days=2)
        asked = [path for path, _ in watch.feeds.asked]
        assert (asked[-1], asked[-2]) == (("/new", "/new") if moves else ("/new", "/old"))
    watch.feeds.answers["/new"] = web.Response(status=404)
    await watch.poll(days=2)
    await watch.poll(days=9)
    assert [path for path, _ in watch.feeds.asked][-2] == "/old", "back to where the operator said"


async def test_s9_what_is_gone_for_good_is_left_for_a_month(watch: Watch) -> None:
    watch.feeds.answers["/feed"] = web.Response(status=410)
    watch.listen("feed")
    await watch.poll()
    _, said, due = watch.status("feed")
    assert "gone for good" in said
    assert due >= watch.clock() + timedelta(days=29)


async def test_s10_a_tag_that_lies_is_found_out_within_a_day(watch: Watch) -> None:
    async def lying(request: web.Request) -> web.StreamResponse:
        conditional = "If-None-Match" in request.headers
        return (
            web.Response(status=304)
            if conditional
            else web.Response(body=watch.feeds.answers["now"], headers={"ETag": '"1"'})
        )

    watch.feeds.answers["now"] = rss(("a", "https://e.org/a", "One"))
    watch.feeds.answers["/feed"] = lying
    watch.listen("feed")
    await watch.poll()
    watch.feeds.answers["now"] = rss(
        ("b", "https://e.org/b", "Two"), ("a", "https://e.org/a", "One")
    )
    found = [await watch.poll(hours=5) for _ in range(6)]
    assert sum(found) == 1


async def test_s10_a_new_tag_for_the_same_bytes_is_not_read_again(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = iter(range(100))

    async def other_tag(_: web.Request) -> web.StreamResponse:
        return web.Response(
            body=rss(("a", "https://e.org/a", "One")), headers={"ETag": f'"{next(tags)}"'}
        )

    watch.feeds.answers["/feed"] = other_tag
    watch.listen("feed")
    await watch.poll()
    monkeypatch.setattr(feeds, "read", lambda *_: 1 / 0)
    assert await watch.poll() == 0
    assert watch.status("feed")[1] == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "36000"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 3600)},
    ],
)
async def test_s11_a_host_that_asks_us_to_wait_is_heard_for_all_its_feeds(
    watch: Watch, headers: dict[str, str], served: Any
) -> None:
    other = Feeds()
    other.answers["/feed"] = rss(("a", "https://e.org/a", "One"))
    elsewhere = (await served(other.application())).replace("127.0.0.1", "localhost")
    watch.feeds.answers |= {"/one": web.Response(status=403, headers=headers), "/two": rss()}
    watch.listen("one")
    await watch.poll()
    asked = len(watch.feeds.asked)
    watch.listen("two")
    await watch.poll()
    assert len(watch.feeds.asked) == asked, "not even asked"
    assert "asked us to wait" in watch.status("two")[1]
    watch.poller = watch.make([news("else", f"{elsewhere}feed")])
    await watch.poll()
    assert watch.status("else")[1] == "", "other hosts keep their pace"
    watch.listen("two")
    await watch.poll(hours=24 * 8)
    assert watch.status("two")[1] == "", "and once it is over it is asked again"


STRANGE = {
    "utf-16": rss(("1", "https://e.org/1", "Größe"))
    .decode()
    .replace("<rss", "<?xml version='1.0' encoding='utf-16'?><rss", 1)
    .encode("utf-16"),
    "wrong charset": rss(("1", "https://e.org/1", "Größe")).decode().encode("cp1252"),
    "override": rss(("1", "https://e.org/1", "Gr\u202eöße\u202c \u2066x\u2069")),
    "long": rss(("1", "https://e.org/1", "Größe 👩‍👩‍👧‍👦" * 60_000)),
    "references": rss(("1", "https://e.org/1", "a&#55357;b &#0;")),
}


@pytest.mark.parametrize("name", STRANGE)
def test_s12_strange_characters_are_stored_and_shown_safely(name: str, store: Store) -> None:
    try:
        [item] = feeds.read(
            Source("s", SourceKind.NEWS, "https://e.org"), Page("", STRANGE[name]), NOW
        ).items
    except NotAFeedError:
        assert name == "references", "a reference to what is no character is not XML"
        return
    store.sources.due(["s"], NOW)
    assert store.items.keep("s", [item], Cursor(learned=True), NOW, NOW) == 1
    [again] = [due.item for due in store.items.due(NOW, 1)]
    assert again == item
    message = fit(Message((*say(item.title).blocks, text(item.title * 20, weight=1))), size, 4096)
    judges.telegram_text(html_of(message))
    assert (
        sum(
            len(text.encode("utf-16-le")) // 2
            for text in words({"components": components(message)})
        )
        <= 4000
    )


def test_s13_the_worst_case_of_a_diff_is_bounded() -> None:
    """Two texts of 600 KB, one word over and over; difflib takes minutes for the whole document."""
    one, other = "word " * 120_000, "word " * 119_000 + "other " * 1000
    started = time.process_time()
    pieces(one, other)
    assert time.process_time() - started < 10, (
        "bench diff has the figure; this is to see that it ends"
    )
