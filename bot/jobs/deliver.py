"""Outbox in, chat out: word what is due, send it once, settle by what the platform answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import uuid4

import structlog

from bot.backoff import back_off
from bot.jobs import faults
from bot.jobs.faults import Fault
from bot.jobs.in_flight import LEASE, Done, Line
from bot.model import Delivery
from bot.platform import Body, Gone, Later, Moved, Outcome, Platform, Refused, Sent, Unknown
from bot.rate_limit import Lane
from bot.render.delivery import Worded, Words
from bot.store import Store, StoreError

log = structlog.get_logger()

RETRY_FIRST, RETRY_CAP = timedelta(seconds=5), timedelta(minutes=5)
#: A message that fails for so long is given up, aloud.
GIVE_UP = timedelta(days=3)
#: After this time a platform may have forgotten the key of an earlier try ("a few minutes", says Discord).
FORGOTTEN = timedelta(seconds=90)
#: Seconds between two looks at the outbox when nobody says that there is something new.
IDLE = 1.0
#: Where this many refusals that we do not know are alike, and more than this share of the last ones: stop, and call somebody.
ALIKE, SHARE, STOP = 10, 0.2, 600.0
#: So many chats in a row that are asked to wait are everybody.
IN_A_ROW = 5
#: Above so many messages a second answers are stored some at a time, collected for so many seconds.
FAST, TOGETHER = 100.0, 0.02
#: A clock that goes back by more seconds than this was set.
SET_BACK = 5.0


class Deliverer:
    """Claims, words, sends and settles; one for all platforms."""

    def __init__(
        self, store: Store, platforms: Sequence[Platform], words: Words, clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False, owner: str = "",
    ) -> None:  # fmt: skip
        self._store, self._words, self._clock, self._stopping = store, words, clock, stopping
        self.owner = owner or uuid4().hex
        self._lines = {platform.name: Line(platform) for platform in platforms}
        self._woken = asyncio.Event()
        self._clocks = (clock(), time.monotonic())

    async def deliver_due(self) -> None:
        """Send what is due on every platform that is up, until nothing is; one being down does not stop the other."""
        await asyncio.gather(*(self._drain(line) for line in self._lines.values()))

    async def run(self, platform: str) -> None:
        """Send on one platform until cancelled or stopping; a database that fails is asked again."""
        line = self._lines[platform]
        while not self._stopping():
            self._woken.clear()
            try:
                await self._watch_clock()
                await self._drain(line)
            except StoreError as error:
                log.error("deliver.failed", platform=platform, why=str(error))
            try:
                await asyncio.wait_for(
                    self._woken.wait(), IDLE if line.platform.ready else IDLE / 20
                )
            except TimeoutError:
                continue

    async def recover(self, platform: str) -> int:
        """When sending begins here: store what we still know, and take over what others left; how many messages."""
        await self._exchange(self._lines[platform], 0)
        return await asyncio.to_thread(
            self._store.outbox.release, self._clock(), platform, self.owner
        )

    def wake(self) -> None:
        """Something was queued."""
        self._woken.set()

    # -- one platform

    async def _drain(self, line: Line) -> None:
        """Keep a window of messages in flight until nothing is due. What was answered is settled before more is
        claimed: where an answer cannot be stored, nothing more is sent."""
        while True:
            open_ = line.platform.ready and not self._stopping()
            claimed = await self._exchange(line, line.room() if open_ else 0)
            for delivery, worded in claimed:
                line.occupied.add(delivery.chat_id)
                line.flight[asyncio.create_task(self._send(line, delivery, worded))] = delivery
            if line.flight:
                done, _ = await asyncio.wait(line.flight, return_when=asyncio.FIRST_COMPLETED)
                if line.platform.gate.per_second > FAST:
                    await asyncio.sleep(TOGETHER)
                    done = {task for task in line.flight if task.done()}
                for task in done:
                    line.landed(line.flight.pop(task))
                    line.unsettled.append(task.result())
            elif open_ and (wait := line.soonest()) is not None:
                await asyncio.sleep(min(max(wait, 0.01), IDLE))
            elif not line.unsettled:
                return

    async def _exchange(self, line: Line, room: int) -> list[tuple[Delivery, Worded]]:
        """Settle what was answered and claim as much again, in one visit to the database's thread."""
        return await asyncio.to_thread(self._settle_and_claim, line, room, line.busy())

    def _settle_and_claim(
        self, line: Line, room: int, busy: set[int]
    ) -> list[tuple[Delivery, Worded]]:
        now = self._clock()
        sent = [(d, o.message_id) for d, o in line.unsettled if isinstance(o, Sent)]
        if sent:
            self._acknowledge(line, sent, now)
        line.unsettled.sort(key=lambda done: not isinstance(done[1], Sent))
        for settled in sent:
            line.settled(settled[0])
        del line.unsettled[: len(sent)]
        while line.unsettled:
            self._settle(line, *line.unsettled[0], now)
            line.settled(line.unsettled.pop(0)[0])
        if not room:
            return []
        while not self._stopping():
            claimed = self._store.outbox.claim(
                line.platform.name, self.owner, now, LEASE, room, busy
            )
            worded = [found for delivery in claimed if (found := self._word(line, delivery, now))]
            if worded or not claimed:
                return worded
            # None of these could be worded; what is due behind them does not wait for it.
        return []

    def _word(
        self, line: Line, delivery: Delivery, now: datetime
    ) -> tuple[Delivery, Worded] | None:
        """What can be said of a delivery now; an alert that cannot be worded waits, and the others of its message go."""
        try:
            return delivery, self._words.of(delivery, line.platform, now)
        except Exception as error:
            log.exception("alert.unworded", alert=delivery.key)
            fault = Fault.of(error, posted=False)
        if delivery.uncertain is not None:
            # It may have been posted with all of its alerts: only whole, under its key, can it come once.
            self._fault(delivery, fault, now)
            return None
        good, bad = self._words.parted(delivery, line.platform, now)
        if bad:
            self._fault(replace(delivery, alerts=bad), fault, now)
        elif len(good) > 1:
            # Each can be said, but not all of them together: one now, and the next when this one was sent.
            rest = replace(delivery, alerts=good[1:])
            self._store.outbox.retry(rest, self.owner, now, fault.why, now, regroup=True)
            good = good[:1]
        # How long the others have failed says nothing about these.
        return (
            self._word(line, replace(delivery, alerts=good, failing_since=None), now)
            if good
            else None
        )

    async def _send(self, line: Line, delivery: Delivery, worded: Worded) -> Done:
        platform = line.platform
        try:
            await platform.gate.enter(Lane(delivery.address.chat))
            if not platform.ready:
                return delivery, Later(None, "the platform is down")
            line.posted[delivery.key] = time.monotonic()
            outcome = await self._try(platform, delivery, worded.body())
            if isinstance(outcome, Refused) and not delivery.publishes:
                log.error(
                    "alert.refused", alert=delivery.key, why=outcome.why, then="in plain text"
                )
                await platform.gate.enter(Lane(delivery.address.chat))
                outcome = await self._try(platform, delivery, worded.body(plain=True))
        except Exception as error:
            log.exception("alert.failed", alert=delivery.key)
            return delivery, Fault.of(error, posted=True)
        return delivery, outcome

    async def _try(self, platform: Platform, delivery: Delivery, body: Body) -> Outcome:
        if delivery.publishes:
            return await self._publish(platform, delivery)
        look = delivery.uncertain is not None and self._clock() - delivery.uncertain > FORGOTTEN
        return await platform.send(
            delivery.address, body, delivery.key, delivery.reply_to, look and platform.keyed
        )

    async def _publish(self, platform: Platform, delivery: Delivery) -> Outcome:
        """Publishing has a limit of its own, of an hour: who must wait for it leaves the line."""
        lane = Lane(delivery.address.chat, publishing=True)
        if (wait := platform.gate.free_in(lane)) > 0:
            return Later(timedelta(seconds=wait), "published enough for this hour")
        await platform.gate.enter(lane)
        return await platform.publish(delivery.address, delivery.publishes)

    # -- what the platform said

    def _acknowledge(self, line: Line, sent: list[tuple[Delivery, str]], now: datetime) -> None:
        self._store.outbox.sent(sent, self.owner, now)
        line.waits_in_a_row = 0
        line.last.extend("" for _ in sent)
        log.info(
            "alerts.sent",
            platform=line.platform.name,
            alerts=[delivery.key for delivery, _ in sent],
        )

    def _settle(
        self, line: Line, delivery: Delivery, outcome: Outcome | Fault, now: datetime
    ) -> None:
        store, owner = self._store, self.owner
        match outcome:
            case Sent(message_id):
                self._acknowledge(line, [(delivery, message_id)], now)
            case Later():
                self._later(line, delivery, outcome, now)
            case Unknown(why):
                self._alarm(line, why)
                self._later(line, delivery, Later(None, why), now, overtaken=True)
            case Moved(to):
                store.outbox.retry(delivery, owner, now, "the chat moved", now)
                store.chats.move(delivery.address, to)
                log.info("chat.moved", platform=to.platform)
            case Gone(why):
                store.chats.pause(delivery.address, why)
                log.info("chat.paused", why=why, platform=line.platform.name)
            case Refused(why):
                store.outbox.give_up(delivery, owner, why)
                log.error(
                    "alert.buried",
                    alert=delivery.key,
                    why=why,
                    then="smallprint outbox --retry, after a fix",
                )
            case Fault():
                self._fault(delivery, outcome, now)
            case _:
                assert_never(outcome)

    def _later(
        self, line: Line, delivery: Delivery, outcome: Later, now: datetime, overtaken: bool = False
    ) -> None:
        """Try again, unless it has failed for days. A wait that the platform asked for is kept for the chat, or for all."""
        if self._give_up(delivery, outcome.why, now):
            return
        due = now + (
            outcome.wait
            if outcome.wait is not None
            else back_off(RETRY_FIRST, delivery.attempts, RETRY_CAP)
        )
        # A message without a key, or one that was surely not posted, may be gathered with others at the next try.
        regroup = not line.platform.keyed or (outcome.certain and delivery.uncertain is None)
        self._store.outbox.retry(
            delivery, self.owner, due, outcome.why, now, outcome.certain, regroup
        )
        log.warning(
            "alert.later",
            alert=delivery.key,
            why=outcome.why,
            attempts=delivery.attempts,
            certain=outcome.certain,
        )
        if outcome.wait is not None:
            self._heed(line, delivery, outcome, outcome.wait, now)
        elif not overtaken:
            # What came later for the chat stays behind it; only a message that may itself be the trouble is overtaken.
            self._store.outbox.hold_back(delivery.address, due)

    def _fault(self, delivery: Delivery, fault: Fault, now: datetime) -> None:
        """Try again after an error of ours. What comes later for the chat does not wait for it.

        What may have been posted stays as it is, so that its key can keep it from coming twice; but a message that
        fails again may do so for one alert in it, so each goes its own way.
        """
        if self._give_up(delivery, fault.why, now):
            return
        due = now + faults.wait(delivery.attempts)
        apart = fault.posted and delivery.attempts > 1
        regroup = not fault.posted and delivery.uncertain is None
        again = {"certain": not fault.posted, "regroup": regroup, "apart": apart}
        self._store.outbox.retry(delivery, self.owner, due, fault.why, now, **again)
        log.warning(
            "alert.later",
            alert=delivery.key,
            why=fault.why,
            attempts=delivery.attempts,
            certain=not fault.posted,
        )

    def _give_up(self, delivery: Delivery, why: str, now: datetime) -> bool:
        """Whether a message has failed for days; then it is buried."""
        if delivery.failing_since is None or now - delivery.failing_since <= GIVE_UP:
            return False
        self._store.outbox.give_up(
            delivery, self.owner, f"given up after {GIVE_UP.days} days: {why}"
        )
        log.error("alert.given_up", alert=delivery.key, why=why)
        return True

    def _heed(
        self, line: Line, delivery: Delivery, outcome: Later, wait: timedelta, now: datetime
    ) -> None:
        line.waits_in_a_row += 1
        if outcome.everyone or line.waits_in_a_row >= IN_A_ROW:
            line.waits_in_a_row = 0
            line.platform.gate.hold(wait.total_seconds())
            self._store.leases.hold_off(line.platform.name, now + wait)
            log.warning(
                "platform.asks_to_wait", platform=line.platform.name, seconds=wait.total_seconds()
            )
        else:
            self._store.outbox.hold_back(delivery.address, now + wait)

    def _alarm(self, line: Line, why: str) -> None:
        """Refusals that we do not know are never taken for chats that left; many alike stop the line for a while."""
        line.last.append(why)
        alike = line.last.count(why)
        if (
            alike >= ALIKE
            and alike > SHARE * len(line.last)
            and time.monotonic() > line.stopped_until
        ):
            line.stopped_until = time.monotonic() + STOP
            line.last.clear()
            log.critical("platform.alarm", platform=line.platform.name, why=why, stopped_for=STOP)

    async def _watch_clock(self) -> None:
        """When somebody sets the clock back, what waits must not wait longer for it."""
        (wall, mono), now = self._clocks, (self._clock(), time.monotonic())
        self._clocks = now
        back = (now[1] - mono) - (now[0] - wall).total_seconds()
        if back > SET_BACK:
            log.warning("clock.set_back", seconds=round(back))
            await asyncio.to_thread(self._store.outbox.set_back, timedelta(seconds=back), now[0])
