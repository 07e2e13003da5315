"""/setup: where you live, then which services you use, a tap each; at its end what there is to do at once."""

from __future__ import annotations

from dataclasses import replace

from bot import regions
from bot.locales import N_, _, n_
from bot.message import Action, Block, Menu, Message
from bot.model import Subscription
from bot.platform import Entry, Parameter, Request
from bot.render import labels
from bot.render.blocks import Words, bold, listing, say, title
from bot.render.labels import join, places
from handlers import _arguments
from handlers._base import Command, Context
from handlers.subscribe import useful_at_once

#: Starter packs in the order in which they are offered; the catalogue knows what is in them.
PACKS = {
    "social": N_("Social"), "ai": N_("AI assistants"), "messengers": N_("Messengers"), "work": N_("Work"), "shopping": N_("Shopping"),
}  # fmt: skip
_PLACES = (("🇪🇺 ", "EU"), ("", "EEA"), ("🇬🇧 ", "UK"), ("🇨🇭 ", "CH"))


def run(request: Request, context: Context) -> Message:
    match request.text.split():
        case ["country"]:
            return _countries()
        case ["in", *words] if code := regions.parse(" ".join(words)):
            here = frozenset({code})
            context.store.preferences.set_regions(request.address, here, context.now)
            return _packs(request, replace(context, chat=replace(context.chat, regions=here)))
        case ["packs"]:
            return _packs(request, context)
        case ["pack", name, *chosen] if name in context.known.packs:
            _choose(request, context, name, chosen)
            return _end(request, context) if chosen == ["all"] else _pack(request, context, name)
        case ["done"]:
            return _end(request, context)
    return begin()


def begin(*before: Words | Block) -> Message:
    """The first step, below some words of welcome."""
    offers = [
        Action(f"{flag}{labels.label(code)}", f"setup in {code.casefold()}")
        for flag, code in _PLACES
    ]
    return _step(
        *before, _("Where do you live?"),
        actions=[*offers, Action(_("Another country"), "setup country"), Action(_("Everywhere in Europe"), "setup packs")],
    )  # fmt: skip


def _countries() -> Message:
    codes = sorted(regions.EEA | {"GB", "CH"}, key=lambda code: labels.label(code).casefold())
    options = tuple(Action(labels.label(code), f"setup in {code.casefold()}") for code in codes)
    return replace(
        _step(_("Where do you live?"), actions=[Action(_("Back"), "setup")]),
        menu=Menu(_("Choose a country"), options),
    )


def _packs(request: Request, context: Context) -> Message:
    mine = _arguments.followed(request, context)
    done = [Action(_("Done"), "setup done")] if mine else []
    where = places(_arguments.somewhere(request, context))
    return _step(
        _("You will hear what concerns: {places}.", places=where),
        _(
            "Which services do you use? Choose a pack, or send me their names, for example: gmail whatsapp linkedin"
        ),
        *(
            [n_("You follow {count} service.", "You follow {count} services.", len(mine))]
            if mine
            else []
        ),
        actions=[*(Action(_(label), f"setup pack {name}") for name, label in PACKS.items()), *done],
    )


def _pack(request: Request, context: Context, name: str) -> Message:
    mine = _arguments.followed(request, context)
    services = context.known.packs[name]
    options = tuple(
        Action(
            f"{'✓ ' if service in mine else ''}{context.names.label(service)}",
            f"setup pack {name} {service}",
        )
        for service in services
    )
    every = n_("Follow the {count}", "Follow all {count}", len(services))
    said = _step(
        title(bold(_(PACKS[name]))), _("Tap what you use; tap again to take it back."),
        actions=[Action(every, f"setup pack {name} all"), Action(_("Back"), "setup packs"), Action(_("Done"), "setup done")],
    )  # fmt: skip
    return replace(said, menu=Menu(_("Choose services"), options))


def _choose(request: Request, context: Context, name: str, chosen: list[str]) -> None:
    where = _arguments.somewhere(request, context)
    mine = _arguments.followed(request, context)
    pack = context.known.packs[name]
    for service in pack if chosen == ["all"] else [each for each in chosen if each in pack]:
        if service in mine and chosen != ["all"]:
            context.store.subscriptions.remove(request.address, service)
        else:
            context.store.subscriptions.add(
                Subscription(request.address, service, where), context.now
            )


def _end(request: Request, context: Context) -> Message:
    mine = _arguments.followed(request, context)
    if not mine:
        return _arguments.nothing_followed()
    where = _arguments.somewhere(request, context)
    names = join([context.names.label(service) for service in mine[:12]])
    more = (
        " " + n_("And {count} more.", "And {count} more.", len(mine) - 12) if len(mine) > 12 else ""
    )
    return _step(
        title(bold(n_("You follow {count} service.", "You follow {count} services.", len(mine)))),
        listing([[names + "." + more]], weight=30),
        *useful_at_once(mine, where, context),
        _("Nothing more to do: I write when something changes."),
        actions=[
            Action(_("What you can opt out of"), "checklist"), Action(_("Recent changes"), "recent"),
            Action(_("More services"), "setup packs"), Action(_("When to be told"), "when"),
        ],
    )  # fmt: skip


def _step(*words: Words | Block, actions: list[Action]) -> Message:
    return replace(say(*words, actions=actions), in_place=True)


COMMAND = Command(
    Entry("setup", N_("Where you live and what you use, step by step"),
          (Parameter("step", N_("Begin anew without it"), required=False),), manages=True),
    run,
)  # fmt: skip
