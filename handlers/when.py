"""/when: at once, once a day or once a week; quiet hours; the time zone."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.model import Pace
from bot.render.words import say
from handlers.base import Command, Context

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?")
_OFFERS = (("At once", "now"), ("Once a day", "daily"), ("Once a week", "weekly"), ("Quiet from 22 to 8", "quiet 22-8"))
_HOW = "For example: /when daily 18:00, /when weekly monday, /when quiet 22-8, /when zone Europe/Athens, /when urgent on"


class NotUnderstoodError(Exception):
    """The words name no pace."""


def run(request: Request, context: Context) -> Message:
    words = request.text.split()
    pace = context.store.pace(request.address)
    if not words:
        return say(told(pace), _HOW, actions=[Action(label, f"when {line}") for label, line in _OFFERS])
    try:
        chosen = _chosen(pace, [word.casefold() for word in words], words)
    except NotUnderstoodError:
        return say(f"I do not understand “{request.text.strip()[:60]}”.", _HOW)
    context.store.set_pace(request.address, chosen, context.now)
    return say(told(chosen))


def told(pace: Pace) -> str:
    """A pace as one or two sentences."""
    when = {
        "now": "You hear of a change as soon as I do",
        "daily": f"You hear once a day, at {clock(pace.at)}, if anything changed",
        "weekly": f"You hear once a week, on {DAYS[pace.weekday].capitalize()} at {clock(pace.at)}, if anything changed",
    }[pace.mode]
    quiet = f", but not between {clock(pace.quiet[0])} and {clock(pace.quiet[1])}" if pace.quiet else ""
    waits = pace.mode != "now" or pace.quiet is not None
    urgent = (
        " What takes effect within two days comes at once." if pace.urgent
        else " Nothing breaks through; /when urgent on lets pressing dates do so."
    )  # fmt: skip
    return f"{when}{quiet} (time zone {pace.zone}).{urgent if waits else ''}"


def clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _chosen(pace: Pace, words: list[str], typed: list[str]) -> Pace:
    match words:
        case ["now"] | ["at", "once"]:
            return replace(pace, mode="now")
        case ["daily", *rest]:
            return replace(pace, mode="daily", at=_time(rest, pace.at))
        case ["weekly", *rest]:
            day = DAYS.index(rest.pop(0)) if rest and rest[0] in DAYS else pace.weekday
            return replace(pace, mode="weekly", weekday=day, at=_time(rest, pace.at))
        case ["quiet", hours]:
            return replace(pace, quiet=_quiet(hours))
        case ["urgent", ("on" | "off") as switch]:
            return replace(pace, urgent=switch == "on")
        case ["zone", _]:
            return replace(pace, zone=_zone(typed[1]))
    raise NotUnderstoodError


def _quiet(hours: str) -> tuple[int, int] | None:
    """22-8 or 22:30-7:15 in minutes; off."""
    if hours == "off":
        return None
    start, dash, end = hours.replace("–", "-").partition("-")
    if not dash:
        raise NotUnderstoodError
    return _time([start], 0), _time([end], 0)


def _time(words: list[str], otherwise: int) -> int:
    """18:00 or 18 in minutes; `at` before it is all right."""
    left = [word for word in words if word != "at"]
    if not left:
        return otherwise
    if len(left) > 1 or (match := _TIME.fullmatch(left[0])) is None:
        raise NotUnderstoodError
    return int(match[1]) * 60 + int(match[2] or 0)


def _zone(name: str) -> str:
    try:
        return ZoneInfo("/".join(part.capitalize() for part in name.split("/")) if name.islower() else name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NotUnderstoodError from error


COMMAND = Command(
    Entry("when", "At once, daily or weekly; quiet hours; time zone",
          (Parameter("when", "now, daily 18:00, weekly monday, quiet 22-8, zone Europe/Athens", required=False),), manages=True),
    run,
)  # fmt: skip
