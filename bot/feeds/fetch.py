"""Polite fetching: conditional, bounded in size and time, one host never hurried."""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import blake2b
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp

from bot.feeds.guard import PrivateAddressError, public_socket

MAX_BODY = 5 * 2**20
DEADLINE = 20.0
#: Longer than this no server keeps us waiting, whatever it says.
LONGEST_WAIT = timedelta(days=7)
REDIRECTS = 5
PER_HOST = 2
#: A number with more digits than this means no time; a thousand digits would not even be read.
MAX_DIGITS = 12


class FetchError(Exception):
    """A page could not be had. `why` is for people; `retry_after` is what the server asked for."""

    def __init__(self, why: str, status: int = 0, retry_after: timedelta | None = None) -> None:
        super().__init__(why)
        self.why, self.status, self.retry_after = why, status, retry_after


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request conditional."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. `body` is None where nothing changed (304); `fresh_for` is the server's own word."""

    url: str
    body: bytes | None
    validators: Validators = Validators()
    content_type: str = ""
    fresh_for: timedelta | None = None
    #: Where it has moved for good, by the server's own word (301 or 308 all the way).
    moved_to: str = ""
    #: As the header names it, or "".
    charset: str = ""

    @property
    def body_hash(self) -> str:
        return blake2b(self.body or b"", digest_size=16).hexdigest()


class Fetcher:
    """One session for all feeds; use it as an async context manager."""

    def __init__(self, user_agent: str, allow_private: bool = False) -> None:
        self._user_agent = user_agent
        self._allow_private = allow_private
        #: Until when a host asked to be left alone; in seconds of the monotonic clock.
        self._waits: dict[str, float] = {}
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_HOST))
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        guard = None if self._allow_private else public_socket
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, socket_factory=guard),
            timeout=aiohttp.ClientTimeout(total=DEADLINE),
            cookie_jar=aiohttp.DummyCookieJar(),  # a feed could set cookies for all of its top domain
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def get(self, url: str, validators: Validators | None = None) -> Page:
        """GET a page. Raises FetchError, and nothing else, whatever the server does."""
        host = host_of(url)
        if not host:
            raise FetchError(f"{url!r} is not an http or https address")
        if (left := self._waits.get(host, 0.0) - time.monotonic()) > 0:
            raise FetchError("its host asked us to wait", retry_after=timedelta(seconds=left))
        async with self._hosts[host]:
            try:
                return await self._get(url, validators or Validators())
            except aiohttp.ClientConnectorError as error:
                cause = error.os_error
                private = isinstance(cause, PrivateAddressError) or "not a public address" in str(cause)
                raise FetchError("it leads into a private network" if private else "the server cannot be reached") from error
            except (aiohttp.ClientError, TimeoutError, UnicodeError, ValueError) as error:
                slow = isinstance(error, TimeoutError)
                raise FetchError(f"no complete answer within {DEADLINE:.0f} s" if slow else type(error).__name__) from error

    async def _get(self, url: str, known: Validators) -> Page:
        assert self._session, "enter the Fetcher first"
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        headers = {name: value for name, value in asked.items() if value}
        async with self._session.get(url, headers=headers, max_redirects=REDIRECTS) as response:
            fresh_for = _max_age(response.headers.get("Cache-Control", ""))
            if response.status == 304:
                return Page(url, None, known, fresh_for=fresh_for)
            if response.status != 200:
                wait = _retry_after(response.headers)
                if wait and response.status in (403, 429) and response.url.host:
                    self._waits[response.url.host] = time.monotonic() + wait.total_seconds()
                raise FetchError(_status(response.status), response.status, wait)
            validators = Validators(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
            for_good = response.history and all(earlier.status in (301, 308) for earlier in response.history)
            moved_to = str(response.url) if for_good else ""
            return Page(
                str(response.url),
                await _read(response),
                validators,
                response.content_type,
                fresh_for,
                moved_to,
                response.charset or "",
            )


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """The host of an address that we may ask, or ""."""
    parts = urlsplit(url)
    return (parts.hostname or "") if parts.scheme in ("http", "https") and not parts.username else ""


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body, counted after decompression, so that a bomb stops early."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > MAX_BODY:
            raise FetchError(f"it is larger than {MAX_BODY // 2**20} MiB")
    return bytes(body)


def _status(status: int) -> str:
    known = {401: "it asks for a login", 403: "it refuses us", 404: "there is no such page", 410: "it is gone for good",
             429: "it asks us to slow down"}  # fmt: skip
    return f"{known.get(status, 'the server failed' if status >= 500 else 'unexpected answer')} ({status})"


def _max_age(cache_control: str) -> timedelta | None:
    match = re.search(r"max-age=(\d{1,9})", cache_control)
    return timedelta(seconds=min(int(match[1]), 86_400)) if match else None


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After in either form, or GitHub's x-ratelimit-reset where nothing is left of its hour."""
    value = headers.get("Retry-After", "")
    if not value and headers.get("X-RateLimit-Remaining") == "0":
        reset = _whole(headers.get("X-RateLimit-Reset", ""))
        left = 0 if reset is None else max(reset - int(datetime.now(UTC).timestamp()), 1)
        return timedelta(seconds=min(left, 86_400)) if left else None
    seconds = _whole(value)
    if seconds is not None:
        return min(timedelta(seconds=seconds), LONGEST_WAIT)
    try:
        return min(max(parsedate_to_datetime(value) - datetime.now(UTC), timedelta()), LONGEST_WAIT)
    except (TypeError, ValueError, OverflowError):
        return None


def _whole(text: str) -> int | None:
    """A number of seconds in plain digits; what is longer than any time is as long as we can say."""
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) <= MAX_DIGITS else 10**MAX_DIGITS
