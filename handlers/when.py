"""/when: at once, daily or weekly; quiet hours; the time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

from bot.conversation import times, zones
from bot.conversation.times import WORKDAYS, Times
from bot.locales import N_, _, locale
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import DAYS, Mode, Schedule
from bot.render.blocks import say
from bot.render.labels import weekday
from handlers._base import Command, Context, Section

_TIME = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?")
#: Whether alerts show everything that fits, by the word for it.
_LENGTHS = {"long": True, "short": False}
MODES: dict[Mode, str] = {
    "now": N_("At once"),
    "daily": N_("Once a day"),
    "weekly": N_("Once a week"),
}
_HOW = N_(
    "For example: /when now all, /when daily 18:00, /when weekly monday, /when quiet 22-8, "
    "/when zone Europe/Athens, /when urgent on"
)


class NotUnderstoodError(Exception):
    """The words name no schedule."""


def run(request: Request, context: Context) -> Message:
    """Change the schedule of the chat, or show it."""
    typed = request.text.strip()
    schedule = context.chat.schedule
    if typed in ("", "show"):
        return _shown(schedule)
    made: Schedule | None = None
    try:
        made = chosen(schedule, typed)
    except NotUnderstoodError:
        with suppress(NotUnderstoodError):
            made = _as_said(schedule, typed, context.today)
    if made is None:
        return say(_("I do not understand “{typed}”.", typed=typed[:60]), _(_HOW))
    context.store.preferences.set_schedule(request.address, made, context.now)
    return _shown(made)


def _shown(schedule: Schedule) -> Message:
    """The current schedule, and buttons to change it."""
    said = say(told(schedule), _(_HOW), actions=list(_offers(schedule)))
    return replace(said, in_place=True)


def _offers(schedule: Schedule) -> Iterator[Action]:
    for mode, label in MODES.items():
        if mode != schedule.mode:
            yield Action(_(label), f"when {mode}")
    if schedule.mode == "now":
        if schedule.small_at_once:
            yield Action(_("Smaller changes once a week"), "when now")
        else:
            yield Action(_("Smaller changes at once, too"), "when now all")
    if schedule.quiet:
        yield Action(_("No quiet hours"), "when quiet off")
    else:
        yield Action(_("Quiet from 22 to 8"), "when quiet 22-8")
    if schedule.full:
        yield Action(_("Shorter alerts"), "when short")
    else:
        yield Action(_("Longer alerts"), "when long")
    if schedule.silent:
        yield Action(_("With a sound"), "when silent off")
    else:
        yield Action(_("Without a sound"), "when silent on")


def told(schedule: Schedule) -> str:
    """A schedule in a few sentences."""
    said = [_how_often(schedule)]
    if schedule.quiet:
        start, end = schedule.quiet
        said.append(_("Quiet from {start} to {end}.", start=clock(start), end=clock(end)))
    said.append(_("Time zone: {zone}.", zone=zones.label(schedule.zone)))
    if schedule.mode != "now" or schedule.quiet:
        said.append(_urgent(schedule))
    if schedule.silent:
        said.append(_("My messages make no sound."))
    if schedule.full:
        said.append(_("My alerts show all that there is room for."))
    return " ".join(said)


def _how_often(schedule: Schedule) -> str:
    match schedule.mode:
        case "now" if schedule.small_at_once:
            return _("You hear of every change as soon as I do, of smaller ones too.")
        case "now":
            return _(
                "You hear of a change as soon as I do, of smaller ones once a week "
                "({day}, {time}).",
                day=weekday(schedule.weekday),
                time=clock(schedule.at),
            )
        case "daily":
            time = clock(schedule.at)
            return _("You hear once a day, at {time}, if anything changed.", time=time)
        case "weekly":
            return _(
                "You hear once a week ({day}, {time}), if anything changed.",
                day=weekday(schedule.weekday),
                time=clock(schedule.at),
            )


def _urgent(schedule: Schedule) -> str:
    if schedule.urgent:
        return _("What takes effect within two days comes at once.")
    return _("Nothing breaks through; /when urgent on lets pressing dates do so.")


def clock(minutes: int) -> str:
    """A time of day from minutes after midnight: 18:05."""
    return f"{minutes // 60}:{minutes % 60:02}"


def _as_said(schedule: Schedule, typed: str, today: date) -> Schedule | None:
    """The schedule that somebody says in words; None if they name no time.

    Nothing is dropped silently: every word must be about time.
    """
    named = times.find(typed, today)
    if not named or times.left(typed, named):
        return None
    lines = list(lines_of(named))
    if not lines or len(named.weekdays) > 1:
        return None
    for line in lines:
        schedule = chosen(schedule, line)
    return schedule


def lines_of(named: Times) -> Iterator[str]:
    """The arguments of this command for the times that somebody named; none if impossible."""
    if named.quiet:
        start, end = named.quiet
        yield f"quiet {clock(start)}-{clock(end)}"
    elif _is_possible(named):
        yield from _how_often_of(named)
    if named.silent:
        yield "silent on"


def _is_possible(named: Times) -> bool:
    """Whether such a schedule is possible; one for only some weekdays is not."""
    if named.often == "seldom" or named.weekdays == WORKDAYS:
        return False
    return not (named.negated and (named.weekdays or named.at is not None))


def _how_often_of(named: Times) -> Iterator[str]:
    at = f" {clock(named.at)}" if named.at is not None else ""
    if named.weekdays and not named.until:
        yield from (f"weekly {DAYS[day]}{at}" for day in named.weekdays)
    elif named.often == "weekly":
        yield f"weekly{at}"
    elif named.often == "daily" or at:
        yield f"daily{at}"
    elif named.often == "now":
        yield "now"


def chosen(schedule: Schedule, typed: str) -> Schedule:
    """The schedule that somebody typed. Raises NotUnderstoodError."""
    match typed.casefold().split():
        case ["now", *rest] | ["at", "once", *rest] if rest in ([], ["all"]):
            return replace(schedule, mode="now", small_at_once=bool(rest))
        case ["daily", *rest]:
            return replace(schedule, mode="daily", at=_time(rest, schedule.at))
        case ["weekly", *rest]:
            return _weekly(schedule, rest)
        case ["quiet", hours]:
            return replace(schedule, quiet=_quiet(hours))
        case [name] if name in _LENGTHS:
            return replace(schedule, full=_LENGTHS[name])
        case [("urgent" | "silent") as name, ("on" | "off") as switch]:
            return _switched(schedule, name, switch == "on")
        case ["zone", *names] if names:
            return replace(schedule, zone=_zone(" ".join(typed.split()[1:])))
    raise NotUnderstoodError


def _switched(schedule: Schedule, name: str, is_on: bool) -> Schedule:
    if name == "urgent":
        return replace(schedule, urgent=is_on)
    return replace(schedule, silent=is_on)


def _weekly(schedule: Schedule, words: Sequence[str]) -> Schedule:
    """The weekly schedule with a day, a time, both or neither; the rest stays."""
    chosen = _day_named(words[0]) if words else None
    if chosen is None:
        chosen = schedule.weekday
    else:
        words = words[1:]
    return replace(schedule, mode="weekly", weekday=chosen, at=_time(words, schedule.at))


def _day_named(word: str) -> int | None:
    """A weekday by its name in English or in the current language; Monday is 0. None if unknown."""
    if word in DAYS:
        return DAYS.index(word)
    for number, name in locale().days["format"]["wide"].items():
        if name.casefold() == word:
            return int(number)
    return None


def _quiet(hours: str) -> tuple[int, int] | None:
    """ "22-8" or "22:30-7:15" in minutes; None for "off". Raises NotUnderstoodError."""
    if hours == "off":
        return None
    start, dash, end = hours.replace("–", "-").partition("-")
    if not dash or start == end:
        raise NotUnderstoodError
    return _time([start], 0), _time([end], 0)


def _time(words: Sequence[str], otherwise: int) -> int:
    """ "18:00" or "18" in minutes after midnight, also after "at". Raises NotUnderstoodError."""
    left = [word for word in words if word != "at"]
    if not left:
        return otherwise
    match = _TIME.fullmatch(left[0])
    if match is None or len(left) > 1:
        raise NotUnderstoodError
    return int(match[1]) * 60 + int(match[2] or 0)


def _zone(name: str) -> str:
    """The time zone of a name, city, country or offset. Raises NotUnderstoodError."""
    zone = zones.zone_of(name)
    if zone is None:
        raise NotUnderstoodError
    return zone


_AT = Parameter("time", N_("For example: 18:00"), required=False)
_DAY = Parameter("day", N_("For example: monday"), required=False, kind="day")
_SWITCH = Parameter("switch", N_("on or off"), kind="switch")
FORMS = (
    Entry("show", N_("How it is now")),
    Entry("now", N_("At once")),
    Entry("daily", N_("Once a day"), (_AT,)),
    Entry("weekly", N_("Once a week"), (_DAY, _AT)),
    Entry(
        "quiet",
        N_("Hours in which nothing comes"),
        (Parameter("hours", N_("For example: 22-8, or: off")),),
    ),
    Entry(
        "zone",
        N_("Your time zone"),
        (Parameter("zone", N_("For example: Lisbon, or: UTC+2"), kind="zone"),),
    ),
    Entry("urgent", N_("Whether pressing dates break through"), (_SWITCH,)),
    Entry("silent", N_("Whether messages come without a sound"), (_SWITCH,)),
    Entry("long", N_("Alerts with all that there is room for")),
    Entry("short", N_("Alerts that fit the screen of a phone")),
)

COMMAND = Command(
    Entry(
        "when",
        N_("At once, daily or weekly; quiet hours; time zone"),
        (
            Parameter(
                "when",
                N_("now, daily 18:00, weekly monday, quiet 22-8, zone Europe/Athens"),
                required=False,
            ),
        ),
        manages=True,
        forms=FORMS,
        section=Section.WHEN_AND_HOW,
    ),
    run,
)
