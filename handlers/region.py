"""/region: where you are, for everything you follow."""

from __future__ import annotations

from collections.abc import Iterator

from bot import regions
from bot.locales import N_, _, n_
from bot.message import Action, Message
from bot.platform import Entry, Parameter, Request
from bot.render import labels
from bot.render.blocks import say
from bot.render.labels import places
from bot.understand import typed_regions
from handlers import _arguments
from handlers._base import Command, Context, Section
from handlers._pieces import follow_zone


def run(request: Request, context: Context) -> Message:
    """Set the regions of the chat and of all its subscriptions, or show them."""
    typed = request.text.strip()
    if not typed:
        mine = context.chat.regions or _arguments.regions_of_all(request, context)
        return _offer(mine)
    chosen: set[str] = set()
    for part in filter(str.strip, typed.split(",")):
        codes, unknown = typed_regions.behind(part.split())
        if unknown or not codes:
            return _arguments.wrong_region(part.strip())
        chosen |= codes
    if not chosen:
        return _arguments.wrong_region(typed)
    follow_zone(request, frozenset(chosen), context)
    changed = context.store.preferences.set_regions(request.address, frozenset(chosen), context.now)
    said = _(
        "You will hear what concerns: {places}; and what does not say whom it concerns.",
        places=places(chosen),
    )
    if changed > 1:
        said += " " + n_(
            "This goes for the {count} service you follow.",
            "This goes for all {count} services you follow.",
            changed,
        )
    offers = list(_back(context.chat.regions, frozenset(chosen)))
    if request.private and not _arguments.followed(request, context):
        offers.append(Action(_("Choose services"), "setup packs"))
    return say(said, actions=offers)


def _back(before: frozenset[str], now: frozenset[str]) -> Iterator[Action]:
    """The button that undoes a choice."""
    if before and before != now:
        yield Action(_("Undo"), f"region {', '.join(sorted(before)).casefold()}")


def _offer(mine: frozenset[str]) -> Message:
    offers = [Action(labels.label(code), f"region {code.casefold()}") for code in regions.GROUPS]
    return say(
        _("You will hear what concerns: {places}.", places=places(mine or _arguments.EVERYWHERE)),
        _("Choose where you are, or name a country: /region norway"),
        actions=offers,
    )


COMMAND = Command(
    Entry(
        "region",
        N_("Where you are: EU, EEA, UK, Switzerland or a country"),
        (
            Parameter(
                "region",
                N_("One or more, for example: eu, norway"),
                required=False,
                kind="region",
            ),
        ),
        manages=True,
        section=Section.FOLLOW,
    ),
    run,
)
