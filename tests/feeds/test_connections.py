"""Connections: never to internal addresses, rate-limited, with proper request headers."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.feeds import fetch
from bot.feeds.fetch import Fetcher, FetchError, Validators
from bot.feeds.guard import PortError, PrivateAddressError, is_public, public_socket
from bot.feeds.hosts import host_of

Answer = Callable[[web.Request], Any]


class Here(AbstractResolver):
    """Every name is this machine, under as many addresses as are given."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses or ("127.0.0.1",)

    async def resolve(
        self, host: str, port: int = 0, family: int = socket.AF_INET
    ) -> list[ResolveResult]:
        return [self._one(host, port, address) for address in self.addresses]

    @staticmethod
    def _one(host: str, port: int, address: str) -> ResolveResult:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return {
            "hostname": host,
            "host": address,
            "port": port,
            "family": family,
            "proto": 0,
            "flags": 0,
        }

    async def close(self) -> None:
        pass


async def _serving(served: Any, answer: Answer) -> str:
    """The port of a server that answers all with this."""
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    return str(await served(app)).rstrip("/").rsplit(":", 1)[1]


# -- inside and outside

INSIDE = """
    fec0::1 fec0:0:0:ffff::1 ::7f00:1 ::127.0.0.1 ::1 :: ::10.0.0.1 64:ff9b::7f00:1
    64:ff9b:1::1 64:ff9b::8.8.8.8 2002:7f00:1::1 2002:a9fe:a9fe::1 2001::1
    2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 2001:db8::1 3fff::1 fc00::1
    fd12:3456::1 fe80::1 fe80::1%eth0 fe80::1%25 ff02::1 ff0e::1 100::1 5f00::1 4000::1
    ::ffff:10.0.0.1 ::ffff:7f00:1 ::ffff:0:127.0.0.1 2606:4700::5efe:7f00:1
    2606:4700::200:5efe:a00:1 0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.255.255.254
    169.254.169.254 172.31.0.1 192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1
    198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
""".split()
OUTSIDE = """
    1.1.1.1 9.9.9.9 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450:4001::200e
    2001:4860:4860::8888 ::ffff:1.1.1.1
""".split()


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(PrivateAddressError):
        public_socket((socket.AF_INET6, socket.SOCK_STREAM, 0, "", (address, 443, 0, 0)))


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside(address: str) -> None:
    assert is_public(address)
    public_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 443))).close()


@pytest.mark.parametrize("port", [0, 22, 25, 81, 6379, 8080, 8443])
def test_only_the_ports_of_the_web(port: int) -> None:
    with pytest.raises(PortError):
        public_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("1.1.1.1", port)))


async def test_the_port_is_said() -> None:
    async with Fetcher("x", resolver=Here("1.1.1.1")) as fetcher:
        with pytest.raises(FetchError, match="80 or 443"):
            await fetcher.get("http://feed.example.org:8080/")


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "127.0.0.1.",
        "localhost.",
        "[::127.0.0.1]",
        "[::ffff:7f00:1]",
        "[fec0::1]",
        "[64:ff9b::7f00:1]",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
    ],
)
async def test_a_host_by_any_other_name_is_as_private(served: Any, host: str) -> None:
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response()

    port = await _serving(served, answer)
    async with Fetcher("x") as fetcher:
        with pytest.raises(FetchError):
            await fetcher.get(f"http://{host}:{port}/")
    assert not seen


@pytest.mark.parametrize(
    "inside", [("127.0.0.1",), ("::1", "127.0.0.1"), ("10.0.0.1", "fe80::1"), ("2002:7f00:1::1",)]
)
async def test_a_name_is_looked_at_where_it_leads(inside: tuple[str, ...]) -> None:
    """However good it looked before: at each connect all its addresses are checked."""
    async with Fetcher("x", resolver=Here(*inside)) as fetcher:
        with pytest.raises(FetchError, match="private network"):
            await fetcher.get("http://feed.example.org/")


