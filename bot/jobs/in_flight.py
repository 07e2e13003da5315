"""What is under way on one platform: messages in flight, and chats that rest."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil

from bot.deliveries import Delivery
from bot.jobs.faults import Fault
from bot.jobs.refusals import Refusals
from bot.outcomes import Outcome
from bot.platform import Platform
from bot.rate_limit import Lane
from bot.shards import ALL, Shards

#: What is claimed is ours for so long.
LEASE = timedelta(minutes=2)
#: For so long a line is stopped where something is wrong with all of it, and somebody is called.
STOP = timedelta(minutes=10)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
#: Messages in flight at once, however fast and far the platform is.
MOST_IN_FLIGHT = 128
#: So many of the last messages say how the platform fares.
LAST = 50
#: A round trip counts as this at most: what takes longer is an outage.
LONGEST_TRIP_SECONDS = 5.0
#: How much one round trip counts against those before.
SHARE_OF_LAST = 0.2

#: A message, and what became of it.
Done = tuple[Delivery, Outcome | Fault]


@dataclass
class Line:
    """What is under way on one platform. Moments are seconds of the monotonic clock."""

    platform: Platform
    #: The chats that this process sends to.
    shards: Shards = ALL
    #: Held while a thread settles and claims: who takes a shard over settles as well.
    exchanging: asyncio.Lock = field(default_factory=asyncio.Lock)
    flight: dict[asyncio.Task[Done], Delivery] = field(default_factory=dict)
    #: What was answered and is not yet written.
    unsettled: list[Done] = field(default_factory=list)
    #: When messages were posted, by key.
    posted: dict[str, float] = field(default_factory=dict)
    #: Chats that have a message in flight, or that may not be told again yet.
    occupied: set[int] = field(default_factory=set)
    #: A heap of the latter, with the moment from which they may.
    resting: list[tuple[float, int]] = field(default_factory=list)
    #: What the last messages met with: "" those that arrived, the refusal the others.
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST))
    #: When we began to send, and the chats of which we know what was sent to them before.
    began: float = field(default_factory=time.monotonic)
    recalled: set[int] = field(default_factory=set)
    waits_in_a_row: int = 0
    stopped_until: datetime = LONG_AGO
    refusals: Refusals = field(default_factory=Refusals)
    #: What was said of chats that were lost with many others, until they are put back.
    alarm: str = ""
    #: When chats that could not be reached are looked at again.
    look_at: datetime = LONG_AGO
    #: Seconds from a post to its settlement, and of a claim, lately.
    round_trip: float = 0.1
    claiming: float = 0.0

    def stop(self, now: datetime) -> None:
        """Send nothing for a while: something is wrong with all of it."""
        self.stopped_until = now + STOP

    def is_stopped(self, now: datetime) -> bool:
        """Whether nothing is sent now; a clock that was set back does not make it longer."""
        return now < self.stopped_until <= now + STOP

    def room(self, now: datetime) -> int:
        """How many more may be claimed: just enough to keep the platform busy.

        Those under way, one that waits at the gate, and one that is being claimed meanwhile; so a
        crash repeats few.
        """
        if self.is_stopped(now) or not self.shards.held:
            return 0
        # What is claimed must be sent within its lease, so nothing is claimed for a gate that stays
        # shut.
        if self.platform.gate.held_for > LEASE.total_seconds() / 4:
            return 0
        window = ceil(self.platform.gate.per_second * (self.round_trip + self.claiming)) + 2
        return max(min(window, MOST_IN_FLIGHT) - len(self.flight), 0)

    def is_busy_with(self, shard: int) -> bool:
        """Whether something for a shard is on its way, or answered and not yet written."""
        one = Shards(self.shards.count, frozenset({shard}))
        under_way = [*self.flight.values(), *(delivery for delivery, _ in self.unsettled)]
        return any(one.has(delivery.chat_id) for delivery in under_way)

    def settled(self, delivery: Delivery) -> None:
        """What became of a message is written: it says how long a round trip takes."""
        began = self.posted.pop(delivery.key, None)
        if began is None:
            return
        seconds = min(time.monotonic() - began, LONGEST_TRIP_SECONDS)
        self.round_trip += SHARE_OF_LAST * (seconds - self.round_trip)

    def claimed(self, seconds: float) -> None:
        """A claim took so long: the messages of that time are claimed with the next."""
        self.claiming += SHARE_OF_LAST * (seconds - self.claiming)

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
        if not self.resting:
            return None
        return max(self.resting[0][0] - time.monotonic(), 0.0)
