"""Daily backups of the database, of which seven days and four weeks are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.store import Store, StoreError
from bot.store.copies import folder as copies

log = structlog.get_logger()

EVERY = timedelta(hours=24)


class Copies:
    """Makes a backup when the newest is a day old; called by a tick."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._folder = folder
        self._clock = clock

    async def copy_due(self) -> None:
        """Make a backup if one is due, and then remove those that are not kept.

        A failure is logged, and the backup is tried again at the next tick.
        """
        try:
            await asyncio.to_thread(self._copy_due, self._clock())
        except (StoreError, OSError) as error:
            log.error("copy.failed", folder=str(self._folder), why=str(error))

    def newest(self) -> datetime | None:
        """When the newest backup was made; None if there is none, or the folder cannot be read."""
        try:
            return copies.newest(self._folder, self._clock() + copies.AHEAD)
        except OSError:
            return None

    def _copy_due(self, now: datetime) -> None:
        made = copies.newest(self._folder, now + copies.AHEAD)
        if made is not None and now - made < EVERY:
            return
        copies.make(self._folder)
        name = copies.name_of(self._store.database, now)
        found = self._store.backup(self._folder / name)
        gone = copies.tidy(self._folder, now)
        log.info("copy.made", name=name, holds=found.words, removed=gone)
