"""Refusals: how many of the chats tried lately could not be reached. Many alike are an alarm."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from bot.model import Address

#: What happened before is forgotten.
WINDOW = timedelta(minutes=10)
#: Where so many chats, and more than this share of those tried, are lost, nobody believes it.
MANY = 5
SHARE = 0.2
#: Chats that are remembered; at a fast pace these are the last minute's.
REMEMBERED = 20_000
#: After an alarm it is known for so long that something is wrong, or that the platform is right.
SUSPICION = timedelta(hours=1)
#: That we were told to go is believed after so long, also where nobody else is reached.
LONGEST_DOUBT = timedelta(days=1)


class Refusals:
    """What the chats of one platform met with lately."""

    def __init__(self) -> None:
        self._tried: OrderedDict[int, datetime] = OrderedDict()
        self._lost: dict[int, Address] = {}
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
        self._lost.pop(chat, None)
        if len(self._tried) > REMEMBERED:
            self._forget_oldest()

    def lost(self, chat: int, address: Address, now: datetime, left: bool) -> list[Address]:
        """A chat cannot be reached, says the platform; `left`: we were told to go.

        Returns nothing where that is to be believed; else all the chats that were lost lately. That
        we were told to go is believed when it is said again while others are reached.
        """
        if left and self._is_believed(chat, now):
            del self._doubted[chat]
            return []
        self._forget(now)
        self._try(chat, now)
        self._lost[chat] = address
        if not self._is_alarm(now):
            return []
        self._alarmed = now
        doubted = list(self._lost.values())
        lately = now - 2 * LONGEST_DOUBT
        self._doubted = {each: at for each, at in self._doubted.items() if at > lately}
        for each in self._lost:
            self._doubted.setdefault(each, now)
        self._lost.clear()
        self._tried.clear()
        return doubted

    def _is_alarm(self, now: datetime) -> bool:
        if len(self._lost) < MANY or len(self._lost) <= SHARE * len(self._tried):
            return False
        if self._alarmed is None or now - self._alarmed > SUSPICION:
            return True
        # Where others are reached since the alarm, these really are not, and are tried again later.
        # Where nobody is, the platform is wrong for longer.
        return not self._reaches_others()

    def _is_believed(self, chat: int, now: datetime) -> bool:
        since = self._doubted.get(chat)
        return since is not None and (self._reaches_others() or now - since >= LONGEST_DOUBT)

    def _reaches_others(self) -> bool:
        """Whether anything arrived since the last alarm."""
        if self._alarmed is None or self._last_arrival is None:
            return False
        return self._last_arrival >= self._alarmed

    def _forget(self, now: datetime) -> None:
        while self._tried and next(iter(self._tried.values())) < now - WINDOW:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        chat, _when = self._tried.popitem(last=False)
        self._lost.pop(chat, None)
