"""How long to wait after failures: twice as long each time, up to a cap, and never two in step."""

from __future__ import annotations

import random
from datetime import timedelta


def back_off(first: timedelta, failures: int, cap: timedelta) -> timedelta:
    """The wait after `failures` failures in a row (1 or more)."""
    return min(jittered(first * 2 ** min(max(failures, 1) - 1, 16)), cap)


def jittered(wait: timedelta) -> timedelta:
    """A tenth more or less, to spread load."""
    return wait * random.uniform(0.9, 1.1)  # noqa: S311 - spreading load, not keeping secrets
