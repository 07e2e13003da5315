"""The switch of collections to https: tried once, and kept."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.catalogue.names import Names
from bot.feeds import secure
from bot.feeds.fetch import Fetcher
from bot.jobs.poll import Poller
from bot.jobs.resources import Resources
from bot.model import Source, SourceKind
from bot.store import Store
from tests.conftest import Clock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COLLECTION = Source("x", SourceKind.COLLECTION, "http://host/")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, pem = folder / "key.pem", folder / "cert.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    named = ["-subj", "/CN=collection.test", "-addext", "subjectAltName=DNS:collection.test"]
    subprocess.run(
        [*made, "-keyout", str(key), "-out", str(pem), *named], check=True, capture_output=True
    )
    return key, pem


class Signposts(AbstractResolver):
    """Every name is this machine, at another port for each of the usual ones."""

    def __init__(self, ports: dict[int, int]) -> None:
        self.ports = ports

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        there = self.ports.get(port, 9)
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=there, family=2, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


METADATA = {"id": "c", "name": "C", "languages": ["en"], "jurisdictions": ["IE"]}
Answer = Callable[[web.Request], Awaitable[web.Response]]


async def metadata(_: web.Request) -> web.Response:
    return web.json_response(METADATA)


class Twins:
    """One collection under http, and what answers under https beside it; what is asked of each."""

    def __init__(self, certificate: tuple[Path, Path]) -> None:
        self.key, self.pem = certificate
        self.asked: list[str] = []
        self.runners: list[web.AppRunner] = []

    async def serve(self, scheme: str, answer: Answer) -> int:
        async def noted(request: web.Request) -> web.Response:
            self.asked.append(f"{scheme} {request.path}")
            return await answer(request)

        app = web.Application()
        app.router.add_get("/{path:.*}", noted)
        context = None
        if scheme == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.pem, self.key)
        runner = web.AppRunner(app)
        self.runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        return int(runner.addresses[0][1])

    def fetcher(self, plain: int, safe: int) -> Fetcher:
        """One that finds the twins under the usual ports of any name, and trusts them."""
        trusting = ssl.create_default_context(cafile=str(self.pem))
        signposts = Signposts({80: plain, 443: safe})
        return Fetcher("test", allow_private=True, resolver=signposts, tls=trusting)


@pytest.fixture
async def twins(certificate: tuple[Path, Path]) -> AsyncIterator[Twins]:
    twins = Twins(certificate)
    yield twins
    for runner in twins.runners:
        await runner.cleanup()


AWAY = {"Location": "http://collection.test/api/metadata"}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (lambda: web.json_response(METADATA), True),
        (lambda: web.Response(text="<html>Welcome</html>"), False),
        (lambda: web.json_response(["not", "one"]), False),
        (lambda: web.Response(status=500), False),
        (lambda: web.Response(status=302, headers=AWAY), False),
    ],
)
async def test_https_is_used_where_a_collection_answers(
    twins: Twins, answers: Callable[[], web.Response], found: bool
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return answers()

    plain, safe = await twins.serve("http", metadata), await twins.serve("https", answer)
    source = replace(COLLECTION, url="http://collection.test/api/")
    async with twins.fetcher(plain, safe) as fetcher:
        assert secure.is_open(source, {}, NOW)
        noted = {secure.NOTE: await secure.note(fetcher, source, NOW)}
    assert not secure.is_open(source, noted, NOW), "it is asked once"
    later = NOW + timedelta(days=7)
    assert secure.is_open(source, noted, later) is not found, "one failure is not for ever"
    assert secure.of(source, noted).url == ("https://collection.test/api/" if found else source.url)


@pytest.mark.parametrize("offered", [True, False])
async def test_a_poller_asks_once_and_never_goes_back(
    twins: Twins, store: Store, names: Names, clock: Clock, offered: bool
) -> None:
    down = False

    async def answer(request: web.Request) -> web.Response:
        if down or not offered:
            return web.Response(status=500)
        feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><updated>{clock()}</updated></feed>"
        return await metadata(request) if "metadata" in request.path else web.Response(text=feed)

    plain, safe = await twins.serve("http", metadata), await twins.serve("https", answer)
    source = replace(COLLECTION, url="http://collection.test/api/", every=60)
    async with twins.fetcher(plain, safe) as fetcher:
        for number in range(4):
            down = number > 1
            poller = Poller(Resources(store, fetcher, [source], names, clock))
            await poller.poll_due(patience=30)
            clock.forward(days=2)
    assert twins.asked.count("https /api/metadata") == 1
    assert twins.asked.count("http /api/metadata") == 0
    assert twins.asked.count("http /api/feed") == (0 if offered else 4)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("http://46.16.131.72/collection-api/v1/", "https://46.16.131.72/collection-api/v1/"),
        ("http://host:80/", "https://host/"),
        ("http://[2001:db8::1]/api/", "https://[2001:db8::1]/api/"),
        ("http://host:7010/", ""),
        ("https://host/", ""),
    ],
)
def test_where_a_secure_address_would_be(url: str, safe: str) -> None:
    source = replace(COLLECTION, url=url)
    assert secure.address(source) == safe
    assert secure.address(replace(source, kind=SourceKind.NEWS)) == ""
    moved = replace(source, url="http://elsewhere/")
    assert secure.of(moved, {secure.NOTE: safe}) == moved, "a note of another address says nothing"
