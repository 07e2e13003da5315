"""Upgrading collections that are listed under http to https, if they answer there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.ota import is_collection
from bot.model import Source, SourceKind

#: The key of a cursor's note: the https URL that answers, or "no", the URL that did not, and when.
NOTE = "secure"
#: When a URL that did not answer is tried again.
AGAIN = timedelta(days=7)
HTTP_PORT = 80


def of(source: Source, notes: Mapping[str, str]) -> Source:
    """The source under https, if it has ever answered there; it never goes back."""
    safe = address(source)
    if not safe or notes.get(NOTE) != safe:
        return source
    return replace(source, url=safe)


def is_open(source: Source, notes: Mapping[str, str], now: datetime) -> bool:
    """Whether to try https for the source now, or again after a while."""
    safe = address(source)
    noted = notes.get(NOTE, "")
    if not safe or noted == safe:
        return False
    said, _, day = noted.removeprefix("no ").partition(" ")
    if said != safe or not day:
        return True
    return now - datetime.fromisoformat(day) >= AGAIN


def address(source: Source) -> str:
    """The https URL of a collection; "" if it cannot have one."""
    if source.kind is not SourceKind.COLLECTION or not source.url.startswith("http:"):
        return ""
    parts = urlsplit(source.url)
    host = parts.hostname
    if not host or parts.port not in (None, HTTP_PORT):
        return ""
    if ":" in host:
        host = f"[{host}]"
    return parts._replace(scheme="https", netloc=host).geturl()


async def note(fetcher: Fetcher, source: Source, now: datetime) -> str:
    """Check whether a collection answers under https; return the note to keep."""
    safe = address(source)
    failed = f"no {safe} {now.isoformat()}"
    try:
        page = await fetcher.get(f"{safe}metadata", now=now)
    except FetchError:
        return failed
    if not page.url.startswith("https://") or not is_collection(page.body or b""):
        return failed
    return safe
