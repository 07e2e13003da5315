"""HTTP answers: rendered once for identical requests, compressed, and validated by ETag."""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import TypeVar

from aiohttp import web

HTML = "text/html"
NO_HEADERS: Mapping[str, str] = {}
#: Seconds for which a public page is cached.
FRESH_SECONDS = 60
#: The size of the cache of public pages, in bytes.
MOST_BYTES = 32 * 2**20
#: The most pages rendered at once, alongside this process's other work, and the most waiting.
AT_ONCE = 2
MOST_WAITING = 64
#: Smaller bodies are not compressed.
WORTH_BYTES = 500
#: Headers of a page that changes nothing, and that nobody may frame, script or track.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
#: Headers of resources that other sites may read: feeds, dates and the API.
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
#: Headers of a personal page, and of a personal feed.
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
OWN_FEED = {"Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}


class BusyError(Exception):
    """Too many pages are waiting to be rendered."""


@dataclass(frozen=True)
class Answer:
    """A body with its content type, headers and status."""

    body: bytes
    kind: str
    headers: Mapping[str, str]
    status: int
    packed: bytes = b""
    tag: str = ""

    @classmethod
    def of(
        cls,
        body: bytes | str,
        kind: str = HTML,
        headers: Mapping[str, str] = NO_HEADERS,
        status: int = 200,
    ) -> Answer:
        """An answer with this body, compressed if that is worth it."""
        if isinstance(body, str):
            body = body.encode("utf-8", "replace")
        packed = b""
        if len(body) >= WORTH_BYTES and kind != "image/png":
            packed = gzip.compress(body, 6, mtime=0)
        tag = sha256(body).hexdigest()[:32]
        return cls(body, kind, headers, status, packed, tag)

    def __len__(self) -> int:
        return len(self.body) + len(self.packed)

    def to(self, request: web.Request, headers: Mapping[str, str] = NO_HEADERS) -> web.Response:
        """The response to a request: 304 if the ETag matches, compressed if that is accepted."""
        sent = {**self.headers, **headers}
        sent.setdefault("Cache-Control", f"public, max-age={FRESH_SECONDS}")
        sent["Vary"] = "Accept-Encoding, Accept-Language"
        if self.status == 200 and "no-store" not in sent["Cache-Control"]:
            sent["ETag"] = f'"{self.tag}"'
            known = [etag.value for etag in request.if_none_match or ()]
            if self.tag in known or "*" in known:
                return web.Response(status=304, headers=sent)
        body = self.body
        if self.packed and _takes_gzip(request.headers.get("Accept-Encoding", "")):
            body = self.packed
            sent["Content-Encoding"] = "gzip"
        charset = None if self.kind.startswith("image/") else "utf-8"
        return web.Response(
            body=body, status=self.status, content_type=self.kind, charset=charset, headers=sent
        )


def _takes_gzip(accepted: str) -> bool:
    """Whether a browser accepts gzip."""
    for part in accepted.replace(" ", "").lower().split(","):
        name, _sep, weight = part.partition(";")
        if name in ("gzip", "*"):
            return weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


Build = Callable[[], Answer]
Made = TypeVar("Made")


class Answers:
    """Renders answers in threads, a few at once, and caches the public ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, tuple[float, Answer]] = OrderedDict()
        self._bytes = 0
        self._making: dict[object, asyncio.Task[Answer]] = {}
        # Threads of their own, because those of the loop answer the chats.
        self._threads = ThreadPoolExecutor(AT_ONCE, "web")
        self._waiting = 0

    async def close(self, _app: web.Application) -> None:
        """Wait for answers that are being rendered."""
        self._threads.shutdown()

    async def public(self, key: object, build: Build, seconds: float = FRESH_SECONDS) -> Answer:
        """The cached public answer for a key, at most `seconds` old, or a new one.

        Raises BusyError if too many wait, and whatever `build` raises.
        """
        found = self._kept.get(key)
        if found is not None and found[0] > monotonic():
            self._kept.move_to_end(key)
            return found[1]
        making = self._making.get(key)
        if making is None:
            making = asyncio.create_task(self._made(key, build, seconds))
            self._making[key] = making
            making.add_done_callback(lambda _: self._making.pop(key, None))
        # A client that disconnects does not cancel the page for the others who wait for it.
        return await asyncio.shield(making)

    async def fresh(self, build: Callable[[], Made]) -> Made:
        """An uncached, personal answer. Raises BusyError, and whatever `build` raises."""
        if self._waiting >= AT_ONCE + MOST_WAITING:
            raise BusyError
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, build)
        finally:
            self._waiting -= 1

    async def _made(self, key: object, build: Build, seconds: float) -> Answer:
        answer = await self.fresh(build)
        self._drop(key)
        self._kept[key] = monotonic() + seconds, answer
        self._bytes += len(answer)
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._kept)))
        return answer

    def _drop(self, key: object) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= len(found[1])
