"""The clock of recorded months: it can run fast, and be moved."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class Clock:
    """Runs from `start` to `end`, `speed` times as fast as the wall.

    It stands still until the first feed is asked for.
    """

    def __init__(self, start: datetime, end: datetime, speed: float) -> None:
        self._from = start
        self._end = end
        self._speed = speed
        self._since: float | None = None

    @property
    def now(self) -> datetime:
        """The moment that it shows."""
        if self._since is None:
            return self._from
        passed = timedelta(seconds=(time.monotonic() - self._since) * self._speed)
        return min(self._from + passed, self._end)

    def go(self) -> None:
        """Let it run, if it does not yet."""
        if self._since is None:
            self._since = time.monotonic()

    def move(self, to: datetime) -> None:
        """Set it; it goes on from there, or stands still as before."""
        self._from = min(to, self._end)
        if self._since is not None:
            self._since = time.monotonic()
