"""The chats with something due, in sending order; within a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.shards import Shards
from bot.states import Rank
from bot.store import statements, tables
from bot.verdicts import HeldFor

#: Rows to read beyond those needed: some are for the same chat, or for a busy one.
PAGE = 16

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Pages:
    """The due rows of a platform, for the chats of some shards, read in pages."""

    connection: Connection
    platform: str
    now: datetime
    shards: Shards

    def of(self, rank: Rank, size: int) -> Iterator[Sequence[AnyRow]]:
        """Pages of the due rows of one rank, in sending order, `size` rows at a time."""
        asked: dict[str, Any] = {"platform": self.platform, "urgent": int(rank), "now": self.now}
        statement = statements.NEXT
        if self.shards.count > 1:
            statement = statements.NEXT_OF_SHARDS
            asked |= {"count": self.shards.count, "held": sorted(self.shards.held)}
        place = {"due": tables.EPOCH, "id": 0}
        while True:
            rows = self.connection.execute(statement, {**asked, **place, "many": size}).all()
            yield rows
            if len(rows) < size:
                return
            place = {"due": rows[-1].due_at, "id": rows[-1].id}


def of(pages: Pages, limit: int, without: set[int]) -> list[int]:
    """The ids of up to `limit` chats with something due, urgent ones first, in index order."""
    found: dict[int, None] = {}
    for rank in sorted(Rank, reverse=True):
        for rows in pages.of(rank, limit + PAGE):
            found.update((row.chat_id, None) for row in rows if row.chat_id not in without)
            if len(found) >= limit:
                return list(found)[:limit]
            _make_way(pages.connection, rows, pages.now)
    return list(found)


def _make_way(connection: Connection, rows: Sequence[AnyRow], now: datetime) -> None:
    """Spread a chat's many waiting rows over time, so that others need not wait behind them."""
    for chat_id, count in Counter(row.chat_id for row in rows).items():
        if count >= PAGE:
            statement = statements.BIT_BY_BIT
            connection.execute(statement, {"chat": chat_id, "now": now, "why": HeldFor.BIT_BY_BIT})