@pytest.mark.parametrize(
    "to",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "data:text/xml,a",
        "gopher://x/",
        "javascript:1",
        "http://u:p@HOST/",
        "http://:p@HOST/",
        "//u@HOST/",
        "http://[::1",
        "http://HOST:99999/",
        "http://",
        "http:///x",
        "http://a b/",
    ],
)
async def test_where_no_redirect_may_lead(served: Any, to: str) -> None:
    ports: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        if request.path != "/first":
            return web.Response(text="led astray")
        return web.Response(
            status=302, headers={"Location": to.replace("HOST", f"127.0.0.1:{ports[0]}")}
        )

    ports.append(await _serving(served, answer))
    async with Fetcher("x", allow_private=True) as fetcher:
        try:
            page = await fetcher.get(f"http://127.0.0.1:{ports[0]}/first")
        except FetchError:
            return
    assert to in ("http:///x", "http://"), (to, page.url)


# -- politeness


async def test_a_host_is_asked_by_two_at_a_time(served: Any) -> None:
    """Also where others lead to it, whatever they are called and however it is written."""
    now, most = [0], [0]

    async def answer(request: web.Request) -> web.Response:
        if "target" not in request.host:
            location = f"http://{request.query['to']}:{port}/feed"
            return web.Response(status=302, headers={"Location": location})
        now[0] += 1
        most[0] = max(most[0], now[0])
        await asyncio.sleep(0.02)
        now[0] -= 1
        return web.Response(text="x")

    port = await _serving(served, answer)
    async with Fetcher("x", allow_private=True, resolver=Here()) as fetcher:
        names = ["target.org", "TARGET.org", "target.org."]
        led = [fetcher.get(f"http://{n}.example.org:{port}/?to={names[n % 3]}") for n in range(12)]
        straight = [fetcher.get(f"http://target.org:{port}/{n}") for n in range(6)]
        await asyncio.gather(*led, *straight)
    assert most[0] == fetch.PER_HOST


@pytest.mark.parametrize("status", [403, 429])
async def test_the_wait_of_a_host_holds_for_those_led_there(served: Any, status: int) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        host = request.host.split(":")[0]
        asked.append(host)
        if host == "busy.org":
            return web.Response(status=status, headers={"Retry-After": "600"})
        return web.Response(status=301, headers={"Location": f"http://busy.org:{port}/"})

    port = await _serving(served, answer)
    async with Fetcher("x", allow_private=True, resolver=Here()) as fetcher:
        for name in ("first.org", "second.org", "busy.org", "BUSY.org."):
            with pytest.raises(FetchError) as refused:
                await fetcher.get(f"http://{name}:{port}/")
            assert refused.value.retry_after
            assert 590 < refused.value.retry_after.total_seconds() <= 600
    assert asked == ["first.org", "busy.org", "second.org"]


async def test_who_waited_for_a_turn_hears_of_the_wait(served: Any) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        await asyncio.sleep(0.05)
        return web.Response(status=429, headers={"Retry-After": "600"})

    port = await _serving(served, answer)
    async with Fetcher("x", allow_private=True) as fetcher:
        gets = [fetcher.get(f"http://127.0.0.1:{port}/{n}") for n in range(9)]
        said = await asyncio.gather(*gets, return_exceptions=True)
    assert all(isinstance(error, FetchError) for error in said)
    assert len(asked) == fetch.PER_HOST


async def test_one_deadline_for_all_the_way(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "DEADLINE_SECONDS", 0.5)
    hops: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        hops.append(request.path)
        await asyncio.sleep(0.2)
        return web.Response(status=302, headers={"Location": f"/{len(hops)}"})

    port = await _serving(served, answer)
    async with Fetcher("x", allow_private=True) as fetcher:
        with pytest.raises(FetchError, match="no complete answer"):
            await fetcher.get(f"http://127.0.0.1:{port}/")
    assert len(hops) <= 3


