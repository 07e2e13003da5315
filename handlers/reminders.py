"""/reminders: how many days before a date you are reminded, or never."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.model import Pace
from bot.render.words import join, say
from bot.store.pacing import OFFSETS
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    typed = request.text.casefold().replace(",", " ").split()
    pace = context.store.pace(request.address)
    if not typed:
        offers = [Action("As usual", "reminders on"), Action("Off", "reminders off")]
        return say(told(pace), f"You can choose from {_days(OFFSETS)}. For example: /reminders 14 3 0", actions=offers)
    match typed:
        case ["off"]:
            chosen: tuple[int, ...] = ()
        case ["on"]:
            chosen = Pace().reminders
        case _:
            numbers = {int(word) for word in typed if word.isdigit() and len(word) < 4}
            if len(numbers) != len(set(typed)) or not numbers <= set(OFFSETS):
                return say(f"Choose from {_days(OFFSETS)}, for example: /reminders 7 1 0")
            chosen = tuple(sorted(numbers, reverse=True))
    pace = replace(pace, reminders=chosen)
    context.store.set_pace(request.address, pace, context.now)
    return say(told(pace))


def told(pace: Pace) -> str:
    if not pace.reminders:
        return "You get no reminders of coming dates."
    return f"Of a date by which you can act you are reminded {_days(pace.reminders)}, until you press Done or Not for me."


def _days(offsets: tuple[int, ...]) -> str:
    words = {0: "on the day itself", 1: "1 day before"}
    return join([words.get(days, f"{days} days before") for days in offsets])


COMMAND = Command(
    Entry("reminders", "When you are reminded of a coming date",
          (Parameter("days", "For example: 7 1 0, or: off", required=False),), manages=True),
    run,
)  # fmt: skip
