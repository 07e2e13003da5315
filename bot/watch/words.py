"""What operators read: English, like the log."""

from __future__ import annotations

from datetime import timedelta

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def lasted(time: timedelta) -> str:
    """A time in its largest unit: 3 minutes. What lies ahead counts as no time."""
    seconds = max(round(time.total_seconds()), 0)
    for name, length in _UNITS:
        if seconds >= length:
            return counted(seconds // length, name)
    return "0 seconds"


def counted(count: int, noun: str) -> str:
    """A number of things: 1 chat, 2 chats."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
