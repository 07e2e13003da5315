"""/setup: where you live, then which services you use, a tap each.

The last step shows what there is to do at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import regions
from bot.locales import N_, _, n_
from bot.message import Action, Block, Menu, Message
from bot.model import Subscription
from bot.platform import Entry, Parameter, Request
from bot.preferences import Schedule
from bot.render import labels
from bot.render.blocks import Words, bold, listing, say, title
from bot.render.labels import join, places
from handlers import _arguments, when
from handlers._base import Command, Context, Section
from handlers._pieces import follow_zone, following, ticked, useful_at_once

#: Starter packs in display order; the catalogue has their services.
PACKS = {
    "social": N_("Social"),
    "ai": N_("AI assistants"),
    "messengers": N_("Messengers"),
    "work": N_("Work"),
    "shopping": N_("Shopping"),
}
#: Regions, with their flags.
_PLACES = (("🇪🇺 ", "EEA"), ("🇬🇧 ", "UK"), ("🇨🇭 ", "CH"))
#: The prefix of a service of a pack that is to be unfollowed.
_NOT = "-"
#: The most services named in the last step.
_NAMED = 12


def run(request: Request, context: Context) -> Message:
    """Take the step that a button asks for, else the first."""
    match request.text.split():
        case ["country"]:
            return _countries()
        case ["in", *words] if code := regions.parse(" ".join(words)):
            here = frozenset({code})
            context.store.preferences.set_regions(request.address, here, context.now)
            follow_zone(request, here, context)
            return _packs(request, replace(context, chat=replace(context.chat, regions=here)))
        case ["packs"]:
            return _packs(request, context)
        case ["pack", name, "all"] if name in context.known.packs:
            _follow_all(request, context, name)
            return _finish(request, context, ())
        case ["pack", name, *chosen] if name in context.known.packs:
            _choose(request, context, name, chosen)
            return _pack(request, context, name)
        case ["done", *mode]:
            return _finish(request, context, mode)
    return begin()


def begin(*before: Words | Block) -> Message:
    """The first step, preceded by some words."""
    offers = places_offered("setup in")
    offers.append(Action(_("Another country"), "setup country"))
    offers.append(Action(_("Everywhere in Europe"), "setup packs"))
    return _step(*before, _("Where do you live?"), actions=offers)


def places_offered(command: str) -> list[Action]:
    """Buttons for the most common regions, with flags; the EEA includes the EU."""
    return [
        Action(f"{flag}{_place(code)}", f"{command} {code.casefold()}") for flag, code in _PLACES
    ]


def _place(code: str) -> str:
    if code == "EEA":
        return f"{labels.label('EU')}/{labels.label('EEA')}"
    return labels.label(code)


def _countries() -> Message:
    codes = sorted(regions.EEA | {"GB", "CH"}, key=labels.in_order)
    options = tuple(Action(labels.label(code), f"setup in {code.casefold()}") for code in codes)
    said = _step(_("Where do you live?"), actions=[Action(_("Back"), "setup")])
    return replace(said, menu=Menu(_("Choose a country"), options))


def _packs(request: Request, context: Context) -> Message:
    where = places(_arguments.somewhere(context))
    words = [
        _("You will hear what concerns: {places}.", places=where),
        _(
            "Which services do you use? "
            "Choose a pack, or send me their names, for example: gmail whatsapp linkedin"
        ),
    ]
    actions = [Action(_(label), f"setup pack {name}") for name, label in PACKS.items()]
    if mine := _arguments.followed(request, context):
        words.append(following(len(mine)))
        actions.append(Action(_("Done"), "setup done"))
    return _step(*words, actions=actions)


def _pack(request: Request, context: Context, name: str) -> Message:
    mine = _arguments.followed(request, context)
    services = context.known.packs[name]
    options: list[Action] = []
    for service in services:
        label = ticked(context.names.label(service), service in mine)
        taken_back = _NOT if service in mine else ""
        options.append(Action(label, f"setup pack {name} {taken_back}{service}"))
    every = n_("Follow the {count}", "Follow all {count}", len(services))
    said = _step(
        title(bold(_(PACKS[name]))),
        _("Tap what you use; tap again to take it back."),
        actions=[
            Action(every, f"setup pack {name} all"),
            Action(_("Back"), "setup packs"),
            Action(_("Done"), "setup done"),
        ],
    )
    return replace(said, menu=Menu(_("Choose services"), tuple(options), several=True))


def _follow_all(request: Request, context: Context, name: str) -> None:
    """Follow every service of a pack."""
    for service in context.known.packs[name]:
        _follow(request, context, service)


def _choose(request: Request, context: Context, name: str, chosen: Sequence[str]) -> None:
    """Follow the tapped services of a pack, or unfollow those with a tick.

    A button says which of the two, so that an old one does only what its label says.
    """
    mine = _arguments.followed(request, context)
    for word in chosen:
        service = word.removeprefix(_NOT)
        if service not in context.known.packs[name]:
            continue
        if word.startswith(_NOT):
            context.store.subscriptions.remove(request.address, service, context.now)
        elif service not in mine:
            _follow(request, context, service)


def _follow(request: Request, context: Context, service: str) -> None:
    wanted = Subscription(request.address, service, _arguments.somewhere(context))
    context.store.subscriptions.add(wanted, context.now)


def _finish(request: Request, context: Context, mode: Sequence[str]) -> Message:
    """The last step, after storing the schedule if a button chose one."""
    if not _arguments.followed(request, context):
        return _arguments.nothing_followed()
    schedule = context.chat.schedule
    for name in when.MODES:
        if name in mode:
            schedule = replace(schedule, mode=name)
            context.store.preferences.set_schedule(request.address, schedule, context.now)
    return _end(request, replace(context, chat=replace(context.chat, schedule=schedule)))


def _modes(schedule: Schedule) -> list[Action]:
    """Buttons for the schedule modes, with the current one ticked."""
    return [
        Action(ticked(_(label), name == schedule.mode), f"setup done {name}")
        for name, label in when.MODES.items()
    ]


def _end(request: Request, context: Context) -> Message:
    mine = _arguments.followed(request, context)
    names = join([context.names.label(service) for service in mine[:_NAMED]]) + "."
    more = len(mine) - _NAMED
    if more > 0:
        names += " " + n_(
            "And {count} more: {command}",
            "And {count} more: {command}",
            more,
            command="/subscriptions",
        )
    return _step(
        title(bold(following(len(mine)))),
        listing([[names]], weight=30),
        *useful_at_once(mine, _arguments.somewhere(context), context),
        _("When shall I tell you? {now}", now=when.told(context.chat.schedule)),
        _(
            "I leave out what is only for sellers, advertisers, developers, creators or "
            "businesses. If you are one of them: {command}",
            command="/audience",
        ),
        actions=[
            *_modes(context.chat.schedule),
            Action(_("What you can opt out of"), "checklist"),
            Action(_("Recent changes"), "recent"),
            Action(_("More services"), "setup packs"),
        ],
    )


def _step(*words: Words | Block, actions: Sequence[Action]) -> Message:
    """A step, which replaces the one before it."""
    return replace(say(*words, actions=actions), in_place=True)


COMMAND = Command(
    Entry(
        "setup",
        N_("Where you live and what you use, step by step"),
        (Parameter("step", N_("Begin anew without it"), required=False),),
        manages=True,
        section=Section.FOLLOW,
    ),
    run,
)
