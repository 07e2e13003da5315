"""Caddy as reverse proxy: what it forwards, where, and what it answers itself."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.runtime.http_server import serve
from tests.deploy.judges import DEPLOY, passed, program

CADDYFILE = DEPLOY / "Caddyfile"
#: Addresses of what watches over a process, as they are and as somebody might write them.
WATCHED = ("/healthz", "/readyz", "/metrics", "/%6detrics", "//metrics", "/METRICS", "/metrics/")
ADMIN = ("/admin", "/admin/", "/%61dmin", "//admin", "/Admin/status", "/x/../admin")
HERE = "127.0.0.1/32"
ELSEWHERE = "203.0.113.7/32"
#: How long a program may take to start.
START_SECONDS = 20


@dataclass
class Upstream:
    """A stand-in of a process: it answers with its name, and remembers what it was asked."""

    name: str
    port: int
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.raw_path)
        return web.Response(text=self.name)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self.answer)
        runner, _base = await serve(app, self.port)
        try:
            yield
        finally:
            await runner.cleanup()


@dataclass
class Front:
    """Caddy, what it stands before, and where it writes its log."""

    port: int
    web: Upstream
    chat: Upstream
    log: Path

    async def ask(self, path: str, method: str = "GET") -> tuple[int, str]:
        """The status and the text; the path goes out as it is written."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode())
        said = (await reader.read()).decode()
        writer.close()
        return int(said.split()[1]), said.partition("\r\n\r\n")[2]


@asynccontextmanager
async def fronted(folder: Path, admin_from: str) -> AsyncIterator[Front]:
    """Caddy with the file as it is, without a certificate; nobody listens behind it yet."""
    port, pages, chat = _free(), _free(), _free()
    front = Front(port, Upstream("web", pages), Upstream("chat", chat), folder / "log")
    settings = {
        "SITE": f"http://127.0.0.1:{port}",
        "WEB": "127.0.0.1",
        "WEB_PORT": str(pages),
        "CHAT": "127.0.0.1",
        "CHAT_PORT": str(chat),
        "ADMIN_FROM": admin_from,
    }
    with front.log.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(program("caddy"), "run", "--config", str(CADDYFILE)),
            env={**_clean(folder), **settings},
            stdout=log,
            stderr=log,
        )
    try:
        await _listening(port)
        yield front
    finally:
        process.terminate()
        await process.wait()


def _clean(folder: Path) -> Mapping[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)}


def _free() -> int:
    with socket.socket() as here:
        here.bind(("127.0.0.1", 0))
        port: int = here.getsockname()[1]
    return port


async def _listening(port: int) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def test_caddy_finds_it_valid() -> None:
    said = passed("caddy", "validate", "--adapter", "caddyfile", "--config", CADDYFILE)
    assert "Valid configuration" in said
    assert "not formatted" not in said
    assert passed("caddy", "fmt", CADDYFILE) == CADDYFILE.read_text()


async def test_each_address_goes_where_it_belongs(tmp_path: Path) -> None:
    """And nothing of what watches over a process, nor the operator's pages, gets through."""
    async with fronted(tmp_path, ELSEWHERE) as front, front.web.serving(), front.chat.serving():
        assert await front.ask("/") == (200, "web")
        assert await front.ask("/story/1?region=de") == (200, "web")
        assert await front.ask("/telegram/abc", "POST") == (200, "chat")
        for path in (*WATCHED, *ADMIN):
            assert await front.ask(path) == (404, ""), path
        assert front.web.asked == ["/", "/story/1?region=de"]
        assert front.chat.asked == ["/telegram/abc"]


async def test_the_operator_s_pages_are_opened_by_an_address(tmp_path: Path) -> None:
    async with fronted(tmp_path, HERE) as front, front.web.serving():
        assert await front.ask("/admin") == (200, "web")
        assert await front.ask("/metrics") == (404, "")


async def test_a_webhook_waits_for_whoever_takes_over(tmp_path: Path) -> None:
    """Telegram is let in a moment after the process that listened is gone."""
    async with fronted(tmp_path, ELSEWHERE) as front:
        asking = asyncio.create_task(front.ask("/telegram/abc", "POST"))
        await asyncio.sleep(0.5)
        async with front.chat.serving():
            assert await asking == (200, "chat")


async def test_the_log_keeps_no_address(tmp_path: Path) -> None:
    """That of a private page is as good as a password; an error is said all the same."""
    async with (
        fronted(tmp_path, ELSEWHERE) as front,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{front.port}/p/a-secret-page") as response,
    ):
        assert response.status == 502
    said = front.log.read_text()
    assert "connection refused" in said
    assert "a-secret-page" not in said


@pytest.fixture(autouse=True)
def _is_there() -> None:
    program("caddy")
