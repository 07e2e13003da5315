"""Rolling windows, without a burst and without mercy: stricter than the platforms, who publish numbers and no algorithm."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass
class Rolling:
    """So many in any span of so many seconds, for each key."""

    count: int
    seconds: float
    _times: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def wait(self, key: str = "") -> float:
        """Seconds until one more fits; 0 where it does now."""
        times, now = self._times[key], time.monotonic()
        while times and times[0] <= now - self.seconds:
            times.popleft()
        return max(times[0] + self.seconds - now, 0.001) if len(times) >= self.count else 0.0

    def take(self, key: str = "") -> None:
        self._times[key].append(time.monotonic())


@dataclass
class Blocks:
    """Who was told to wait, and who asked all the same."""

    #: What was on its way when a block began could not know of it.
    on_its_way: float = 0.1
    broken: int = 0
    _since: dict[str, tuple[float, float]] = field(default_factory=dict)

    def begin(self, key: str, seconds: float) -> None:
        now = time.monotonic()
        self._since[key] = now, now + seconds

    def left(self, *keys: str) -> float:
        """Seconds that are left of the longest block; counts a request that comes during one."""
        now = time.monotonic()
        begun = [self._since[key] for key in keys if key in self._since]
        running = [(since, until - now) for since, until in begun if until > now]
        # The last few milliseconds belong to the difference between two clocks.
        self.broken += any(left > 0.05 and now - since > self.on_its_way for since, left in running)
        return max((left for _, left in running), default=0.0)
