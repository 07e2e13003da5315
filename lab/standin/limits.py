"""Rate limits as rolling windows without a burst.

They are stricter than the platforms', which publish numbers and no algorithm.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

#: The end of a block that is not counted, because two clocks differ.
CLOCKS_DIFFER_SECONDS = 0.05
#: The shortest wait that is asked for.
LEAST_WAIT_SECONDS = 0.001


@dataclass
class Rolling:
    """A limit of `count` in any `seconds`, for each key."""

    count: int
    seconds: float
    _times: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def wait(self, key: str = "") -> float:
        """Seconds until one more fits; 0 if it does now."""
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
    """Callers that were told to wait, and a count of calls during a wait."""

    #: Calls under way for this long when a block began could not know about it.
    on_its_way: float = 0.1
    broken: int = 0
    _since: dict[str, tuple[float, float]] = field(default_factory=dict)

    def begin(self, key: str, seconds: float) -> None:
        """Begin a block of a key."""
        now = time.monotonic()
        self._since[key] = now, now + seconds

    def left(self, *keys: str) -> float:
        """Remaining seconds of the longest block; counts a request that comes during one."""
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
