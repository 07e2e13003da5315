"""Helpers for texts that operators read, in English like the log."""

from __future__ import annotations

from datetime import timedelta

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def lasted(time: timedelta) -> str:
    """A duration in its largest unit: "3 minutes". A negative one counts as zero."""
    seconds = max(round(time.total_seconds()), 0)
    for name, length in _UNITS:
        if seconds >= length:
            return counted(seconds // length, name)
    return "0 seconds"


def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 chat", "2 chats"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
