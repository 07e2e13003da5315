"""The reasons why an alert waits, in words."""

from __future__ import annotations

from typing import assert_never

from bot.locales import _
from bot.verdicts import HeldFor


def held_for(code: HeldFor) -> str:
    """The reason why a queued alert waits."""
    match code:
        case HeldFor.MUTE:
            return _("muted")
        case HeldFor.QUIET_HOURS:
            return _("quiet hours")
        case HeldFor.DAILY_DIGEST:
            return _("your daily message")
        case HeldFor.WEEKLY_DIGEST:
            return _("your weekly message")
        case HeldFor.REACHED_AGAIN:
            return _("it comes with what else you missed")
        case HeldFor.BIT_BY_BIT:
            return _("so much waits for you that it comes bit by bit")
        case _:
            assert_never(code)
