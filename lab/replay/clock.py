"""The clock of a replay, which can run fast and be moved."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class Clock:
    """A clock that runs from `start` to `end`, `speed` times as fast as the wall clock.

    It stands still until the first feed is requested.
    """

    def __init__(self, start: datetime, end: datetime, speed: float) -> None:
        self._from = start
        self._end = end
        self._speed = speed
        self._since: float | None = None

    @property
    def now(self) -> datetime:
        """The current time of the clock."""
        if self._since is None:
            return self._from
        passed = timedelta(seconds=(time.monotonic() - self._since) * self._speed)
        return min(self._from + passed, self._end)

    def go(self) -> None:
        """Start the clock if it does not run yet."""
        if self._since is None:
            self._since = time.monotonic()

    def move(self, to: datetime) -> None:
        """Set the clock; it keeps running, or stays stopped."""
        self._from = min(to, self._end)
        if self._since is not None:
            self._since = time.monotonic()
