"""Retry timing: exponential backoff with jitter, up to a cap."""

from __future__ import annotations

import random
from datetime import timedelta


def back_off(first: timedelta, failures: int, cap: timedelta) -> timedelta:
    """The wait after `failures` failures in a row (1 or more)."""
    return min(jittered(first * 2 ** min(max(failures, 1) - 1, 16)), cap)


def jittered(wait: timedelta) -> timedelta:
    """A wait with a jitter of ±10 %, to spread load."""
    return wait * random.uniform(0.9, 1.1)  # noqa: S311 - spreading load, not keeping secrets
