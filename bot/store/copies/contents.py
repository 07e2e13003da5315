"""What a database or a copy of it holds, in numbers that tell an operator which one it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.states import DeliveryState

#: What is counted, in the order in which it is said: table, and what its rows are.
COUNTED = {
    "chat": "chats",
    "subscription": "subscriptions",
    "story": "stories",
    "item": "items",
    "document": "documents",
}
WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.HELD})


@dataclass(frozen=True, slots=True)
class Contents:
    """The kind of a database, its schema's version, and how many it has of what."""

    kind: str
    revision: str
    counts: Mapping[str, int]

    @property
    def words(self) -> str:
        """Everything in one line."""
        counted = ", ".join(f"{count:,} {what}" for what, count in self.counts.items())
        return f"{self.kind}, schema {self.revision}: {counted}"


#: Asks whether a copy should be put in place: what it holds, and what is there now, if that can be
#: read.
Agreed = Callable[[Contents, Contents | None], bool]


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now, and where what was there before is kept; None where there was nothing."""

    contents: Contents
    kept: Path | None


def counted(rows: Mapping[str, int], outbox: Mapping[str, int]) -> dict[str, int]:
    """What is said of how many rows each table has, and the outbox of each state."""
    found = {what: rows.get(table, 0) for table, what in COUNTED.items()}
    found["messages that wait"] = sum(outbox.get(state, 0) for state in WAITING)
    found["messages given up"] = outbox.get(DeliveryState.DEAD, 0)
    return found
