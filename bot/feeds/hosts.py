"""Hosts: the host of a URL, and limits on requests to each.

A host gets only a few requests at once, and none while it asks us to wait.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from datetime import datetime, timedelta
from functools import lru_cache
from weakref import WeakValueDictionary

from yarl import URL

#: The size of the caches of parsed URLs: more than anybody lists.
CACHED = 20_000


class Hosts:
    """The limits of all hosts; each gets at most `at_once` requests at once."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        #: Until when each host asked to be left alone.
        self._waits: dict[str, datetime] = {}
        #: Only of hosts being asked, since redirects could name any number of them.
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def turn(self, host: str) -> asyncio.Semaphore:
        """The semaphore that limits concurrent requests to a host."""
        turn = self._turns.get(host)
        if turn is None:
            turn = asyncio.Semaphore(self._at_once)
            self._turns[host] = turn
        return turn

    def leave_alone(self, host: str, wait: timedelta, now: datetime) -> None:
        """Send a host no requests for a while."""
        self._waits = {name: until for name, until in self._waits.items() if until > now}
        self._waits[host] = now + wait

    def wait(self, host: str, now: datetime) -> timedelta | None:
        """How much longer to leave a host alone, or None."""
        until = self._waits.get(host)
        if until is None or until <= now:
            return None
        return until - now


@lru_cache(maxsize=CACHED)
def host_of(url: str) -> str:
    """The normalised host of a URL that may be requested, or ""."""
    try:
        address = parsed(url)
        host = (address.raw_host or "").rstrip(".").lower()
    except ValueError:
        return ""
    if address.scheme not in ("http", "https") or "@" in address.raw_authority:
        return ""
    try:
        return str(ipaddress.IPv4Address(socket.inet_aton(host)))  # 2130706433, 0x7f.1, 0177.0.0.1
    except (OSError, ValueError):
        return host


#: Parses a URL, cached, because a source has the same one for years.
parsed = lru_cache(maxsize=CACHED)(URL)
