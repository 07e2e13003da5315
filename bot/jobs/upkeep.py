"""Chores for the operator: stale how-tos once a month, people's suggestions once a day."""

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

#: The beginnings of lines of suggestions, in English like the log.
_KINDS = {"service": "a service to follow", "moved": "a label has moved"}
#: The most lines of one message.
MOST = 40


class Upkeep:
    """Queues messages about chores to the operator's chat; called by a tick."""

    def __init__(
        self, store: Store, known: Catalogue, operator: Address, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._known = known
        self._operator = operator
        self._clock = clock

    async def remind_due(self) -> None:
        """Queue the suggestions, and once a month the stale how-tos, if any. Raises StoreError."""
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
        """Queue what people suggested in the last day, one line with a count for each."""
        suggestions = await asyncio.to_thread(self._store.suggestions.due, now, MOST)
        if not suggestions:
            return
        lines = [f"{each.count} × {_KINDS[each.kind]}: {each.what}" for each in suggestions]
        uid, title = f"suggested:{now:%Y-%m-%dT%H:%M}", "\n".join(lines)
        change = for_operator(uid, title, Record.SUGGESTED, Origin.SUGGESTED, now)
        await asyncio.to_thread(self._store.stories.tell_one, self._operator, change, now)
        await asyncio.to_thread(self._store.suggestions.told, suggestions)
        log.info("upkeep.suggested", things=len(suggestions))
