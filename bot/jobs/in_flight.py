"""What is under way on one platform: messages in flight, chats that rest, and how the last ones fared."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from bot.jobs.faults import Fault
from bot.model import Delivery
from bot.platform import Outcome, Platform
from bot.rate_limit import Lane

#: What is claimed is ours for so long.
LEASE = timedelta(minutes=2)
#: Messages in flight at once, however fast and far the platform is.
MOST_IN_FLIGHT = 128
#: So many of the last messages say how the platform fares.
LAST = 50

Done = tuple[Delivery, Outcome | Fault]


@dataclass
class Line:
    """What is under way on one platform."""

    platform: Platform
    flight: dict[asyncio.Task[Done], Delivery] = field(default_factory=dict)
    unsettled: list[Done] = field(default_factory=list)
    posted: dict[str, float] = field(default_factory=dict)
    #: Chats that have a message in flight, or that may not be told again yet, with the moment from which they may.
    occupied: set[int] = field(default_factory=set)
    resting: list[tuple[float, int]] = field(default_factory=list)
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST))
    waits_in_a_row: int = 0
    stopped_until: float = 0.0
    #: Seconds from a post to its settlement, lately.
    round_trip: float = 0.1

    def room(self) -> int:
        """How many more may be claimed: just enough to keep the platform busy, so that a crash repeats few.

        Those under way, one that waits at the gate, and one that is being claimed meanwhile.
        """
        window = min(ceil(self.platform.gate.per_second * self.round_trip) + 2, MOST_IN_FLIGHT)
        # What is claimed must be sent within its lease, so nothing is claimed for a gate that stays shut.
        shut = (
            self.platform.gate.held_for > LEASE.total_seconds() / 4
            or time.monotonic() < self.stopped_until
        )
        return 0 if shut else max(window - len(self.flight), 0)

    def settled(self, delivery: Delivery) -> None:
        if began := self.posted.pop(delivery.key, None):
            self.round_trip += 0.2 * (min(time.monotonic() - began, 5.0) - self.round_trip)

    def landed(self, delivery: Delivery) -> None:
        """A message is no longer in flight; its chat rests for as long as the gate says."""
        wait = self.platform.gate.free_in(Lane(delivery.address.chat))
        heapq.heappush(self.resting, (time.monotonic() + wait, delivery.chat_id))

    def busy(self) -> set[int]:
        """Chats to pass over now."""
        now = time.monotonic()
        while self.resting and self.resting[0][0] <= now:
            self.occupied.discard(heapq.heappop(self.resting)[1])
        return set(self.occupied)

    def soonest(self) -> float | None:
        """Seconds until one of the resting chats may be told again."""
        return max(self.resting[0][0] - time.monotonic(), 0.0) if self.resting else None
