"""A server of good and hostile pages, in a separate process."""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from aiohttp import web

#: The ETag of every good page: none ever changes.
TAG = '"same"'
_PAGE = (
    b"<rss version='2.0'><channel><title>t</title>"
    b"<item><guid>1</guid><title>T</title></item></channel></rss>"
)


async def _drips(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(100):
        await answer.write(b"x")
        await asyncio.sleep(0.5)
    return answer


async def _bomb(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=_BOMB, headers={"Content-Encoding": "gzip"})


async def _endless(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(200):
        await answer.write(b"x" * 2**20)
    return answer


async def _laughs(_request: web.Request) -> web.StreamResponse:
    doctype = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    return web.Response(body=doctype + b"<rss><channel>&b;</channel></rss>")


async def _absurd(_request: web.Request) -> web.StreamResponse:
    attributes = b" ".join(b'a%d="1"' % number for number in range(100_000))
    return web.Response(body=b"<rss " + attributes + b"/>")


_BOMB = gzip.compress(b"0" * 50 * 2**20, 1)
ATTACKS = {
    "drips": _drips,
    "bomb": _bomb,
    "endless": _endless,
    "laughs": _laughs,
    "absurd": _absurd,
}


async def _good(request: web.Request) -> web.StreamResponse:
    if request.headers.get("If-None-Match") == TAG:
        return web.Response(status=304)
    return web.Response(body=_PAGE, headers={"ETag": TAG})


@contextmanager
def serving() -> Iterator[str]:
    """Run the server in a separate process; yields its address."""
    spawn = multiprocessing.get_context("spawn")
    mine, theirs = spawn.Pipe()
    process = spawn.Process(target=_server, args=(theirs,), daemon=True)
    process.start()
    try:
        yield mine.recv()
    finally:
        process.kill()
        process.join()


def _server(pipe: Connection) -> None:
    async def run() -> None:
        app = web.Application()
        for name, attack in ATTACKS.items():
            app.router.add_get(f"/{name}", attack)
        app.router.add_get("/{number}", _good)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        # All of 127.0.0.0/8 is this machine.
        await web.TCPSite(runner, "0.0.0.0", 0, backlog=4096).start()
        pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await asyncio.Event().wait()

    asyncio.run(run())
