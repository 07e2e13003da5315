"""Decompression of bodies, with or without headers, and always bounded."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from bot.feeds import inflate
from bot.feeds.fetch import Fetcher, FetchError

MOST = 2**20
FEED = (
    b"<?xml version='1.0'?><rss version='2.0'><channel>" + b"<item><title>news</title></item>" * 300
)


def _bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
}
if inflate.brotli is not None:
    PACKERS["br"] = inflate.brotli.compress
if inflate.zstd is not None:
    PACKERS["zstd"] = inflate.zstd.compress


@pytest.mark.parametrize("name", PACKERS)
def test_a_body_that_is_named(name: str) -> None:
    assert inflate.opened(PACKERS[name](FEED), name, MOST) == FEED
    assert inflate.opened(PACKERS[name](FEED), f" {name.upper()} ,identity", MOST) == FEED


@pytest.mark.parametrize("name", [name for name in PACKERS if name != "br"])
def test_a_body_that_is_known_by_its_first_bytes(name: str) -> None:
    """A stored .gz file; also where the server packed it once more, and said only that."""
    assert inflate.opened(PACKERS[name](FEED), "", MOST) == FEED
    assert inflate.opened(gzip.compress(PACKERS[name](FEED)), "gzip", MOST) == FEED


def test_a_body_in_several_layers_and_pieces() -> None:
    assert inflate.opened(zlib.compress(gzip.compress(FEED)), "gzip, deflate", MOST) == FEED
    assert (
        inflate.opened(
            gzip.compress(FEED[:99]) + gzip.compress(FEED[99:]) + b"\0junk", "gzip", MOST
        )
        == FEED
    )
    assert inflate.opened(_bare(FEED), "deflate", MOST) == FEED
    assert inflate.opened(b"", "gzip", MOST) == b""


@pytest.mark.parametrize(
    "said", ["gzip", "deflate", "br", "zstd", "utf-8", "none", "compress", "gzip, br"]
)
@pytest.mark.parametrize(
    "body", [FEED, b"\xef\xbb\xbf\n" + FEED, b'{"a": 1}', FEED.decode().encode("utf-16")]
)
def test_a_text_is_a_text_whatever_is_said_of_it(said: str, body: bytes) -> None:
    assert inflate.opened(body, said, MOST) == body


@pytest.mark.parametrize("name", PACKERS)
def test_a_bomb_stops_at_the_bound(name: str) -> None:
    bomb = PACKERS[name](b"\0" * 30 * MOST)
    for body, said in [
        (bomb, name),
        (gzip.compress(bomb), f"{name}, gzip"),
        (PACKERS[name](bomb), f"{name}, {name}"),
    ]:
        with pytest.raises(inflate.TooLargeError):
            inflate.opened(body, said, MOST)


@pytest.mark.parametrize("name", PACKERS)
def test_exactly_as_much_as_we_take(name: str) -> None:
    assert len(inflate.opened(PACKERS[name](b"<" * MOST), name, MOST)) == MOST
    with pytest.raises(inflate.TooLargeError):
        inflate.opened(PACKERS[name](b"<" * (MOST + 1)), name, MOST)


@pytest.mark.parametrize("name", PACKERS)
def test_what_is_cut_off_or_broken_is_said(name: str) -> None:
    body = PACKERS[name](FEED)
    for broken in (body[:-12], body[:5], b"\x00\xff not packed"):
        with pytest.raises(inflate.InflateError):
            inflate.opened(broken, name, MOST)


@pytest.mark.parametrize(
    ("body", "said", "why"),
    [
        (b"\x1f\x9d\x90", "compress", "compress"),
        (b"\x93NUMPY", "sdch", "sdch"),
        (b"\xff", "x" * 5000, "cannot be opened here"),
        (b"\xff", "gzip, gzip, gzip, gzip", "4 times over"),
        (gzip.compress(b"") * 1000, "gzip", "too many pieces"),
    ],
)
def test_what_we_cannot_open_is_named(body: bytes, said: str, why: str) -> None:
    with pytest.raises(inflate.InflateError, match=why):
        inflate.opened(body, said, MOST)


@pytest.mark.skipif(inflate.zstd is None, reason="no zstd here")
def test_a_frame_that_wants_much_memory_is_refused() -> None:
    options = {inflate.zstd.CompressionParameter.window_log: 27}
    packer = inflate.zstd.ZstdCompressor(options=options)
    body = packer.compress(FEED) + packer.flush()
    with pytest.raises(inflate.InflateError, match="zstd"):
        inflate.opened(body, "zstd", MOST)


@pytest.mark.parametrize("said", ["", *PACKERS])
async def test_over_the_wire(served: Any, said: str) -> None:
    """Also what we say that we can open."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers["Accept-Encoding"])
        body = PACKERS[said or "gzip"](FEED * 40)
        return web.Response(body=body, headers={"Content-Encoding": said} if said else {})

    app = web.Application()
    app.router.add_get("/", answer)
    async with Fetcher("x", allow_private=True) as fetcher:
        page = await fetcher.get(await served(app))
    assert page.body == FEED * 40
    assert set(asked[0].split(", ")) == set(PACKERS) - {"x-gzip"}


async def test_an_encoding_that_is_unknown_over_the_wire(served: Any) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"\x1f\x9d\x90\x01", headers={"Content-Encoding": "compress"})

    app = web.Application()
    app.router.add_get("/", answer)
    async with Fetcher("x", allow_private=True) as fetcher:
        with pytest.raises(FetchError, match="compress"):
            await fetcher.get(await served(app))
