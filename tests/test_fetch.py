"""Polite and guarded fetching, against a server on this machine."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.feeds import fetch
from bot.feeds.fetch import Fetcher, FetchError, Validators
from bot.feeds.guard import is_public


async def _bomb(_: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(b"0" * 60_000_000), headers={"Content-Encoding": "gzip"})


async def _endless(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(100):
        await answer.write(b"x" * 1_000_000)
    return answer


async def _conditional(request: web.Request) -> web.Response:
    if request.headers.get("If-None-Match") == '"1"' and request.headers.get("If-Modified-Since") == "then":
        return web.Response(status=304, headers={"Cache-Control": "max-age=60"})
    return web.Response(text=request.headers["User-Agent"], headers={"ETag": '"1"', "Last-Modified": "then"})


async def _slow(_: web.Request) -> web.Response:
    import asyncio

    await asyncio.sleep(5)
    return web.Response(text="late")


def _status(status: int, **headers: str) -> Any:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    return answer


@pytest.fixture
async def base(served: Any) -> str:
    app = web.Application()
    app.router.add_get("/bomb", _bomb)
    app.router.add_get("/endless", _endless)
    app.router.add_get("/conditional", _conditional)
    app.router.add_get("/slow", _slow)
    app.router.add_get("/busy", _status(429, **{"Retry-After": "120"}))
    app.router.add_get("/gone", _status(410))
    app.router.add_get("/loop", _status(302, Location="/loop"))
    return str(await served(app))


async def test_conditional_get_and_an_honest_name(base: str) -> None:
    async with Fetcher("Smallprint/0.1 (contact)", allow_private=True) as fetcher:
        page = await fetcher.get(f"{base}conditional")
        assert page.body == b"Smallprint/0.1 (contact)"
        again = await fetcher.get(f"{base}conditional", page.validators)
        assert again.body is None
        assert again.validators == Validators('"1"', "then")
        assert again.fresh_for == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("bomb", "larger than 5 MiB"),
        ("endless", "larger than 5 MiB"),
        ("gone", "gone for good"),
        ("loop", "TooManyRedirects"),
        ("none", "no such page"),
    ],
)
async def test_what_goes_wrong_is_said(base: str, path: str, said: str) -> None:
    async with Fetcher("x", allow_private=True) as fetcher:
        with pytest.raises(FetchError, match=said):
            await fetcher.get(base + path)


async def test_retry_after(base: str) -> None:
    async with Fetcher("x", allow_private=True) as fetcher:
        with pytest.raises(FetchError) as refused:
            await fetcher.get(f"{base}busy")
    assert (refused.value.status, refused.value.retry_after) == (429, timedelta(seconds=120))


async def test_a_total_deadline(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "DEADLINE", 0.3)
    async with Fetcher("x", allow_private=True) as fetcher:
        with pytest.raises(FetchError, match="no complete answer"):
            await fetcher.get(f"{base}slow")


PRIVATE = ["127.0.0.1", "::1", "169.254.169.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "::ffff:127.0.0.1",
           "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "0.0.0.0", "224.0.0.1", "192.0.0.8", "fe80::1%eth0"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


def test_public_addresses() -> None:
    assert is_public("46.16.131.72")
    assert is_public("2606:4700::1111")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433"])
async def test_no_request_into_private_networks(base: str, host: str) -> None:
    port = base.rstrip("/").rsplit(":", 1)[1]
    async with Fetcher("x") as fetcher:
        with pytest.raises(FetchError) as refused:
            await fetcher.get(f"http://{host}:{port}/conditional")
    assert refused.value.why in ("it leads into a private network", "the server cannot be reached", "InvalidUrlClientError")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/", "https://user:pass@example.org/", "gopher://x", "//x", "http://"]
)
async def test_only_plain_web_addresses(url: str) -> None:
    async with Fetcher("x") as fetcher:
        with pytest.raises(FetchError, match="not an http or https address"):
            await fetcher.get(url)
