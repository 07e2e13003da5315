"""When a source is asked next: never sooner than its pace, and never so late that it is lost."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from bot.feeds.failures import GONE
from bot.feeds.fetch import FetchError, Page
from bot.feeds.headers import FRESHEST, LONGEST_WAIT
from bot.model import Source
from bot.runtime.backoff import back_off

#: A full answer at least this often, because some servers say 304 for ever.
FULL_EVERY = timedelta(days=1)
BACK_OFF_CAP = timedelta(days=1)
#: A source that says that it is gone for good is asked again after this time.
GONE_FOR = timedelta(days=30)


def after_answer(source: Source, page: Page, now: datetime) -> datetime:
    """When a source is asked next that answered: at its own pace or the server's, the slower one.

    Within a day, except where the operator himself wants it more seldom.
    """
    own = timedelta(seconds=source.every)
    wait = own
    if page.fresh_for:
        wait = max(own, page.fresh_for)
    return now + min(_somewhat_longer(wait), max(own, FRESHEST))


def after_failure(source: Source, failures: int, error: FetchError, now: datetime) -> datetime:
    """When a source is asked next that failed so many times in a row.

    Within a week, or within thirty days where it says that it is gone.
    """
    own = timedelta(seconds=source.every)
    if error.status == GONE:
        return now + max(GONE_FOR, own)
    wait = max(back_off(own, failures, BACK_OFF_CAP), error.retry_after or timedelta(), own)
    return now + min(wait, max(LONGEST_WAIT, own))


def _somewhat_longer(wait: timedelta) -> timedelta:
    """Up to a tenth more, to spread load; never less than what was asked for."""
    return wait * random.uniform(1.0, 1.1)  # noqa: S311 - spreading load, not keeping secrets
