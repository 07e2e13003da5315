"""The counts of a stand-in: calls, accepted messages, duplicates."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

#: The letters of a message that are kept in `order`.
FIRST_WORDS = 60


@dataclass
class Counts:
    """The counts of one stand-in; `first` and `last` are seconds since 1970, 0 before any."""

    calls: int = 0
    refused: int = 0
    #: How often each (chat, words) was accepted.
    accepted: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: The chat and the first words of each message, in order.
    order: list[tuple[str, str]] = field(default_factory=list)
    #: Posts that were not repeated, because a key identified them as second attempts.
    suppressed: int = 0
    #: Answered commands whose answers are no messages, as on Discord.
    answered: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    first: float = 0.0
    last: float = 0.0

    def accept(self, chat: str, words: str) -> None:
        """Count a message that was accepted."""
        self.accepted[chat, words] += 1
        self.order.append((chat, words[:FIRST_WORDS]))
        self.last = time.time()
        if not self.first:
            self.first = self.last

    def report(self, broken: int) -> dict[str, Any]:
        """A JSON object; times are seconds since 1970, `broken` the calls during a block."""
        accepted = self.accepted.total()
        distinct = len(self.accepted)
        return {
            "calls": self.calls,
            "accepted": accepted,
            "distinct": distinct,
            "duplicates": accepted - distinct,
            "suppressed": self.suppressed,
            "answered": self.answered,
            "waits_asked": self.answers[429],
            "calls_during_a_block": broken,
            "statuses": {str(status): count for status, count in sorted(self.answers.items())},
            "first": self.first,
            "last": self.last,
        }
