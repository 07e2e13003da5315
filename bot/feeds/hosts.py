"""Hosts: how an address names one, and what each is spared.

That is more than a few requests at once, and any while it asks us to wait.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from datetime import datetime, timedelta
from functools import lru_cache
from weakref import WeakValueDictionary

from yarl import URL

#: So many addresses are remembered as they were taken apart: more than anybody lists.
CACHED = 20_000


class Hosts:
    """The limits of all hosts that are asked; each answers `at_once` requests at once."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        #: Until when a host asked to be left alone.
        self._waits: dict[str, datetime] = {}
        #: Of hosts that are being asked; redirects could name any number of them.
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def turn(self, host: str) -> asyncio.Semaphore:
        """What lets only so many requests to one host through at once."""
        turn = self._turns.get(host)
        if turn is None:
            turn = asyncio.Semaphore(self._at_once)
            self._turns[host] = turn
        return turn

    def leave_alone(self, host: str, wait: timedelta, now: datetime) -> None:
        """From now on ask nothing of a host for so long."""
        self._waits = {name: until for name, until in self._waits.items() if until > now}
        self._waits[host] = now + wait

    def wait(self, host: str, now: datetime) -> timedelta | None:
        """How much longer a host wants to be left alone; None where it may be asked."""
        until = self._waits.get(host)
        if until is None or until <= now:
            return None
        return until - now


@lru_cache(maxsize=CACHED)
def host_of(url: str) -> str:
    """The host of an address that we may ask, or "". A host has one name, however it is written."""
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


#: An address is taken apart once; a source is asked under the same for years.
parsed = lru_cache(maxsize=CACHED)(URL)
