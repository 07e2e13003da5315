"""/reminders: how many days before a date you are reminded, or never."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.locales import N_, _, n_
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import Schedule
from bot.render.blocks import say
from bot.render.labels import join
from bot.store.reminders import OFFSETS
from handlers._base import Command, Context, Section


def run(request: Request, context: Context) -> Message:
    """Set the days, or show them."""
    typed = request.text.casefold().replace(",", " ").split()
    schedule = context.chat.schedule
    if not typed:
        offers = [Action(_("As usual"), "reminders on"), Action(_("Off"), "reminders off")]
        return say(told(schedule), _choices(), actions=offers)
    chosen = _chosen(typed)
    if chosen is None:
        return say(_choices())
    schedule = replace(schedule, reminders=chosen)
    context.store.preferences.set_schedule(request.address, schedule, context.now)
    return say(told(schedule))


def _chosen(typed: Sequence[str]) -> tuple[int, ...] | None:
    """The typed days, the earliest reminder first; None if they are invalid."""
    if typed == ["off"]:
        return ()
    if typed == ["on"]:
        return Schedule().reminders
    numbers: set[int] = set()
    for word in typed:
        if not (word.isdecimal() and word.isascii()) or len(word) > 3:
            return None
        numbers.add(int(word))
    if len(numbers) != len(set(typed)) or not numbers <= set(OFFSETS):
        return None
    return tuple(sorted(numbers, reverse=True))


def told(schedule: Schedule) -> str:
    """When reminders come, as a sentence."""
    if not schedule.reminders:
        return _("You get no reminders of coming dates.")
    return _(
        "Of a date by which you can act you are reminded: {days}; "
        "until you press Done or Not for me.",
        days=_days(schedule.reminders),
    )


def _choices() -> str:
    return _("Choose from: {days}. For example: /reminders 14 3 0", days=_days(OFFSETS))


def _days(offsets: Sequence[int]) -> str:
    return join([_before(days) for days in offsets])


def _before(days: int) -> str:
    if days == 0:
        return _("on the day itself")
    return n_("{count} day before", "{count} days before", days)


COMMAND = Command(
    Entry(
        "reminders",
        N_("When you are reminded of a coming date"),
        (Parameter("days", N_("For example: 7 1 0, or: off"), required=False, kind="reminders"),),
        manages=True,
        section=Section.WHEN_AND_HOW,
    ),
    run,
)
