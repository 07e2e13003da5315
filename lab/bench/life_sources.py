"""A server of recorded versions and news about them that fails at random, by a seed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from hashlib import sha1
from html import escape

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.model import Record
from lab import demo
from lab.bench.life_process import Fast
from lab.replay.archive import Archive, Version
from lab.replay.server import application

#: The share of requests that fail during the measurement.
FAILING = 0.2
KINDS = ("500", "cut", "drip", "429", "odd", "moved", "304")
#: The number of pieces of a slow answer, and the seconds between them.
PIECES = 8
PIECE_SECONDS = 0.5
#: The range of Retry-After in seconds, by the recorded clock.
ASKED_SECONDS = (30, 300)
#: The number of entries of a news feed, and of letters of each text.
NEWEST = 20
LETTERS = 1500
NEWS = 24
MOVED = "/moved"


class Spread:
    """An archive whose newest versions are spread evenly over some hours, the others being earlier.

    Without an archive, the samples of the demonstration repeat.
    """

    def __init__(self, archive: Archive | None, count: int, hours: float) -> None:
        self._archive = archive or demo.archive()
        self.name = self._archive.name
        recorded = self._archive.versions
        self.fresh = list(recorded[-count:])
        self.start = self.fresh[0].when
        step = timedelta(hours=hours) / (len(self.fresh) + 1)
        for place, version in enumerate(self.fresh):
            self.fresh[place] = replace(version, when=self.start + step * (place + 1))
        before = [each for each in recorded[: -len(self.fresh)] if each.when < self.start]
        self.versions: Sequence[Version] = [*before, *self.fresh]

    @property
    def last(self) -> Version:
        """The last version that a feed announces."""
        return next(each for each in self.fresh[::-1] if each.record is not Record.UPGRADE)

    def text(self, version: Version) -> str:
        """The text of a version."""
        return self._archive.text(version)

    def diff(self, commit: str) -> str:
        """The diff of a commit."""
        return self._archive.diff(commit)


class Sources:
    """The server. `served` counts the requests, `failed` the failures by kind."""

    def __init__(self, archive: Spread, clock: Fast, seed: int = 1) -> None:
        self._archive = archive
        self._clock = clock
        self._dice = random.Random(seed)
        self._texts: dict[str, str] = {}
        self.served = 0
        self.failed: Counter[str] = Counter()
        #: The share of requests that fail from now on.
        self.failing = 0.0

    def application(self) -> web.Application:
        """The web application, to be served at any address of this machine."""
        # It uses only the clock's `now`.
        app = application(self._archive, self._clock)  # type: ignore[arg-type]
        for prefix in ("", MOVED):
            app.router.add_get(prefix + "/news/{number}.xml", self._news)
        app.middlewares.append(self._middleware())
        return app

    def listed(self, port: int) -> str:
        """The list of sources, each at an address of its own, because hosts are rate-limited."""
        entries = [_entry("recorded", "collection", f"http://127.0.1.1:{port}/", "2m")]
        for number in range(NEWS):
            url = f"http://127.0.2.{number + 1}:{port}/news/{number}.xml"
            entries.append(_entry(f"news-{number}", "news", url, "1m"))
        return "\n".join(entries)

    async def _news(self, request: web.Request) -> web.Response:
        """A news feed about every NEWS-th version recorded so far, newest first."""
        place = int(request.match_info["number"])
        told = [each for each in self._archive.fresh[place::NEWS] if each.when <= self._clock()]
        items = [await self._item(each) for each in told[: -NEWEST - 1 : -1]]
        about = "<title>News</title><link>https://example.org/</link><description>n</description>"
        body = f'<rss version="2.0"><channel>{about}{"".join(items)}</channel></rss>'.encode()
        tag = f'"{sha1(body).hexdigest()}"'  # noqa: S324 - an entity tag, not a secret
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(body=body, headers={"ETag": tag}, content_type="application/rss+xml")

    async def _item(self, version: Version) -> str:
        if version.commit not in self._texts:
            text = await asyncio.to_thread(self._archive.text, version)
            self._texts[version.commit] = escape(text[:LETTERS])
        link = f"https://example.org/{version.commit}"
        title = escape(f"{version.service} changes its {version.terms_type}")
        return (
            f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{format_datetime(version.when)}</pubDate>"
            f"<description>{self._texts[version.commit]}</description></item>"
        )

    def _middleware(self) -> Middleware:
        @web.middleware
        async def failing(request: web.Request, handler: Handler) -> web.StreamResponse:
            """Answer, or fail."""
            self.served += 1
            if self._dice.random() >= self.failing:
                return await handler(request)
            kind = self._dice.choice(KINDS)
            if kind == "moved" and "/news/" not in request.path:
                kind = "500"
            self.failed[kind] += 1
            return await self._fail(kind, request, handler)

        return failing

    async def _fail(self, kind: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        match kind:
            case "500":
                return web.Response(status=500, text="Internal Server Error")
            case "429":
                wait = str(self._dice.randint(*ASKED_SECONDS))
                return web.Response(status=429, headers={"Retry-After": wait})
            case "304":
                return web.Response(status=304)
            case "moved":
                path = request.path if request.path.startswith(MOVED) else MOVED + request.path
                return web.Response(status=301, headers={"Location": path})
            case "odd":
                odd = self._dice.randbytes(self._dice.randint(0, 20_000))
                return web.Response(body=odd, content_type="application/rss+xml")
            case _:
                return await _broken(request, await handler(request), slowly=kind == "drip")


async def _broken(
    request: web.Request, answer: web.StreamResponse, slowly: bool
) -> web.StreamResponse:
    """Send half of an answer, or all of it slowly."""
    body = answer.body if isinstance(answer, web.Response) else b""
    if not isinstance(body, bytes) or not body:
        return answer
    sent = web.StreamResponse(status=answer.status)
    sent.content_length = len(body)
    await sent.prepare(request)
    with suppress(ConnectionError):  # the client may give up
        if not slowly:
            await sent.write(body[: len(body) // 2])
            if request.transport:
                request.transport.abort()
            return sent
        size = len(body) // PIECES + 1
        for begin in range(0, len(body), size):
            await asyncio.sleep(PIECE_SECONDS)
            await sent.write(body[begin : begin + size])
    return sent


def _entry(name: str, kind: str, url: str, every: str) -> str:
    return f'[[source]]\nid = "{name}"\nkind = "{kind}"\nurl = "{url}"\nevery = "{every}"\n'
