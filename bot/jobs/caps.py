"""Caps on the stories of one source and service in a day; any more wait for a digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.model import Change, Item
from bot.store import Store
from bot.verdicts import Verdict, Way

log = structlog.get_logger()

DAY = timedelta(days=1)
#: How many are told at once; any more come in the weekly digest.
AT_ONCE = 10
#: How many are told at all; any more can only be looked up.
AT_ALL = 50


def within(change: Change, joins: bool, item: Item, store: Store, now: datetime) -> Change:
    """A change that begins a story or `joins` one, downgraded if its source is over its caps today.

    Raises StoreError.

    No service changes its terms so often; a source that says so is broken or hostile.
    """
    if change.verdict is not Verdict.MATERIAL:
        return change
    today = store.changes.stories_begun(item.source, change.services[0], now - DAY)
    if today < AT_ONCE or (today < AT_ALL and change.way is not Way.NOW):
        return change
    log.warning("source.capped", source=item.source, service=change.services[0], today=today)
    if joins or today < AT_ALL:
        return replace(change, at_once=False)
    return replace(change, verdict=Verdict.MINOR, at_once=False)
