"""/mute: hear nothing of a service, or of all, until a date; what happens meanwhile comes afterwards as one message."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from bot.locales import N_, _
from bot.message import Action, Message
from bot.model import Service
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import bold, listing, say
from bot.render.labels import day
from bot.timing import at
from handlers import _arguments
from handlers._base import Command, Context

_FOR = re.compile(r"(?:for\s+)?(\d{1,3})\s*(d|days?|w|weeks?|months?)?$", re.I)
_UNTIL = re.compile(r"(?:until\s+|till\s+)?(\d{4}-\d{2}-\d{2})$", re.I)
_DAYS = {"d": 1, "w": 7, "m": 30}
USUAL, LONGEST = timedelta(days=7), timedelta(days=366)


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        return _overview(request, context)
    off = typed.casefold().endswith(" off") or typed.casefold() == "off"
    what, until = (typed[:-3].strip() or "all", None) if off else _read(typed, context, request)
    if until is not None and not context.now < until <= context.now + LONGEST:
        return say(_("A mute lasts from one day to one year, for example: /mute linkedin 14 days"))
    if what.casefold() in ("all", "everything", ""):
        schedule = replace(context.chat.schedule, muted_until=until)
        context.store.preferences.set_schedule(request.address, schedule, context.now)
        return _said("", "all", until, ZoneInfo(schedule.zone))
    asked = _arguments.read(what, context)
    if asked.service is None:
        return _arguments.not_found("mute", what, asked.nearest)
    if asked.wrong or asked.regions:
        return _rather(asked.service, until, context)
    if not context.store.subscriptions.mute(request.address, asked.service.id, until, context.now):
        return say(
            _(
                "You do not follow {name}. /subscriptions lists what you follow.",
                name=asked.service.name,
            )
        )
    zone = ZoneInfo(context.chat.schedule.zone)
    return _said(asked.service.name, asked.service.id, until, zone)


def _rather(service: Service, until: datetime | None, context: Context) -> Message:
    """Nothing is muted where words are left over: the service is offered, for as long as was typed."""
    how_long = "off" if until is None else f"{ceil((until - context.now) / timedelta(days=1))} days"
    offer = Action(service.name, f"mute {service.id} {how_long}")
    return say(
        _("Nothing has changed yet."),
        _("Did you mean {names}?", names=service.name),
        actions=[offer],
    )


def _read(typed: str, context: Context, request: Request) -> tuple[str, datetime | None]:
    """What to mute, and until when: a date, a number of days, or a week where none is given."""
    zone = context.chat.schedule.zone
    if match := _UNTIL.search(typed):
        try:
            return typed[: match.start()].strip(), at(
                datetime.fromisoformat(match[1]).date(), 0, zone
            )
        except ValueError:
            return typed[: match.start()].strip(), datetime.max.replace(tzinfo=UTC)
    if (match := _FOR.search(typed)) and (match.start() == 0 or typed[match.start() - 1].isspace()):
        days = int(match[1]) * _DAYS[(match[2] or "d")[0].lower()]
        return typed[: match.start()].strip(), context.now + timedelta(days=days)
    return typed, context.now + USUAL


def _said(name: str, what: str, until: datetime | None, zone: ZoneInfo) -> Message:
    if until is None:
        again = (
            _("You will hear of {name} again; what waited comes now.", name=name)
            if name
            else _("You will hear from me again; what waited comes now.")
        )
        return say(again)
    last = day(until.astimezone(zone))
    muted = (
        _("You will hear nothing of {name} until {day}.", name=name, day=last)
        if name
        else _("You will hear nothing until {day}.", day=last)
    )
    return say(
        f"{muted} {_('What changes meanwhile comes then, as one message.')}",
        actions=[Action(_("Undo"), f"mute {what} off")],
    )


def _overview(request: Request, context: Context) -> Message:
    schedule = context.chat.schedule
    zone = ZoneInfo(schedule.zone)
    lines = [
        (
            bold(context.names.label(service)),
            " · " + _("muted until {day}", day=day(until.astimezone(zone))),
        )
        for service, until in context.store.subscriptions.muted(
            request.address, context.now
        ).items()
    ]
    if schedule.muted_until and schedule.muted_until > context.now:
        lines.insert(
            0,
            (
                bold(_("Everything")),
                " · " + _("muted until {day}", day=day(schedule.muted_until.astimezone(zone))),
            ),
        )
    how = _(
        "To mute: /mute linkedin 14 days, or /mute all until 2026-01-31. To end it: /mute linkedin off"
    )
    return say(listing(lines), how) if lines else say(_("Nothing is muted."), how)


COMMAND = Command(
    Entry("mute", N_("Hear nothing of a service, or of all, for a while"),
          (Parameter("what", N_("For example: linkedin 14 days, all until 2026-01-31, linkedin off"), required=False),),
          manages=True),
    run,
)  # fmt: skip
