"""/region: where you are, for everything you follow."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.locales import N_, _, n_
from bot.render.words import places, say
from bot.understand import regions, typed_regions
from handlers import asking
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        return _offer(context.chat.regions)
    chosen: set[str] = set()
    for part in filter(str.strip, typed.split(",")):
        codes, unknown = typed_regions.behind(part.split())
        if unknown or not codes:
            return asking.wrong_region(part.strip())
        chosen |= codes
    if not chosen:
        return asking.wrong_region(typed)
    changed = context.store.preferences.set_regions(request.address, frozenset(chosen), context.now)
    said = _("You will hear what concerns: {places}; and what does not say whom it concerns.", places=places(chosen))
    if changed > 1:
        said += " " + n_(
            "This goes for the {count} service you follow.", "This goes for all {count} services you follow.", changed
        )
    return say(said)


def _offer(mine: frozenset[str]) -> Message:
    offers = [Action(regions.label(code), f"region {code.casefold()}") for code in regions.GROUPS]
    return say(
        _("You will hear what concerns: {places}.", places=places(mine or asking.EVERYWHERE)),
        _("Choose where you are, or name a country: /region norway"),
        actions=offers,
    )


COMMAND = Command(
    Entry("region", N_("Where you are: EU, EEA, UK, Switzerland or a country"),
          (Parameter("region", N_("One or more, for example: eu, norway"), required=False, kind="region"),), manages=True),
    run,
)  # fmt: skip
