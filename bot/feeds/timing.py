"""Poll timing: when a source is polled next, after an answer or a failure."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from bot.feeds.failures import GONE
from bot.feeds.fetch import FetchError, Page
from bot.feeds.headers import FRESHEST, LONGEST_WAIT
from bot.model import Source
from bot.runtime.backoff import back_off

#: A full answer is requested at least this often, because some servers say 304 for ever.
FULL_EVERY = timedelta(days=1)
BACK_OFF_CAP = timedelta(days=1)
#: When a source that answered 410 Gone is polled again.
GONE_FOR = timedelta(days=30)


def after_answer(source: Source, page: Page, now: datetime) -> datetime:
    """The next poll after an answer: at our interval or the server's, whichever is longer.

    At most a day, unless the operator set a longer interval.
    """
    own = timedelta(seconds=source.every)
    wait = own
    if page.fresh_for:
        wait = max(own, page.fresh_for)
    return now + min(_somewhat_longer(wait), max(own, FRESHEST))


def after_failure(source: Source, failures: int, error: FetchError, now: datetime) -> datetime:
    """The next poll after so many failures in a row.

    Within a week, or within thirty days if it is gone (410).
    """
    own = timedelta(seconds=source.every)
    if error.status == GONE:
        return now + max(GONE_FOR, own)
    wait = max(back_off(own, failures, BACK_OFF_CAP), error.retry_after or timedelta(), own)
    return now + min(wait, max(LONGEST_WAIT, own))


def _somewhat_longer(wait: timedelta) -> timedelta:
    """A wait lengthened by up to 10 %, to spread load; never shortened."""
    return wait * random.uniform(1.0, 1.1)  # noqa: S311 - spreading load, not keeping secrets
