"""/region: where you are, for everything you follow."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.render.words import places, say
from bot.understand import regions
from handlers import asking
from handlers.base import Command, Context

_BUTTONS = (("EU", "eu"), ("EEA", "eea"), ("UK", "uk"), ("Switzerland", "switzerland"))


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        mine = context.store.regions(request.address)
        now = f"You hear what concerns {places(mine or asking.EVERYWHERE)}."
        return say(now, "Choose where you are:", actions=[Action(label, f"region {code}") for label, code in _BUTTONS])
    chosen: set[str] = set()
    for part in typed.replace(" and ", ",").split(","):
        for name in [part] if regions.parse(part) else part.split():
            if (code := regions.parse(name)) is None:
                return asking.wrong_region(part.strip())
            chosen.add(code)
    if not chosen:
        return asking.wrong_region(typed)
    changed = context.store.set_regions(request.address, frozenset(chosen), context.now)
    all_of = f" This goes for all {changed} services you follow." if changed > 1 else ""
    return say(f"You will hear what concerns {places(chosen)}, and what does not say whom it concerns.{all_of}")


COMMAND = Command(
    Entry("region", "Where you are: EU, EEA, UK, Switzerland or a country",
          (Parameter("region", "One or more, for example: eu, norway", required=False),), manages=True),
    run,
)  # fmt: skip