@pytest.mark.parametrize("status", [301, 302, 307, 308, 403, 404, 410, 500, 503])
async def test_the_body_of_a_refusal_is_not_read(served: Any, status: int) -> None:
    """It would have no end."""
    sent = [0]

    async def answer(request: web.Request) -> web.StreamResponse:
        endless = web.StreamResponse(status=status)
        await endless.prepare(request)
        try:
            while True:
                await endless.write(b"x" * 65_536)
                sent[0] += 65_536
        except ConnectionError:
            return endless

    port = await _serving(served, answer)
    async with Fetcher("x", allow_private=True) as fetcher:
        with pytest.raises(FetchError, match=str(status)):
            await fetcher.get(f"http://127.0.0.1:{port}/")
    assert sent[0] < 32 * 2**20, "a few buffers"


# -- how we ask


async def test_we_ask_for_feeds_and_take_anything(served: Any) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=request.headers["Accept"])

    port = await _serving(served, answer)
    async with Fetcher("x", allow_private=True) as fetcher:
        page = await fetcher.get(f"http://127.0.0.1:{port}/")
    assert page.body == fetch.ACCEPT.encode()
    for wanted in ("application/atom+xml", "application/rss+xml", "application/xml", "*/*;q=0.1"):
        assert wanted in fetch.ACCEPT


@pytest.mark.parametrize(("times", "found"), [(1, True), (99, False)])
async def test_304_to_somebody_who_has_nothing(served: Any, times: int, found: bool) -> None:
    """Asked again at once, past the caches; where that does not help either, it is an error."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Cache-Control", ""))
        return web.Response(status=304) if len(asked) <= times else web.Response(text="feed")

    port = await _serving(served, answer)
    async with Fetcher("x", allow_private=True) as fetcher:
        if found:
            assert (await fetcher.get(f"http://127.0.0.1:{port}/")).body == b"feed"
        else:
            with pytest.raises(FetchError, match="304") as refused:
                await fetcher.get(
                    f"http://127.0.0.1:{port}/",
                    Validators('"a\x00"', "Thu, 01 Jan 1970 00:00:00 GMT"),
                )
            assert refused.value.status == 304
    assert asked == ["", "no-cache"]


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"ETag": 'W/"a"', "Last-Modified": "Thu, 01 Jan 1970 00:00:00 GMT"}, Validators('W/"a"')),
        ({"ETag": "unquoted", "Last-Modified": "yesterday"}, Validators("unquoted", "yesterday")),
        ({"ETag": '"' + "e" * 7000 + '"'}, Validators()),
        ({"ETag": '"\u20ac"', "Last-Modified": "\u00e9"}, Validators()),
    ],
)
async def test_odd_versions_never_break_the_next_request(
    served: Any, headers: dict[str, str], kept: Validators
) -> None:
    asked: list[Validators] = []

    async def answer(request: web.Request) -> web.Response:
        said = request.headers
        asked.append(Validators(said.get("If-None-Match", ""), said.get("If-Modified-Since", "")))
        return web.Response(text="feed", headers=headers)

    port = await _serving(served, answer)
    async with Fetcher("x", allow_private=True) as fetcher:
        page = await fetcher.get(f"http://127.0.0.1:{port}/")
        again = await fetcher.get(f"http://127.0.0.1:{port}/", page.validators)
    assert (page.validators, again.body) == (kept, b"feed")
    assert asked == [Validators(), kept]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.ORG./feed", "example.org"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("http://[::1", ""),
        ("http://a:99999/", ""),
        ("http://:secret@example.org/", ""),
        ("mailto:a@example.org", ""),
        ("http://example.org\\@other.org/", ""),
        ("", ""),
    ],
)
def test_a_host_has_one_name(url: str, host: str) -> None:
    assert host_of(url) == host


async def test_names_that_nobody_knows_keep_no_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of the loop answer people, also where dozens of look-ups hang."""
    hang = threading.Event()

    def hangs(*_: Any, **__: Any) -> list[Any]:
        hang.wait(20)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    async with Fetcher("test") as fetcher:
        asking = [
            asyncio.create_task(fetcher.get(f"https://{number}.example/feed"))
            for number in range(60)
        ]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await asyncio.to_thread(lambda: None)
        assert time.monotonic() - began < 1
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        hang.set()
