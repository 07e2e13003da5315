"""Polite and guarded fetching, against a local server."""

from __future__ import annotations

import asyncio
import gzip
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.feeds import fetch
from bot.feeds.fetch import Fetcher, FetchError
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
    if (
        request.headers.get("If-None-Match") == '"1"'
        and request.headers.get("If-Modified-Since") == "then"
    ):
        return web.Response(status=304, headers={"Cache-Control": "max-age=60"})
    return web.Response(
        text=request.headers["User-Agent"], headers={"ETag": '"1"', "Last-Modified": "then"}
    )


async def _slow(_: web.Request) -> web.Response:
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


WEEK = timedelta(days=7)
DAY = timedelta(days=1)
SPENT = {"X-RateLimit-Remaining": "0"}


@pytest.mark.parametrize(
    ("headers", "shortest", "longest"),
    [
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, WEEK, WEEK),
        ({"Retry-After": "Sat, 01 Jan 8000 00:00:00 +1400"}, WEEK, WEEK),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 -1200"}, WEEK, WEEK),
        ({"Retry-After": "9" * 12}, WEEK, WEEK),
        ({"Retry-After": "9" * 5000}, WEEK, WEEK),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, timedelta(), timedelta()),
        ({"Retry-After": "0"}, timedelta(), timedelta()),
        ({**SPENT, "X-RateLimit-Reset": "9" * 400}, DAY, DAY),
        ({**SPENT, "X-RateLimit-Reset": "1"}, timedelta(seconds=1), timedelta(seconds=1)),
    ],
)
async def test_no_server_keeps_us_waiting_for_more_than_a_week(
    served: Any, headers: dict[str, str], shortest: timedelta, longest: timedelta
) -> None:
    refused = await _refusal(served, headers)
    assert refused.retry_after is not None
    assert shortest <= refused.retry_after <= longest


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "Mon, 01 Jan 0001 00:00:00 +1200"},
        {"Retry-After": "\u00b2"},
        {"Retry-After": "\u0663\u0660"},
        {"Retry-After": "-5"},
        {"Retry-After": "soon"},
        {**SPENT, "X-RateLimit-Reset": "\u00b2"},
        {**SPENT, "X-RateLimit-Reset": ""},
    ],
)
async def test_a_wait_that_is_no_time_is_as_good_as_none(
    served: Any, headers: dict[str, str]
) -> None:
    """The status is still told: 410 and 404 keep their meaning; the caller's own wait holds."""
    refused = await _refusal(served, headers)
    assert (refused.status, refused.retry_after or timedelta()) == (503, timedelta())


async def _refusal(served: Any, headers: dict[str, str]) -> FetchError:
    app = web.Application()
    app.router.add_get("/", _status(503, **headers))
    async with Fetcher("x", allow_private=True) as fetcher:
        with pytest.raises(FetchError) as refused:
            await fetcher.get(await served(app))
    return refused.value


@pytest.mark.parametrize(
    "scope", ["", "; Path=/", "; Domain=localhost; Max-Age=99999999", "; Domain=127.0.0.1"]
)
async def test_no_cookie_is_kept(served: Any, scope: str) -> None:
    """Neither for the host that sets it, nor across a redirect, nor for its neighbours."""
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Cookie", ""))
        status = 302 if request.path == "/first" else 200
        headers = {"Set-Cookie": f"track=me{scope}", "Location": "/second"}
        return web.Response(status=status, headers=headers)

    app = web.Application()
    app.router.add_get("/{any}", answer)
    base = await served(app)
    async with Fetcher("x", allow_private=True) as fetcher:
        for address in (base, base, base.replace("127.0.0.1", "localhost")):
            await fetcher.get(f"{address}first")
    assert seen == [""] * 6


async def test_a_total_deadline(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "DEADLINE_SECONDS", 0.3)
    async with Fetcher("x", allow_private=True) as fetcher:
        with pytest.raises(FetchError, match="no complete answer"):
            await fetcher.get(f"{base}slow")


PRIVATE = [
    "127.0.0.1",
    "::1",
    "169.254.169.254",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "0.0.0.0",
    "224.0.0.1",
    "192.0.0.8",
    "fe80::1%eth0",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


def test_public_addresses() -> None:
    assert is_public("46.16.131.72")
    assert is_public("2606:4700::1111")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433"]
)
async def test_no_request_into_private_networks(base: str, host: str) -> None:
    port = base.rstrip("/").rsplit(":", 1)[1]
    async with Fetcher("x") as fetcher:
        with pytest.raises(FetchError) as refused:
            await fetcher.get(f"http://{host}:{port}/conditional")
    assert refused.value.why in (
        "it leads into a private network",
        "the server cannot be reached",
        "it leads to an address that is none",
    )


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "https://user:pass@example.org/",
        "gopher://x",
        "//x",
        "http://",
    ],
)
async def test_only_plain_web_addresses(url: str) -> None:
    async with Fetcher("x") as fetcher:
        with pytest.raises(FetchError, match="not an http or https address"):
            await fetcher.get(url)
