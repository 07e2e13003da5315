"""The contents of a database or a backup, as counts that tell an operator which one it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.states import DeliveryState

#: The tables that are counted, with the words for their rows, in the order of display.
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
    """The kind of a database, the revision of its schema, and its row counts."""

    kind: str
    revision: str
    counts: Mapping[str, int]

    @property
    def words(self) -> str:
        """Everything in one line."""
        counted = ", ".join(f"{count:,} {what}" for what, count in self.counts.items())
        return f"{self.kind}, schema {self.revision}: {counted}"


#: Asks whether to restore a backup: its contents, and those of the current database, if it can be
#: read.
Agreed = Callable[[Contents, Contents | None], bool]


@dataclass(frozen=True, slots=True)
class Restored:
    """The contents after a restore, and where the old database is kept; None if there was none."""

    contents: Contents
    kept: Path | None


def counted(rows: Mapping[str, int], outbox: Mapping[str, int]) -> dict[str, int]:
    """The counts to display, from the number of rows of each table and of the outbox by state."""
    found = {what: rows.get(table, 0) for table, what in COUNTED.items()}
    found["messages that wait"] = sum(outbox.get(state, 0) for state in WAITING)
    found["messages given up"] = outbox.get(DeliveryState.DEAD, 0)
    return found
