"""Refusals: how many of the chats tried lately could not be reached. Many alike are an alarm."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.outcomes import are_too_many

#: What happened before is forgotten.
WINDOW = timedelta(minutes=10)
#: Chats that are remembered; at a fast pace these are the last minute's.
REMEMBERED = 20_000
#: After an alarm it is known for so long that something is wrong, or that the platform is right.
SUSPICION = timedelta(hours=1)
#: Whom we doubted is remembered for so long.
REMEMBERED_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Loss:
    """What to make of a refusal: that we really were told to go, or that it is an alarm."""

    left: bool = False
    is_alarm: bool = False


class Refusals:
    """What the chats of one platform met with lately."""

    def __init__(self) -> None:
        self._tried: OrderedDict[int, datetime] = OrderedDict()
        self._lost: set[int] = set()
        #: Chats that are said to have told us to go, since when.
        self._doubted: dict[int, datetime] = {}
        self._alarmed: datetime | None = None
        self._last_arrival: datetime | None = None

    def arrived(self, chat: int, now: datetime) -> None:
        """A message arrived in a chat."""
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
        """A chat cannot be reached, says the platform; `left`: we were told to go.

        Many alike are an alarm. Of those, and for a while of all, we only believe that they cannot
        be reached: they are tried again, and a day later we believe that we were told to go.
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
        # Where others are reached since the alarm, these really are not, and are tried again later.
        # Where nobody is, the platform is wrong for longer.
        return not self._reaches_others()

    def _reaches_others(self) -> bool:
        """Whether anything arrived since the last alarm."""
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
