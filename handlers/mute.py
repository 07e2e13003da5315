"""/mute: hear nothing of a service, or of all, until a date.

Changes in that time arrive afterwards as one message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from bot.conversation import times
from bot.locales import N_, _
from bot.message import Action, Message
from bot.model import Service
from bot.platform import Entry, Parameter, Request
from bot.preferences import at
from bot.render.blocks import Words, bold, listing, say
from bot.render.labels import day
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import not_followed

_FOR = re.compile(r"(?:for\s+)?(\d{1,3})\s*(d|days?|w|weeks?|months?)?$", re.I)
_UNTIL = re.compile(r"(?:until\s+|till\s+)?(\d{4}-\d{2}-\d{2})$", re.I)
#: A time that is left over behind what to mute, such as hours.
_OTHER_TIME = re.compile(r"\s\d+\s*[^\W\d_]+$")
#: The days of a unit, by its first letter.
_DAYS = {"d": 1, "w": 7, "m": 30}
#: The default length of a mute, and the longest.
USUAL = timedelta(days=7)
LONGEST = timedelta(days=366)
#: How far ahead the day of the example is.
_EXAMPLE = timedelta(days=28)


def run(request: Request, context: Context) -> Message:
    """Mute a service or all, end a mute, or show what is muted."""
    typed = request.text.strip()
    if not typed:
        return _overview(request, context)
    what, until = _read(typed, context)
    is_out_of_range = until is not None and not context.now < until <= context.now + LONGEST
    if is_out_of_range or _OTHER_TIME.search(what):
        return say(_("A mute lasts from one day to one year, for example: /mute linkedin 14 days"))
    return _mute(what, until, request, context)


def _mute(what: str, until: datetime | None, request: Request, context: Context) -> Message:
    """Mute what is meant until then, or end its mute if there is no time."""
    if not what or _arguments.is_all(what):
        return _everything(until, request, context)
    asked = _arguments.read(what, context)
    if asked.service is None:
        return _arguments.not_found("mute", what, asked.nearest)
    if asked.wrong or asked.regions:
        return _rather(asked.service, until, context)
    service = asked.service
    if not context.store.subscriptions.mute(request.address, service.id, until, context.now):
        return not_followed(service)
    return _said(service, until, context)


def _read(typed: str, context: Context) -> tuple[str, datetime | None]:
    """What to mute, and until when; None ends a mute.

    The time is a date or a duration; the default is a week.
    """
    if typed.casefold() == "off":
        return "all", None
    if typed.casefold().endswith(" off"):
        return typed[:-3].strip() or "all", None
    if match := _UNTIL.search(typed):
        return typed[: match.start()].strip(), _midnight(match[1], context.chat.schedule.zone)
    match = _FOR.search(typed)
    if match is None or not _is_whole_word(match, typed):
        return _as_said(typed, context)
    unit = match[2] or "days"
    days = int(match[1]) * _DAYS[unit[0].lower()]
    return typed[: match.start()].strip(), context.now + timedelta(days=days)


def _as_said(typed: str, context: Context) -> tuple[str, datetime]:
    """What to mute, and until when, if the time is in words: "until friday"."""
    named = times.find(typed, context.today)
    what = " ".join(times.left(typed, named))
    if named.until:
        return what, at(named.until, 0, context.chat.schedule.zone)
    if named.days:
        return what, context.now + timedelta(days=named.days)
    return typed, context.now + USUAL


def _is_whole_word(match: re.Match[str], typed: str) -> bool:
    return match.start() == 0 or typed[match.start() - 1].isspace()


def _midnight(date: str, zone: str) -> datetime:
    """The start of a day; the latest possible time if the date does not exist."""
    try:
        return at(datetime.fromisoformat(date).date(), 0, zone)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)


def _everything(until: datetime | None, request: Request, context: Context) -> Message:
    schedule = replace(context.chat.schedule, muted_until=until)
    context.store.preferences.set_schedule(request.address, schedule, context.now)
    return _said(None, until, context)


def _rather(service: Service, until: datetime | None, context: Context) -> Message:
    """Offer the service, for the typed duration, if there are words left over; mute nothing."""
    how_long = "off"
    if until is not None:
        how_long = f"{ceil((until - context.now) / timedelta(days=1))} days"
    return say(
        _("Nothing has changed yet."),
        _("Did you mean {names}?", names=service.name),
        actions=[Action(service.name, f"mute {service.id} {how_long}")],
    )


def _said(service: Service | None, until: datetime | None, context: Context) -> Message:
    """The confirmation for a service, or for all."""
    if until is None:
        return say(_again(service))
    last = day(until.astimezone(_zone(context)))
    if service is None:
        muted = _("You will hear nothing until {day}.", day=last)
    else:
        muted = _("You will hear nothing of {name} until {day}.", name=service.name, day=last)
    undo = f"mute {service.id if service else 'all'} off"
    meanwhile = _("What changes meanwhile comes then, as one message.")
    return say(
        f"{muted} {meanwhile}",
        actions=[Action(_("Undo"), undo)],
    )


def _again(service: Service | None) -> str:
    if service is None:
        return _("You will hear from me again; what waited comes now.")
    return _("You will hear of {name} again; what waited comes now.", name=service.name)


def _overview(request: Request, context: Context) -> Message:
    how = _(
        "To mute: /mute linkedin 14 days, or /mute all until {day}. To end it: /mute linkedin off",
        day=(context.today + _EXAMPLE).isoformat(),
    )
    lines = list(_muted(request, context))
    if not lines:
        return say(_("Nothing is muted."), how)
    return say(listing(lines), how)


def _muted(request: Request, context: Context) -> Iterator[tuple[Words, ...]]:
    """A line for each mute."""
    zone = _zone(context)
    everything = context.chat.schedule.muted_until
    if everything and everything > context.now:
        until = _("muted until {day}", day=day(everything.astimezone(zone)))
        yield bold(_("Everything")), f" · {until}"
    found = context.store.subscriptions.muted(request.address, context.now)
    for service, moment in found.items():
        until = _("muted until {day}", day=day(moment.astimezone(zone)))
        yield bold(context.names.label(service)), f" · {until}"


def _zone(context: Context) -> ZoneInfo:
    return ZoneInfo(context.chat.schedule.zone)


COMMAND = Command(
    Entry(
        "mute",
        N_("Hear nothing of a service, or of all, for a while"),
        (
            Parameter(
                "what",
                N_("For example: linkedin 14 days, all 3 weeks, linkedin off"),
                required=False,
            ),
        ),
        manages=True,
        section=Section.WHEN_AND_HOW,
    ),
    run,
)
