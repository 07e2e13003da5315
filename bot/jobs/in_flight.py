"""The sending state of one platform: messages in flight, and chats that must wait."""

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

#: How long claimed messages are ours.
LEASE = timedelta(minutes=2)
#: How long sending is stopped when something is wrong with the whole platform.
STOP = timedelta(minutes=10)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
#: The most messages in flight at once, however fast and far away the platform is.
MOST_IN_FLIGHT = 128
#: How many of the last messages show how the platform is doing.
LAST = 50
#: A round trip counts as this at most; a longer one is an outage.
LONGEST_TRIP_SECONDS = 5.0
#: The weight of one round trip in the moving average.
SHARE_OF_LAST = 0.2

#: A message, and the outcome of sending it.
Done = tuple[Delivery, Outcome | Fault]


@dataclass
class Line:
    """The sending state of one platform. Moments are seconds of the monotonic clock."""

    platform: Platform
    #: The chats that this process sends to.
    shards: Shards = ALL
    #: Held while a thread settles and claims, and to settle when a shard is taken over.
    exchanging: asyncio.Lock = field(default_factory=asyncio.Lock)
    flight: dict[asyncio.Task[Done], Delivery] = field(default_factory=dict)
    #: Messages that were answered, but whose outcome is not stored yet.
    unsettled: list[Done] = field(default_factory=list)
    #: When messages were posted, by key.
    posted: dict[str, float] = field(default_factory=dict)
    #: Chats that have a message in flight, or that may not be sent to yet.
    occupied: set[int] = field(default_factory=set)
    #: A heap of the latter, each with the moment from which it may.
    resting: list[tuple[float, int]] = field(default_factory=list)
    #: The outcomes of the last messages: "" if it arrived, otherwise the refusal.
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST))
    #: When we began to send, and the chats whose earlier messages have been looked up.
    began: float = field(default_factory=time.monotonic)
    recalled: set[int] = field(default_factory=set)
    waits_in_a_row: int = 0
    stopped_until: datetime = LONG_AGO
    refusals: Refusals = field(default_factory=Refusals)
    #: The platform's reason for chats that were lost with many others, until they are restored.
    alarm: str = ""
    #: When unreachable chats are tried again.
    look_at: datetime = LONG_AGO
    #: Moving averages in seconds: from a post to its settlement, and of a claim.
    round_trip: float = 0.1
    claiming: float = 0.0

    def stop(self, now: datetime) -> None:
        """Stop sending for a while: something is wrong with the whole platform."""
        self.stopped_until = now + STOP

    def is_stopped(self, now: datetime) -> bool:
        """Whether sending is stopped; a clock that was set back does not prolong it."""
        return now < self.stopped_until <= now + STOP

    def room(self, now: datetime) -> int:
        """How many more messages to claim: just enough to keep the platform busy.

        That is those on a round trip, one that waits at the gate, and one that is being claimed
        meanwhile; so a crash repeats few.
        """
        if self.is_stopped(now) or not self.shards.held:
            return 0
        # Claimed messages must be sent within their lease, so none are claimed for a gate that
        # stays shut.
        if self.platform.gate.held_for > LEASE.total_seconds() / 4:
            return 0
        window = ceil(self.platform.gate.per_second * (self.round_trip + self.claiming)) + 2
        return max(min(window, MOST_IN_FLIGHT) - len(self.flight), 0)

    def is_busy_with(self, shard: int) -> bool:
        """Whether a message to a shard is in flight, or answered but not stored yet."""
        one = Shards(self.shards.count, frozenset({shard}))
        under_way = [*self.flight.values(), *(delivery for delivery, _ in self.unsettled)]
        return any(one.has(delivery.chat_id) for delivery in under_way)

    def settled(self, delivery: Delivery) -> None:
        """Note that an outcome is stored, which measures the round trip."""
        began = self.posted.pop(delivery.key, None)
        if began is None:
            return
        seconds = min(time.monotonic() - began, LONGEST_TRIP_SECONDS)
        self.round_trip += SHARE_OF_LAST * (seconds - self.round_trip)

    def claimed(self, seconds: float) -> None:
        """Note the duration of a claim: the messages of that time are claimed with the next."""
        self.claiming += SHARE_OF_LAST * (seconds - self.claiming)

    def landed(self, delivery: Delivery) -> None:
        """Note that a message was answered; its chat then rests for as long as the gate says."""
        wait = self.platform.gate.free_in(Lane(delivery.address.chat))
        heapq.heappush(self.resting, (time.monotonic() + wait, delivery.chat_id))

    def busy(self) -> set[int]:
        """The chats to skip now."""
        now = time.monotonic()
        while self.resting and self.resting[0][0] <= now:
            self.occupied.discard(heapq.heappop(self.resting)[1])
        return set(self.occupied)

    def soonest(self) -> float | None:
        """Seconds until the first of the resting chats may be sent to; None if there is none."""
        if not self.resting:
            return None
        return max(self.resting[0][0] - time.monotonic(), 0.0)
