"""Rate limits on the monotonic clock: for messages of a bot token, and for requests of a person."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

#: A rate limit: (messages, seconds).
Window = tuple[int, float]


class Lane(NamedTuple):
    """The scope of a rate limit: messages to one chat, or the publishing of those posted in it."""

    chat: str
    publishing: bool = False


#: The most time by which a late wake-up is made up for, so that pauses of the event loop cause no
#: bursts.
SLACK_SECONDS = 0.006
#: The shortest sleep between messages at a fast pace: well below the slack, which makes up for it.
NAP_SECONDS = SLACK_SECONDS / 2
#: A margin on the windows of one chat, for the time a message takes to reach the platform.
MARGIN_SECONDS = 0.05
#: How long alerts wait at a shut gate before they check again whether an answer has come.
LOOK_AGAIN_SECONDS = 0.25
#: The most lanes whose last messages are remembered; beyond it, lanes that are free are forgotten.
LANES_KEPT = 10_000
#: Answers that may wait in one lane; any more are dropped.
CROWD = 5
#: Discord bans an IP address after 10,000 invalid requests in ten minutes; from this many on, only
#: answers pass.
INVALID: Window = (1000, 600.0)


class CrowdedError(Exception):
    """Too many answers wait for this chat already."""


class Gate:
    """The rate limiter of one bot token: answers first, evenly, and each lane within its windows.

    `per_second` is the token's own limit; `windows` gives the further limits of a lane.
    """

    def __init__(
        self, per_second: float, windows: Callable[[Lane], tuple[Window, ...]] = lambda _: ()
    ) -> None:
        self._full = per_second
        self._pace(per_second)
        self._windows = windows
        self._free_at = 0.0
        self._shut_until = 0.0
        self._queue: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._count = itertools.count()
        self._pump: asyncio.Task[None] | None = None
        self._passed: dict[Lane, deque[float]] = {}
        self._crowd: dict[Lane, int] = {}
        self._invalid: deque[float] = deque()

    def take_share(self, part: float) -> None:
        """Use only this part of the token's rate from now on; another process has the rest."""
        self._pace(self._full * part)

    def _pace(self, per_second: float) -> None:
        self.per_second = per_second
        self._gap = 1 / per_second
        #: At a fast pace some pass together, as a wake-up for each costs more than sending it.
        self._nap = NAP_SECONDS if self._gap < NAP_SECONDS else 0.0

    async def enter(self, lane: Lane, first: bool = False) -> None:
        """Wait for a turn; `first` is for answers.

        Raises CrowdedError for an answer if too many already wait in the lane.
        """
        if first:
            waiting = self._crowd.get(lane, 0)
            if waiting >= CROWD:
                raise CrowdedError
            self._crowd[lane] = waiting + 1
        try:
            # A time is waited for, not an event.
            while (wait := self.free_in(lane)) > 0:  # noqa: ASYNC110
                await asyncio.sleep(wait)
            self._pass(lane)
            await self._turn(first)
        finally:
            if first:
                self._leave(lane)

    def _leave(self, lane: Lane) -> None:
        left = self._crowd.pop(lane) - 1
        if left:
            self._crowd[lane] = left

    def free_in(self, lane: Lane) -> float:
        """Seconds until the lane's own windows let a message pass; 0 if they do now."""
        times = self._passed.get(lane)
        if not times:
            return 0.0
        now = time.monotonic()
        wait = 0.0
        for count, seconds in self._windows(lane):
            if len(times) >= count:
                wait = max(wait, times[-count] + seconds + MARGIN_SECONDS - now)
        return wait

    def longest(self, lane: Lane) -> float:
        """Seconds of the longest window of a lane; 0 if it has none."""
        return max((seconds for _count, seconds in self._windows(lane)), default=0.0)

    def recall(self, lane: Lane, ages: Sequence[float]) -> None:
        """Count messages that another process sent in a lane, so many seconds ago each."""
        if not ages or not self._windows(lane):
            return
        most = max(count for count, _ in self._windows(lane))
        now = time.monotonic()
        known = self._passed.get(lane, ())
        times = sorted([*(now - age for age in ages), *known])
        self._passed[lane] = deque(times, maxlen=most)

    def hold(self, seconds: float) -> None:
        """Let nothing pass for some seconds: the platform asked the whole token to wait."""
        self._free_at = max(self._free_at, time.monotonic() + seconds)

    @property
    def held_for(self) -> float:
        """Seconds for which `hold` lets nothing pass; 0 if only the even pace delays messages."""
        return max(0.0, self._free_at - time.monotonic() - self._gap)

    def invalid(self) -> bool:
        """Count an error that the platform counts against us as an invalid request.

        True if this shuts the gate to alerts.
        """
        now = time.monotonic()
        self._invalid.append(now)
        most, seconds = INVALID
        while self._invalid and self._invalid[0] < now - seconds:
            self._invalid.popleft()
        if len(self._invalid) < most or self._shut_until > now:
            return False
        self._shut_until = self._invalid[0] + seconds
        return True

    async def _turn(self, first: bool) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (not first, next(self._count), turn))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._let_pass())
        await turn

    async def _let_pass(self) -> None:
        while self._queue:
            now = time.monotonic()
            wait = self._free_at - now
            is_alert = self._queue[0][0]
            if is_alert:  # an answer that comes meanwhile must not wait for the gate to open
                wait = max(wait, min(self._shut_until - now, LOOK_AGAIN_SECONDS))
            if wait > 0:
                await asyncio.sleep(max(wait, self._nap))
                continue
            turn = heapq.heappop(self._queue)[2]
            if not turn.done():
                self._free_at = max(self._free_at, now - SLACK_SECONDS) + self._gap
                turn.set_result(None)

    def _pass(self, lane: Lane) -> None:
        most = max((count for count, _ in self._windows(lane)), default=0)
        if most:
            self._passed.setdefault(lane, deque(maxlen=most)).append(time.monotonic())
        if len(self._passed) > LANES_KEPT:
            busy = {each: times for each, times in self._passed.items() if self.free_in(each) > 0}
            self._passed = busy


# -- requests

#: Requests that one person may make at once.
BURST = 20
#: Seconds until one more is allowed.
EVERY_SECONDS = 1.0
#: People that are remembered; the one who was silent for longest is forgotten first.
PEOPLE_KEPT = 20_000

#: A person over the limit is told so at most once in so many seconds.
QUIET_SECONDS = 30.0


class Flood:
    """The limit on the requests of one person, as a generic cell rate algorithm (GCRA)."""

    def __init__(self, burst: int = BURST) -> None:
        self._burst = burst
        self._until: OrderedDict[str, float] = OrderedDict()
        self._told: OrderedDict[str, float] = OrderedDict()

    def takes(self, person: str) -> bool:
        """Count a request of a person; whether it is within the limit."""
        now = time.monotonic()
        before = max(self._until.pop(person, now), now)
        after = before + EVERY_SECONDS
        is_taken = after - now <= self._burst * EVERY_SECONDS
        _keep(self._until, person, after if is_taken else before)
        return is_taken

    def tells(self, person: str) -> bool:
        """Whether to tell a person over the limit now: once, until they were silent for a while."""
        now = time.monotonic()
        last = self._told.pop(person, -QUIET_SECONDS)
        is_new = now - last >= QUIET_SECONDS
        _keep(self._told, person, now if is_new else last)
        return is_new


def _keep(times: OrderedDict[str, float], person: str, moment: float) -> None:
    times[person] = moment
    if len(times) > PEOPLE_KEPT:
        times.popitem(last=False)
