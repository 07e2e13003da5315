"""Rate limits as rolling windows without a burst.

They are stricter than the platforms', who publish numbers and no algorithm.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

#: The end of a block that is not counted: it belongs to the difference between two clocks.
CLOCKS_DIFFER_SECONDS = 0.05
#: Nobody is asked to wait for less.
LEAST_WAIT_SECONDS = 0.001


@dataclass
class Rolling:
    """So many in any span of so many seconds, for each key."""

    count: int
    seconds: float
    _times: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def wait(self, key: str = "") -> float:
        """Seconds until one more fits; 0 where it does now."""
        times = self._times[key]
        now = time.monotonic()
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if len(times) < self.count:
            return 0.0
        return max(times[0] + self.seconds - now, LEAST_WAIT_SECONDS)

    def take(self, key: str = "") -> None:
        """Count one more."""
        self._times[key].append(time.monotonic())


@dataclass
class Blocks:
    """Who was told to wait, and who asked all the same."""

    #: What was on its way when a block began could not know of it.
    on_its_way: float = 0.1
    broken: int = 0
    _since: dict[str, tuple[float, float]] = field(default_factory=dict)

    def begin(self, key: str, seconds: float) -> None:
        """Somebody is told to wait."""
        now = time.monotonic()
        self._since[key] = now, now + seconds

    def left(self, *keys: str) -> float:
        """Seconds that are left of the longest block; counts a request that comes during one."""
        now = time.monotonic()
        longest = 0.0
        is_broken = False
        for key in keys:
            since, until = self._since.get(key, (now, now))
            left = until - now
            longest = max(longest, left)
            if left > CLOCKS_DIFFER_SECONDS and now - since > self.on_its_way:
                is_broken = True
        self.broken += is_broken
        return longest
