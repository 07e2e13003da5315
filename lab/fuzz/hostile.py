"""Feeds that cost a parser much time or memory, and how long the loop is blocked meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from bot.feeds import syndication
from bot.feeds.fetch import MAX_BODY_BYTES, Page
from bot.feeds.syndication import NotAFeedError
from bot.runtime.bounded import Bounded, OverLimitError
from lab.fuzz.targets import NOW

#: The interval between two looks at the clock.
BEAT_SECONDS = 0.005

_ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom">%s<entry><id>1</id><title>T</title>%s</entry></feed>'
_RSS = (
    b'<rss version="2.0"><channel>%s<item><guid>1</guid><title>T</title>%s</item></channel></rss>'
)


@dataclass(frozen=True, slots=True)
class Strain:
    """The cost of some bodies.

    `stop` is the longest block of the loop in seconds, `memory` the worker's peak in bytes.
    """

    stop: float
    memory: int
    refused: int


def _many(piece: bytes) -> bytes:
    """As many copies of a piece as fit into a body; # is replaced by a running number."""
    room = MAX_BODY_BYTES - 1_000
    if b"#" not in piece:
        return piece * (room // len(piece))
    return b"".join(piece.replace(b"#", b"%d" % n) for n in range(room // (len(piece) + 6)))


def bodies() -> Iterator[tuple[str, bytes]]:
    """(name, body) of each hostile feed, as large as a body may be."""
    yield "author", _RSS % (b"", b"<author>" + _many(b"a") + b"</author>")
    yield "categories", _ATOM % (b"", _many(b'<category term="#"/>'))
    yield "categories of the feed", _ATOM % (_many(b'<category term="#"/>'), b"")
    yield "links", _ATOM % (b"", _many(b'<link href="http://a/#"/>'))
    yield "titles", _ATOM % (b"", _many(b"<title>#</title>"))
    yield "namespaces", _ATOM % (b"", _many(b'<x#:a xmlns:x#="http://n/#"/>'))
    yield "attributes", _ATOM % (b"", b"<a " + _many(b'b#="1" ') + b"/>")
    yield "open elements", _RSS % (b"", _many(b"<a>"))
    yield (
        "open tags in a title",
        _ATOM % (b"", b"<title type='html'>" + _many(b"&lt;b&gt;") + b"</title>"),
    )
    yield "smaller-than", _many(b"<")
    yield "sections", _RSS % (b"", b"<description>" + _many(b"<![CDATA[") + b"</description>")
    yield "sections and an end", _RSS % (b"", _many(b"<![CDATA[") + b"]]>")
    yield "a long date", _ATOM % (b"", b"<updated>2026-11-01T" + _many(b"e='u'") + b"</updated>")
    yield "encodings", _RSS % (b"", b"<description>" + _many(b"encoding='u'") + b"</description>")
    yield "comments", _RSS % (b"", _many(b"<!--"))
    yield "instructions", _RSS % (b"", _many(b"<?"))
    yield "entities", _RSS % (b"", b"<description>" + _many(b"&nbsp;") + b"</description>")
    yield "ampersands", _RSS % (b"", b"<description>" + _many(b"&") + b"</description>")
    yield "quotes", _RSS % (b"", b"<a b=" + _many(b"\"'") + b">")
    yield "roots", _many(b"<rss ")
    yield "items", _RSS % (b"", _many(b"<item>"))
    yield "small items", _RSS % (b"", _many(b"</item><item><title>#</title>"))
    yield "dates", _RSS % (b"", _many(b"</item><item><pubDate>1 11 111 1111 1:1:1</pubDate>"))
    yield "a date", _ATOM % (b"", b"<updated>" + _many(b"1") + b"</updated>")
    yield "addresses", _RSS % (b"", b"<link>" + _many(b"http://[") + b"</link>")
    yield "XHTML", _ATOM % (b"", b"<content type='xhtml'>" + _many(b"<p>a</p>") + b"</content>")
    yield "breaks", _ATOM % (b"", b"<content type='html'>" + _many(b"&lt;br   ") + b"</content>")
    yield (
        "pictures",
        _ATOM % (b"", b"<content type='html'>" + _many(b"data:a;base64,") + b"</content>"),
    )
    yield "odd bytes", _RSS % (b"", b"<description>" + _many(b"\xff\xc3") + b"</description>")
    yield (
        "wide",
        (_RSS % (b"", _many(b"<a/>")[: MAX_BODY_BYTES // 2 - 1_000])).decode().encode("utf-16"),
    )


async def strain(chosen: list[bytes]) -> Strain:
    """Have the worker read bodies, and measure the loop meanwhile."""
    stop = 0.0

    async def beat() -> None:
        nonlocal stop
        while True:
            before = time.perf_counter()
            await asyncio.sleep(BEAT_SECONDS)
            stop = max(stop, time.perf_counter() - before - BEAT_SECONDS)

    refused = 0
    memory = 0
    async with Bounded() as worker:
        # Its imports are not caused by a feed.
        await worker.run(syndication.read, Page("", b"<rss/>"), NOW)
        beating = asyncio.create_task(beat())
        for body in chosen:
            try:
                await worker.run(syndication.read, Page("https://e.org/", body), NOW)
            except (NotAFeedError, OverLimitError):
                refused += 1
            memory = max(memory, _peak())
        beating.cancel()
    return Strain(stop, memory, refused)


def _peak() -> int:
    """The peak memory of our workers, in bytes."""
    workers = psutil.Process().children()
    return max((each.memory_info().rss for each in workers), default=0)
