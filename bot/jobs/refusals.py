"""Refusals: detecting that suspiciously many chats have become unreachable at once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.outcomes import are_too_many

#: The time over which refusals are counted.
WINDOW = timedelta(minutes=10)
#: The most chats that are remembered; at a fast pace these are the last minute's.
REMEMBERED = 20_000
#: How long after an alarm refusals are suspicious, or the platform is known to be right.
SUSPICION = timedelta(hours=1)
#: How long doubted chats are remembered.
REMEMBERED_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Loss:
    """The judgement on a refusal: whether the bot really was removed; whether it is an alarm."""

    left: bool = False
    is_alarm: bool = False


class Refusals:
    """The recent refusals and arrivals in the chats of one platform."""

    def __init__(self) -> None:
        self._tried: OrderedDict[int, datetime] = OrderedDict()
        self._lost: set[int] = set()
        #: Chats whose removal of the bot is doubted, since when.
        self._doubted: dict[int, datetime] = {}
        self._alarmed: datetime | None = None
        self._last_arrival: datetime | None = None

    def arrived(self, chat: int, now: datetime) -> None:
        """Note that a message arrived in a chat."""
        self._last_arrival = now
        self._doubted.pop(chat, None)
        self._try(chat, now)

    def _try(self, chat: int, now: datetime) -> None:
        self._tried[chat] = now
        self._tried.move_to_end(chat)
        self._lost.discard(chat)
        if len(self._tried) > REMEMBERED:
            self._forget_oldest()

    def lost(self, chat: int, now: datetime, left: bool) -> Loss:
        """Judge a refusal: a chat is unreachable or, if `left`, removed the bot.

        Many at once are an alarm. Those chats, and for a while all that follow, only count as
        unreachable: they are tried again, and a day later a removal is believed.
        """
        self._forget(now)
        self._try(chat, now)
        self._lost.add(chat)
        if not self._is_alarm(now):
            if self._is_suspicious(now):
                self._doubted.setdefault(chat, now)
            return Loss(left=left and chat not in self._doubted)
        self._alarmed = now
        self._doubted = {
            each: at for each, at in self._doubted.items() if now - at < REMEMBERED_FOR
        }
        for each in self._lost:
            self._doubted.setdefault(each, now)
        self._lost.clear()
        self._tried.clear()
        return Loss(is_alarm=True)

    def _is_alarm(self, now: datetime) -> bool:
        if not are_too_many(len(self._lost), len(self._tried)):
            return False
        if not self._is_suspicious(now):
            return True
        # If others were reached since the alarm, these really are unreachable, and are tried again
        # later. If nobody was, the platform is wrong for longer.
        return not self._reaches_others()

    def _reaches_others(self) -> bool:
        """Whether any message has arrived since the last alarm."""
        if self._alarmed is None or self._last_arrival is None:
            return False
        return self._last_arrival >= self._alarmed

    def _is_suspicious(self, now: datetime) -> bool:
        """Whether there was an alarm lately."""
        return self._alarmed is not None and now - self._alarmed <= SUSPICION

    def _forget(self, now: datetime) -> None:
        while self._tried and next(iter(self._tried.values())) < now - WINDOW:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        chat, _when = self._tried.popitem(last=False)
        self._lost.discard(chat)
