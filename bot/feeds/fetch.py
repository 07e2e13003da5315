"""Polite fetching: conditional requests, limits on size and time, few requests to one host."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from hashlib import blake2b
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.feeds import failures, guard, headers, inflate
from bot.feeds.hosts import CACHED, Hosts, host_of, parsed
from bot.feeds.lookups import Lookups

MAX_BODY_BYTES = 5 * 2**20
#: A larger body is decompressed in a thread, so that nothing else waits for it.
OPENED_AT_ONCE_BYTES = 65_536
DEADLINE_SECONDS = 20.0
REDIRECTS = 5
#: The most concurrent requests to one host.
PER_HOST = 2
#: Some servers send a feed only if it is asked for, and a web page otherwise.
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
#: Headers to bypass caches on the way to the server.
PAST_CACHES = {"Cache-Control": "no-cache", "Pragma": "no-cache"}
_LEADS_ON = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)


class FetchError(Exception):
    """A page could not be fetched; `why` is for people, `retry_after` is the server's wish."""

    def __init__(self, why: str, status: int = 0, retry_after: timedelta | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Validators:
    """The ETag and Last-Modified of an answer, which make the next request conditional."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to a request.

    `body` is None if nothing has changed (304); then the validators that were sent remain valid.
    `fresh_for` is how long the server says that it is fresh.
    """

    url: str
    body: bytes | None
    validators: Validators = Validators()
    content_type: str = ""
    fresh_for: timedelta | None = None
    #: The URL it has permanently moved to, by the server's own word (all redirects 301 or 308), or
    #: "".
    moved_to: str = ""
    #: The charset of the Content-Type header, or "".
    charset: str = ""
    #: The server's Date header; None if the answer came from a cache.
    date: datetime | None = field(default=None, compare=False)

    @property
    def body_hash(self) -> str:
        """A hash of the body, by which an unchanged answer is recognised."""
        return blake2b(self.body or b"", digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class _Redirect:
    """A redirect."""

    status: int
    to: str


class Fetcher:
    """An HTTP client for all feeds; an async context manager.

    `allow_private`, `resolver` and `tls` are those of `guard.connector`.
    """

    def __init__(
        self,
        user_agent: str,
        allow_private: bool = False,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._connect = partial(guard.connector, allow_private, tls=tls)
        self._resolver = resolver
        self._hosts = Hosts(PER_HOST)
        self._session: aiohttp.ClientSession | None = None
        self._whole = aiohttp.ClientTimeout(total=DEADLINE_SECONDS)
        #: URL prefixes that replace others.
        self._instead: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._resolver = self._resolver or Lookups()
        self._session = aiohttp.ClientSession(
            connector=self._connect(self._resolver),
            # A feed could set cookies for its whole registrable domain.
            cookie_jar=aiohttp.DummyCookieJar(),
            # Our own decompression is bounded, and knows more encodings.
            auto_decompress=False,
            headers={
                "User-Agent": self._user_agent,
                "Accept": ACCEPT,
                "Accept-Encoding": inflate.ACCEPTED,
            },
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session:
            await self._session.close()
        if self._resolver:
            await self._resolver.close()

    def ask_instead(self, base: str, moved: str) -> None:
        """From now on request everything below `base` at `moved`; both end with /.

        So code that knows only the operator's address finds a collection that has moved.
        """
        for scheme in ("http:", "https:"):  # it may be read under either
            self._instead[scheme + base.partition(":")[2]] = moved

    def _moved(self, url: str) -> str:
        for base, moved in self._instead.items():
            if url.startswith(base):
                return moved + url.removeprefix(base)
        return url

    async def get(
        self,
        url: str,
        validators: Validators | None = None,
        as_written: bool = False,
        now: datetime | None = None,
    ) -> Page:
        """GET a page; `as_written` ignores replaced addresses.

        `now` is by the clock by which polls are due. Raises FetchError, and nothing else,
        whatever the server does.
        """
        if not as_written:
            url = self._moved(url)
        conditions = _conditions(validators)
        if now is None:
            now = datetime.now(UTC)
        try:
            page = await self._follow(url, conditions, now)
            if page.body is not None or conditions:
                return page
            # A 304 to an unconditional request is wrong: ask again, past caches.
            page = await self._follow(url, PAST_CACHES, now)
        except failures.FAILURES as error:
            raise FetchError(failures.of_error(error, DEADLINE_SECONDS)) from error
        if page.body is None:
            raise FetchError("it says that nothing changed, to somebody who has nothing (304)", 304)
        return page

    async def _follow(self, url: str, asking: dict[str, str], now: datetime) -> Page:
        """Request a page and follow redirects; each host on the way has its own limits."""
        left = DEADLINE_SECONDS
        for_good = True
        to = url
        for hops in range(REDIRECTS + 1):
            host = host_of(to)
            if not host:
                raise FetchError(f"{to[:200]!r} is not an http or https address")
            self._heed(host, now)
            sent = time.monotonic()
            # The queue of a redirect's host must not keep us waiting for ever.
            async with asyncio.timeout(left if hops else None), self._hosts.turn(host):
                self._heed(host, now)
                began = sent if hops else time.monotonic()
                answer = await self._ask(to, host, asking, left, now)
                left = max(left - (time.monotonic() - began), 0.001)
            if isinstance(answer, Page):
                return replace(answer, moved_to=answer.url) if hops and for_good else answer
            for_good = for_good and answer.status in _FOR_GOOD
            to = answer.to
        raise FetchError("it leads on and on (TooManyRedirects)")

    async def _ask(
        self, url: str, host: str, asking: dict[str, str], left: float, now: datetime
    ) -> Page | _Redirect:
        """Send one request; the body of an error is not read."""
        if self._session is None:
            raise RuntimeError("enter the Fetcher first")
        limit = self._whole if left == DEADLINE_SECONDS else aiohttp.ClientTimeout(total=left)
        async with self._session.get(
            parsed(url), headers=asking, allow_redirects=False, timeout=limit
        ) as response:
            if response.status in _LEADS_ON:
                location = response.headers.get("Location", "")
                if location:
                    return _Redirect(response.status, str(response.url.join(URL(location))))
            if response.status == 304:
                return Page(url, None, fresh_for=headers.fresh_for(response.headers, now))
            if response.status != 200:
                raise self._refused(host, response, now)
            return await _answered(response, now)

    def _heed(self, host: str, now: datetime) -> None:
        """Raise FetchError while a host's requested wait lasts."""
        wait = self._hosts.wait(host, now)
        if wait is not None:
            raise FetchError("its host asked us to wait", retry_after=wait)

    def _refused(self, host: str, response: aiohttp.ClientResponse, now: datetime) -> FetchError:
        """The error for a refusal.

        After 403 or 429 with a wait, all sources leave the host alone.
        """
        wait = headers.retry_after(response.headers, now)
        if wait and response.status in (403, 429):
            self._hosts.leave_alone(host, wait, now)
        return FetchError(failures.of_status(response.status), response.status, wait)


@lru_cache(maxsize=CACHED)
def _conditions(known: Validators | None) -> dict[str, str]:
    """The headers of a conditional request, cached because most polls of a source send the same."""
    if known is None:
        return {}
    usable = _usable(known)
    asked = {}
    if usable.etag:
        asked["If-None-Match"] = usable.etag
    if usable.last_modified:
        asked["If-Modified-Since"] = usable.last_modified
    return asked


def _usable(known: Validators) -> Validators:
    now = datetime.now(UTC)
    return Validators(headers.etag(known.etag), headers.last_modified(known.last_modified, now))


async def _answered(response: aiohttp.ClientResponse, now: datetime) -> Page:
    """The page of a complete answer (200)."""
    said = response.headers
    validators = Validators(said.get("ETag", ""), said.get("Last-Modified", ""))
    return Page(
        url=str(response.url),
        body=await _read(response),
        validators=_usable(validators),
        content_type=response.content_type,
        fresh_for=headers.fresh_for(said, now),
        charset=response.charset or "",
        date=None if "Age" in said else headers.date_of(said.get("Date", "")),
    )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read the body, with limits on its size before and after decompression."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise FetchError(f"it is larger than {MAX_BODY_BYTES // 2**20} MiB")
    encoding = ",".join(response.headers.getall("Content-Encoding", ()))
    if len(body) <= OPENED_AT_ONCE_BYTES:
        return inflate.opened(bytes(body), encoding, MAX_BODY_BYTES)
    return await asyncio.to_thread(inflate.opened, bytes(body), encoding, MAX_BODY_BYTES)
