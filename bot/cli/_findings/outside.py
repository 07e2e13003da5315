"""The checks from outside: whether there is a network, and whether our pages are reachable."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus

import aiohttp

from bot.cli._findings.finding import Finding, Seen, bad, warning, well
from bot.cli._findings.platforms import TIMEOUT
from bot.settings import Settings

NETWORK = "network"
PAGES = "pages"
#: Texts that identify our /robots.txt and the operator's login page.
OURS = "Disallow: /page/"
DOOR = 'name="token"'


def network(seen: Seen, listed: int) -> Finding:
    """Whether anybody answers, which tells a silent source from a machine without a network."""
    if seen.answers:
        return well(NETWORK, f"{seen.answers} servers answered")
    if not listed:
        return well(NETWORK, "nobody had to be asked")
    todo = "check this machine's network, its name servers and its firewall (https out)"
    return bad(NETWORK, "nobody answers at all: no source and no platform", todo)


async def pages(config: Settings) -> AsyncIterator[Finding]:
    """Whether the public address leads to our pages, and to nothing that is not public."""
    base = config.web_url.rstrip("/")
    if not base:
        if config.web:
            todo = "set SMALLPRINT_WEB_URL to their public address"
            yield warning(PAGES, "are served, but nobody is led there", todo)
        return
    todo = f"let the proxy lead {base} to {config.web or 'where SMALLPRINT_WEB is'}"
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        try:
            status, text = await _get(session, f"{base}/robots.txt")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            words = f"nobody answers at {base} ({type(error).__name__})"
            yield bad(PAGES, words, f"{todo}, and start the bot")
            return
        if status != HTTPStatus.OK or OURS not in text:
            yield bad(PAGES, f"{base} shows other pages than ours ({status})", todo)
            return
        yield well(PAGES, f"{base} shows them")
        if not base.startswith("https://"):
            todo = "put a proxy with https before them, and name that address"
            yield warning(PAGES, "their public address is http", todo)
        for path in ("/admin", "/metrics", "/readyz"):
            if finding := await _open(session, base, path):
                yield finding


async def _open(session: aiohttp.ClientSession, base: str, path: str) -> Finding | None:
    """A finding if anybody can see what is for operators only."""
    try:
        status, text = await _get(session, f"{base}{path}")
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None
    if status != HTTPStatus.OK or (path == "/admin" and DOOR in text):
        return None
    todo = "let the proxy lead only to SMALLPRINT_WEB, and keep what is for operators inside"
    return bad(PAGES, f"anybody may see {base}{path}", todo)


async def _get(session: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    """The status and the beginning of the body. Raises aiohttp's errors."""
    async with session.get(url, allow_redirects=False) as response:
        body = await response.content.read(100_000)
    return response.status, body.decode("utf-8", "replace")
