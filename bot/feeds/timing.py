"""When a source is asked next."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.backoff import back_off, jittered
from bot.feeds.fetch import FetchError, Page
from bot.model import Source

#: A full answer at least this often, because some servers say 304 for ever.
FULL_EVERY = timedelta(days=1)
BACK_OFF_CAP = timedelta(days=1)
#: A source that says that it is gone for good is asked again after this time.
GONE_FOR = timedelta(days=30)


def after_answer(source: Source, page: Page, now: datetime) -> datetime:
    """When a source is asked next that answered."""
    every = max(timedelta(seconds=source.every), page.fresh_for or timedelta())
    return now + jittered(every)


def after_failure(source: Source, failures: int, error: FetchError, now: datetime) -> datetime:
    """When a source is asked next that failed so many times in a row."""
    if error.status == 410:
        return now + GONE_FOR
    own = back_off(timedelta(seconds=source.every), failures, BACK_OFF_CAP)
    return now + max(own, error.retry_after or timedelta())
