"""/reminders: how many days before a date you are reminded, or never."""

from __future__ import annotations

from dataclasses import replace

from bot.locales import N_, _, n_
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.preferences import Schedule
from bot.render.blocks import say
from bot.render.labels import join
from bot.store.reminders import OFFSETS
from handlers._base import Command, Context


def run(request: Request, context: Context) -> Message:
    typed = request.text.casefold().replace(",", " ").split()
    schedule = context.chat.schedule
    if not typed:
        offers = [Action(_("As usual"), "reminders on"), Action(_("Off"), "reminders off")]
        return say(told(schedule), _choices(), actions=offers)
    match typed:
        case ["off"]:
            chosen: tuple[int, ...] = ()
        case ["on"]:
            chosen = Schedule().reminders
        case _:
            numbers = {int(word) for word in typed if word.isdigit() and len(word) < 4}
            if len(numbers) != len(set(typed)) or not numbers <= set(OFFSETS):
                return say(_choices())
            chosen = tuple(sorted(numbers, reverse=True))
    schedule = replace(schedule, reminders=chosen)
    context.store.preferences.set_schedule(request.address, schedule, context.now)
    return say(told(schedule))


def told(schedule: Schedule) -> str:
    if not schedule.reminders:
        return _("You get no reminders of coming dates.")
    return _(
        "Of a date by which you can act you are reminded: {days}; until you press Done or Not for me.",
        days=_days(schedule.reminders),
    )


def _choices() -> str:
    return _("Choose from: {days}. For example: /reminders 14 3 0", days=_days(OFFSETS))


def _days(offsets: tuple[int, ...]) -> str:
    return join(
        [
            n_("{count} day before", "{count} days before", days)
            if days
            else _("on the day itself")
            for days in offsets
        ]
    )


COMMAND = Command(
    Entry("reminders", N_("When you are reminded of a coming date"),
          (Parameter("days", N_("For example: 7 1 0, or: off"), required=False),), manages=True),
    run,
)  # fmt: skip
