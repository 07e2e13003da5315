"""So many requests one chat may make: a few at once, then one a second; others do not notice it."""

from __future__ import annotations

import time
from collections import OrderedDict

#: Requests at once, and seconds until the next one is free.
BURST, EVERY = 20, 1.0
#: Chats that are remembered; the one that was silent for longest goes first.
KEPT = 20_000


class Flood:
    """Counts on the monotonic clock (GCRA)."""

    def __init__(self, burst: int = BURST) -> None:
        self._burst = burst
        self._until: OrderedDict[str, float] = OrderedDict()

    def takes(self, chat: str) -> bool:
        """Whether one more request of this chat is answered now."""
        now = time.monotonic()
        until = max(self._until.pop(chat, now), now) + EVERY
        taken = until - now <= self._burst * EVERY
        self._until[chat] = until if taken else until - EVERY
        if len(self._until) > KEPT:
            self._until.popitem(last=False)
        return taken
