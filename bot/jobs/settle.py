"""Settling messages: storing in the outbox what a platform's answer means for each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot.deliveries import Delivery
from bot.jobs import faults
from bot.jobs.faults import Fault
from bot.jobs.in_flight import STOP, Line
from bot.jobs.refusals import WINDOW, Loss
from bot.jobs.trouble import Tell
from bot.outcomes import Gone, Later, Moved, Outcome, Refused, Sent, Unknown
from bot.runtime.backoff import back_off
from bot.runtime.metrics import SENDS, WAITS
from bot.store import Store
from bot.store.fates import Retry

log = structlog.get_logger()

#: The wait after a first failure, which doubles with each that follows.
RETRY_FIRST = timedelta(seconds=5)
#: The longest wait after a failure.
RETRY_CAP = timedelta(minutes=5)
#: A message that fails for this long is given up, and the operator is told.
GIVE_UP = timedelta(days=3)
#: The fewest identical unknown refusals for which sending may be stopped.
ALIKE = 10
#: It is stopped if they are more than this share of the last outcomes.
SHARE = 0.2
#: If this many chats in a row are asked to wait, all are.
IN_A_ROW = 5
#: How often unreachable chats are considered for another try.
LOOK_EVERY = timedelta(seconds=10)
#: The command that retries messages that were given up.
_AGAIN = "smallprint outbox --retry"
#: Messages to the operator, in the language of the log: who refuses, and its reason.
_REFUSES_MANY = "{0} refuses {1} chats at once: “{2}”. Nothing is sent there for ten minutes."
_ASIDE = "An alert was put aside: “{0}”. It is tried when I start again, or by: " + _AGAIN
_REFUSES_ALL = "{0} refuses most messages: “{1}”. Nothing is sent there for ten minutes."


class Settler:
    """Settles the messages of one owner of leases. Every method raises StoreError.

    `trouble` tells the operator.
    """

    def __init__(self, store: Store, owner: str, trouble: Tell = lambda *_: None) -> None:
        self._store = store
        self._owner = owner
        self._trouble = trouble

    def settle(self, line: Line, now: datetime) -> None:
        """Store the outcomes of a line, sent messages first; on an error the rest is kept."""
        if line.alarm:
            self._put_back(line, now)
        sent = [(done, said.message_id) for done, said in line.unsettled if isinstance(said, Sent)]
        if sent:
            self._acknowledge(line, sent, now)
            line.unsettled.sort(key=lambda done: not isinstance(done[1], Sent))
            del line.unsettled[: len(sent)]
        for delivery, _ in sent:
            line.settled(delivery)
        while line.unsettled:
            delivery, outcome = line.unsettled[0]
            self._settle(line, delivery, outcome, now)
            if not isinstance(outcome, Sent):
                SENDS.labels(line.platform.name, type(outcome).__name__.casefold()).inc()
            del line.unsettled[0]
            line.settled(delivery)

    def fault(self, delivery: Delivery, fault: Fault, now: datetime) -> None:
        """Retry after a bug of ours. Later messages to the chat do not wait for it.

        A message that may have been posted keeps its rows, so that its key prevents a duplicate;
        but if it fails again, one alert in it may be the cause, so each becomes a message of its
        own.
        """
        # Alerts that were gathered with older ones have had fewer tries.
        if min(each.attempts for each in delivery.alerts) >= faults.TRIES:
            self._put_aside(delivery, fault.why, now)
            return
        again = Retry(
            now + faults.wait(delivery.attempts),
            fault.why,
            certain=not fault.posted,
            regroup=not fault.posted and delivery.uncertain is None,
            apart=fault.posted and delivery.attempts > 1,
        )
        self._retry(delivery, again, now)

    def _acknowledge(self, line: Line, sent: list[tuple[Delivery, str]], now: datetime) -> None:
        self._store.outbox.sent(sent, self._owner, now)
        SENDS.labels(line.platform.name, "sent").inc(len(sent))
        line.waits_in_a_row = 0
        line.last.extend("" for _ in sent)
        for delivery, _ in sent:
            line.refusals.arrived(delivery.chat_id, now)
        keys = [delivery.key for delivery, _ in sent]
        log.info("alerts.sent", platform=line.platform.name, alerts=keys)

    def _settle(
        self, line: Line, delivery: Delivery, outcome: Outcome | Fault, now: datetime
    ) -> None:
        store = self._store
        match outcome:
            case Sent(message_id):
                self._acknowledge(line, [(delivery, message_id)], now)
            case Later():
                self._later(line, delivery, outcome, now)
            case Unknown(why):
                self._alarm(line, why, now)
                self._later(line, delivery, Later(None, why), now, overtaken=True)
            case Moved(to):
                store.outbox.retry(delivery, self._owner, Retry(now, "the chat moved"), now)
                store.chats.move(delivery.address, to)
                log.info("chat.moved", platform=to.platform)
            case Gone():
                self._gone(line, delivery, outcome, now)
            case Refused(why):
                self._put_aside(delivery, why, now)
            case Fault():
                self.fault(delivery, outcome, now)
            case _:
                assert_never(outcome)

    def try_again(self, line: Line, now: datetime) -> None:
        """Try unreachable chats that are due for another try."""
        if line.look_at <= now or line.look_at > now + LOOK_EVERY:
            line.look_at = now + LOOK_EVERY
            if count := self._store.reach.try_again(line.platform.name, now):
                log.info("chats.tried_again", platform=line.platform.name, count=count)

    def _gone(self, line: Line, delivery: Delivery, gone: Gone, now: datetime) -> None:
        """Handle an unreachable chat: it is told later what it misses.

        If many are unreachable at once, none is believed: all wait, and the operator is told.
        """
        store, platform = self._store, line.platform.name
        again = Retry(now, gone.why, regroup=delivery.uncertain is None)
        store.outbox.retry(delivery, self._owner, again, now)
        if line.is_stopped(now):
            # It was in flight when sending was stopped, and is believed no more than the others.
            store.outbox.hold_back(delivery.address, line.stopped_until)
            return
        loss = Loss(gone.left)
        if not delivery.tries_again:
            loss = line.refusals.lost(delivery.chat_id, now, gone.left)
        if loss.is_alarm:
            line.stop(now)
            line.alarm = gone.why
        store.reach.lose([delivery.address], gone.why, now, loss.left)
        if loss.is_alarm:
            self._put_back(line, now)
        else:
            log.info("chat.unreachable", why=gone.why, platform=platform, left=loss.left)

    def _put_back(self, line: Line, now: datetime) -> None:
        """Restore the chats that were lost with many others; if that fails, try again next time."""
        platform, why = line.platform.name, line.alarm
        chats = self._store.reach.doubt(platform, now - WINDOW, now, line.stopped_until)
        words = _REFUSES_MANY.format(platform, chats, why)
        self._call("platform.refuses_many", words, now, platform=platform, why=why, chats=chats)
        line.alarm = ""

    def _later(
        self, line: Line, delivery: Delivery, outcome: Later, now: datetime, overtaken: bool = False
    ) -> None:
        """Retry a message, unless it has failed for days.

        A wait that the platform asked for applies to the chat, or to all.
        """
        if self._give_up(delivery, outcome.why, now):
            return
        wait = outcome.wait
        if wait is None:
            wait = back_off(RETRY_FIRST, delivery.attempts, RETRY_CAP)
        # A message without a key, or one that was certainly not posted, may be gathered with others
        # at the next try.
        unposted = outcome.certain and delivery.uncertain is None
        regroup = unposted or not line.platform.keyed
        again = Retry(now + wait, outcome.why, outcome.certain, regroup)
        self._retry(delivery, again, now)
        if outcome.wait is not None:
            self._heed(line, delivery, outcome, outcome.wait, now)
        elif not overtaken:
            # Later messages to the chat stay behind it; only a message that may itself be the
            # problem is overtaken.
            self._store.outbox.hold_back(delivery.address, again.due)

    def _retry(self, delivery: Delivery, again: Retry, now: datetime) -> None:
        self._store.outbox.retry(delivery, self._owner, again, now)
        log.warning(
            "alert.later",
            alert=delivery.key,
            why=again.why,
            attempts=delivery.attempts,
            certain=again.certain,
        )

    def _give_up(self, delivery: Delivery, why: str, now: datetime) -> bool:
        """Give a message up if it has failed for days; whether that was so."""
        if delivery.failing_since is None or now - delivery.failing_since <= GIVE_UP:
            return False
        self._put_aside(delivery, f"for {GIVE_UP.days} days: {why}", now)
        return True

    def _put_aside(self, delivery: Delivery, why: str, now: datetime) -> None:
        """Give a message up, until the bot restarts or an operator retries it."""
        self._store.outbox.give_up(delivery, self._owner, why)
        log.error("alert.put_aside", alert=delivery.key, why=why, then=_AGAIN)
        self._trouble(_ASIDE.format(why), now)

    def _heed(
        self, line: Line, delivery: Delivery, outcome: Later, wait: timedelta, now: datetime
    ) -> None:
        """Wait as the platform asked, for one chat or for all."""
        line.waits_in_a_row += 1
        is_for_one = not outcome.everyone and line.waits_in_a_row < IN_A_ROW
        WAITS.labels(line.platform.name, "chat" if is_for_one else "everyone").inc()
        if is_for_one:
            self._store.outbox.hold_back(delivery.address, now + wait)
            return
        line.waits_in_a_row = 0
        seconds = wait.total_seconds()
        line.platform.gate.hold(seconds)
        self._store.leases.hold_off(line.platform.name, now + wait)
        log.warning("platform.asks_to_wait", platform=line.platform.name, seconds=seconds)

    def _alarm(self, line: Line, why: str, now: datetime) -> None:
        """Record an unknown refusal; many identical ones stop sending for a while.

        They are never taken for chats that left.
        """
        line.last.append(why)
        alike = line.last.count(why)
        if alike < ALIKE or alike <= SHARE * len(line.last):
            return
        if line.is_stopped(now):
            return
        line.stop(now)
        line.last.clear()
        words = _REFUSES_ALL.format(line.platform.name, why)
        self._call("platform.alarm", words, now, platform=line.platform.name, why=why)

    def _call(self, event: str, words: str, now: datetime, **said: object) -> None:
        """Alert the operator that sending was stopped."""
        log.critical(event, stopped_for=STOP.total_seconds(), **said)
        self._trouble(words, now)
