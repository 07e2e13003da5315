"""What the operator is told: once a month old how-tos, once a day what people suggest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.catalogue import Catalogue
from bot.jobs.trouble import for_operator
from bot.model import Address, Record
from bot.store import Store
from bot.verdicts import Origin

log = structlog.get_logger()

#: What a line of suggestions begins with; for the operator, whose language is the log's.
_KINDS = {"service": "a service to follow", "moved": "a label has moved"}
#: Lines of one message.
MOST = 40


class Upkeep:
    """Queues the month's reminder for the operator's chat; called by a tick."""

    def __init__(
        self, store: Store, known: Catalogue, operator: Address, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._known = known
        self._operator = operator
        self._clock = clock

    async def remind_due(self) -> None:
        """Queue the month's reminder once, if there is anything to look at. Raises StoreError."""
        now = self._clock()
        await self._tell_suggestions(now)
        count = len(self._known.stale(now.date()))
        if not count:
            return
        uid, title = f"upkeep:{now:%Y-%m}", "How-tos to look at again"
        change = for_operator(uid, title, Record.UPKEEP, Origin.HOWTOS_UNSEEN, now)
        if await asyncio.to_thread(self._store.stories.tell_one, self._operator, change, now):
            log.info("upkeep.queued", controls=count)

    async def _tell_suggestions(self, now: datetime) -> None:
        """Queue what people suggested in the last day, a counted line each."""
        suggestions = await asyncio.to_thread(self._store.suggestions.due, now, MOST)
        if not suggestions:
            return
        lines = [f"{each.count} × {_KINDS[each.kind]}: {each.what}" for each in suggestions]
        uid, title = f"suggested:{now:%Y-%m-%dT%H:%M}", "\n".join(lines)
        change = for_operator(uid, title, Record.SUGGESTED, Origin.SUGGESTED, now)
        await asyncio.to_thread(self._store.stories.tell_one, self._operator, change, now)
        await asyncio.to_thread(self._store.suggestions.told, suggestions)
        log.info("upkeep.suggested", things=len(suggestions))
