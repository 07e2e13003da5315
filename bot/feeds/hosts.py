"""What one host is spared: more than a few requests at once, and any while it asks us to wait."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from weakref import WeakValueDictionary


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
