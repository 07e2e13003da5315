"""/when: at once, once a day or once a week; quiet hours; the time zone."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.habits import Pace
from bot.locales import N_, _, locale
from bot.render.words import say
from handlers.base import Command, Context

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?")
_MODES = {"now": N_("At once"), "daily": N_("Once a day"), "weekly": N_("Once a week")}
_HOW = N_("For example: /when daily 18:00, /when weekly monday, /when quiet 22-8, /when zone Europe/Athens, /when urgent on")


class NotUnderstoodError(Exception):
    """The words name no pace."""


def run(request: Request, context: Context) -> Message:
    words = request.text.split()
    pace = context.chat.pace
    if words in ([], ["show"]):
        return _shown(pace)
    try:
        chosen = _chosen(pace, [word.casefold() for word in words], words)
    except NotUnderstoodError:
        return say(_("I do not understand “{typed}”.", typed=request.text.strip()[:60]), _(_HOW))
    context.store.preferences.set_pace(request.address, chosen, context.now)
    return _shown(chosen)


def _shown(pace: Pace) -> Message:
    """How it is now, and buttons for what it could be."""
    offers = [Action(_(label), f"when {mode}") for mode, label in _MODES.items() if mode != pace.mode]
    offers.append(
        Action(_("No quiet hours"), "when quiet off") if pace.quiet else Action(_("Quiet from 22 to 8"), "when quiet 22-8")
    )
    offers.append(
        Action(_("With a sound"), "when silent off") if pace.silent else Action(_("Without a sound"), "when silent on")
    )
    return replace(say(told(pace), _(_HOW), actions=offers), in_place=True)


def told(pace: Pace) -> str:
    """A pace in a few sentences."""
    weekday = locale().days["format"]["wide"][pace.weekday]
    said = [{
        "now": _("You hear of a change as soon as I do."),
        "daily": _("You hear once a day, at {time}, if anything changed.", time=clock(pace.at)),
        "weekly": _("You hear once a week ({day}, {time}), if anything changed.", day=weekday, time=clock(pace.at)),
    }[pace.mode]]  # fmt: skip
    if pace.quiet:
        said.append(_("Quiet from {start} to {end}.", start=clock(pace.quiet[0]), end=clock(pace.quiet[1])))
    said.append(_("Time zone: {zone}.", zone=pace.zone))
    if pace.mode != "now" or pace.quiet:
        said.append(
            _("What takes effect within two days comes at once.") if pace.urgent
            else _("Nothing breaks through; /when urgent on lets pressing dates do so.")
        )  # fmt: skip
    if pace.silent:
        said.append(_("My messages make no sound."))
    return " ".join(said)


def clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _chosen(pace: Pace, words: list[str], typed: list[str]) -> Pace:
    match words:
        case ["now"] | ["at", "once"]:
            return replace(pace, mode="now")
        case ["daily", *rest]:
            return replace(pace, mode="daily", at=_time(rest, pace.at))
        case ["weekly", *rest]:
            weekday = _weekday(rest[0]) if rest else None
            rest, day = (rest, pace.weekday) if weekday is None else (rest[1:], weekday)
            return replace(pace, mode="weekly", weekday=day, at=_time(rest, pace.at))
        case ["quiet", hours]:
            return replace(pace, quiet=_quiet(hours))
        case ["urgent", ("on" | "off") as switch]:
            return replace(pace, urgent=switch == "on")
        case ["silent", ("on" | "off") as switch]:
            return replace(pace, silent=switch == "on")
        case ["zone", _]:
            return replace(pace, zone=_zone(typed[1]))
    raise NotUnderstoodError


def _weekday(word: str) -> int | None:
    """A day by its name in English or in the language that is spoken."""
    named = [*enumerate(DAYS), *((n, name.casefold()) for n, name in locale().days["format"]["wide"].items())]
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
        return ZoneInfo("/".join(part.capitalize() for part in name.split("/")) if name.islower() else name).key
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
