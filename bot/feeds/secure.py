"""Collections that are listed under http and answer under https as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.ota import is_collection
from bot.model import Source, SourceKind

#: A note of a source's cursor: the secure address that answers, or "no", the one that did not, and when.
NOTE = "secure"
#: One that did not answer is asked again after this time.
AGAIN = timedelta(days=7)
HTTP_PORT = 80


def of(source: Source, notes: Mapping[str, str]) -> Source:
    """The source under its secure address, where that answered once; it never goes back."""
    safe = address(source)
    return replace(source, url=safe) if safe and notes.get(NOTE) == safe else source


def is_open(source: Source, notes: Mapping[str, str], now: datetime) -> bool:
    """Whether to ask for a secure address of the source as it is listed now; again after a while."""
    safe, noted = address(source), notes.get(NOTE, "")
    if not safe or noted == safe:
        return False
    said, _, day = noted.removeprefix("no ").partition(" ")
    return said != safe or not day or now - datetime.fromisoformat(day) >= AGAIN


def address(source: Source) -> str:
    """Where a collection would answer under https; "" where there is no such place to look."""
    if source.kind is not SourceKind.COLLECTION or not source.url.startswith("http:"):
        return ""
    parts = urlsplit(source.url)
    if parts.port not in (None, HTTP_PORT) or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return parts._replace(scheme="https", netloc=host).geturl()


async def note(fetcher: Fetcher, source: Source, now: datetime) -> str:
    """Ask under https whether a collection answers there; what to note of it."""
    safe = address(source)
    try:
        page = await fetcher.get(f"{safe}metadata", now=now)
        answers = page.url.startswith("https://") and is_collection(page.body or b"")
    except FetchError:
        answers = False
    return safe if answers else f"no {safe} {now.isoformat()}"
