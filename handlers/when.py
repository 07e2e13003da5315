"""/when: at once, once a day or once a week; quiet hours; the time zone."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.locales import N_, _, locale
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import Schedule
from bot.render.blocks import say
from handlers._base import Command, Context

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?")
_MODES = {"now": N_("At once"), "daily": N_("Once a day"), "weekly": N_("Once a week")}
_HOW = N_(
    "For example: /when daily 18:00, /when weekly monday, /when quiet 22-8, /when zone Europe/Athens, /when urgent on"
)


class NotUnderstoodError(Exception):
    """The words name no schedule."""


def run(request: Request, context: Context) -> Message:
    words = request.text.split()
    schedule = context.chat.schedule
    if words in ([], ["show"]):
        return _shown(schedule)
    try:
        chosen = _chosen(schedule, [word.casefold() for word in words], words)
    except NotUnderstoodError:
        return say(_("I do not understand “{typed}”.", typed=request.text.strip()[:60]), _(_HOW))
    context.store.preferences.set_schedule(request.address, chosen, context.now)
    return _shown(chosen)


def _shown(schedule: Schedule) -> Message:
    """How it is now, and buttons for what it could be."""
    offers = [
        Action(_(label), f"when {mode}") for mode, label in _MODES.items() if mode != schedule.mode
    ]
    offers.append(
        Action(_("No quiet hours"), "when quiet off")
        if schedule.quiet
        else Action(_("Quiet from 22 to 8"), "when quiet 22-8")
    )
    offers.append(
        Action(_("With a sound"), "when silent off")
        if schedule.silent
        else Action(_("Without a sound"), "when silent on")
    )
    return replace(say(told(schedule), _(_HOW), actions=offers), in_place=True)


def told(schedule: Schedule) -> str:
    """A schedule in a few sentences."""
    weekday = locale().days["format"]["wide"][schedule.weekday]
    said = [{
        "now": _("You hear of a change as soon as I do."),
        "daily": _("You hear once a day, at {time}, if anything changed.", time=clock(schedule.at)),
        "weekly": _("You hear once a week ({day}, {time}), if anything changed.", day=weekday, time=clock(schedule.at)),
    }[schedule.mode]]  # fmt: skip
    if schedule.quiet:
        said.append(
            _(
                "Quiet from {start} to {end}.",
                start=clock(schedule.quiet[0]),
                end=clock(schedule.quiet[1]),
            )
        )
    said.append(_("Time zone: {zone}.", zone=schedule.zone))
    if schedule.mode != "now" or schedule.quiet:
        said.append(
            _("What takes effect within two days comes at once.") if schedule.urgent
            else _("Nothing breaks through; /when urgent on lets pressing dates do so.")
        )  # fmt: skip
    if schedule.silent:
        said.append(_("My messages make no sound."))
    return " ".join(said)


def clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _chosen(schedule: Schedule, words: list[str], typed: list[str]) -> Schedule:
    match words:
        case ["now"] | ["at", "once"]:
            return replace(schedule, mode="now")
        case ["daily", *rest]:
            return replace(schedule, mode="daily", at=_time(rest, schedule.at))
        case ["weekly", *rest]:
            weekday = _weekday(rest[0]) if rest else None
            rest, day = (rest, schedule.weekday) if weekday is None else (rest[1:], weekday)
            return replace(schedule, mode="weekly", weekday=day, at=_time(rest, schedule.at))
        case ["quiet", hours]:
            return replace(schedule, quiet=_quiet(hours))
        case ["urgent", ("on" | "off") as switch]:
            return replace(schedule, urgent=switch == "on")
        case ["silent", ("on" | "off") as switch]:
            return replace(schedule, silent=switch == "on")
        case ["zone", _]:
            return replace(schedule, zone=_zone(typed[1]))
    raise NotUnderstoodError


def _weekday(word: str) -> int | None:
    """A day by its name in English or in the language that is spoken."""
    named = [
        *enumerate(DAYS),
        *((n, name.casefold()) for n, name in locale().days["format"]["wide"].items()),
    ]
    return next((number for number, name in named if name == word), None)


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
        return ZoneInfo(
            "/".join(part.capitalize() for part in name.split("/")) if name.islower() else name
        ).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NotUnderstoodError from error


FORMS = (
    Entry("show", N_("How it is now")),
    Entry("now", N_("At once")),
    Entry("daily", N_("Once a day"), (Parameter("time", N_("For example: 18:00"), required=False),)),
    Entry("weekly", N_("Once a week"), (Parameter("day", N_("For example: monday"), required=False),
                                        Parameter("time", N_("For example: 18:00"), required=False))),
    Entry("quiet", N_("Hours in which nothing comes"), (Parameter("hours", N_("For example: 22-8, or: off")),)),
    Entry("zone", N_("Your time zone"), (Parameter("zone", N_("For example: Europe/Athens")),)),
    Entry("urgent", N_("Whether pressing dates break through"), (Parameter("switch", N_("on or off")),)),
    Entry("silent", N_("Whether messages come without a sound"), (Parameter("switch", N_("on or off")),)),
)  # fmt: skip

COMMAND = Command(
    Entry("when", N_("At once, daily or weekly; quiet hours; time zone"),
          (Parameter("when", N_("now, daily 18:00, weekly monday, quiet 22-8, zone Europe/Athens"), required=False),), manages=True,
          forms=FORMS),
    run,
)  # fmt: skip
