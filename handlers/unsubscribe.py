"""/unsubscribe: end subscriptions; it also cancels what is already queued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue.names import BUNDLE
from bot.conversation import slots
from bot.locales import N_, _
from bot.message import Action, Menu, Message
from bot.model import Service
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from bot.render.labels import join
from handlers import _arguments, _free_text
from handlers._base import Command, Context, Section
from handlers._pieces import not_followed

#: The most services offered if it is not clear which is meant.
MOST = 10
#: The most options of a menu, the last of which is for all.
_OPTIONS = 25


def run(request: Request, context: Context) -> Message:
    """End the subscription to a service, or all; ask which if none is named."""
    typed = request.text.strip()
    mine = _arguments.followed(request, context)
    if not typed:
        return _which(mine, context)
    if _arguments.is_all(typed):
        return _all(request, context)
    if typed.startswith(BUNDLE):
        services = [each.id for each in _arguments.several(typed, context).services]
        return _end(services, typed, request, context)
    if typed.casefold() == "undo" or typed.startswith("undo "):
        return _restore(typed.partition(" ")[2], request, context)
    return _one(typed, mine, request, context)


def _one(typed: str, mine: Sequence[str], request: Request, context: Context) -> Message:
    """End the subscription that is meant, if nothing else can be meant."""
    asked = _arguments.read(typed, context)
    if asked.service is None:
        if typed in mine:  # by its id, which the catalogue may no longer have
            return _end([typed], typed, request, context)
        if meant := slots.find(typed, context.names, context.today).services:
            return _rather(meant[0], typed, context)
        nearest = tuple(service for service in asked.nearest if service.id in mine)
        return _arguments.not_found("unsubscribe", typed, nearest)
    if not _is_whole(asked, asked.service, request, context):
        return _rather(asked.service, typed, context)
    if asked.service.id not in mine:
        return not_followed(asked.service)
    return _end([asked.service.id], asked.service.id, request, context)


def understands(typed: str, request: Request, context: Context) -> bool:
    """Whether every word is about what to unsubscribe from.

    "Stop chatgpt training" is about something else: the training.
    """
    mine = _arguments.followed(request, context)
    is_button = typed.startswith((BUNDLE, "undo"))
    if is_button or typed.casefold() in ("", *mine) or _arguments.is_all(typed):
        return True
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return len(typed.split()) == 1
    if not _is_whole(asked, asked.service, request, context):
        return False
    return asked.service.id in mine


def _is_whole(
    asked: _arguments.Asked, service: Service, request: Request, context: Context
) -> bool:
    """Whether nothing is left over, and no region is only a part of the subscription's."""
    if asked.wrong:
        return False
    if not asked.regions:
        return True
    return asked.regions >= _arguments.regions_here(request, context, service.id)


def _end(services: Sequence[str], typed: str, request: Request, context: Context) -> Message:
    """End the subscriptions; `typed` is the undo button's argument."""
    if not services:
        return _which(_arguments.followed(request, context), context)
    context.store.subscriptions.remove(request.address, services, context.now)
    return _ended(services, typed, context)


def _ended(services: Sequence[str], typed: str, context: Context) -> Message:
    names = join([context.names.label(service) for service in services])
    undo = Action(_("Undo"), f"unsubscribe undo {typed}".strip())
    said = say(_("You will hear nothing more of: {names}.", names=names), actions=[undo])
    return replace(said, becomes=undo)


def _restore(typed: str, request: Request, context: Context) -> Message:
    """Restore subscriptions ended within a day, with their settings."""
    services: list[str] | None = None
    if typed.startswith(BUNDLE):
        services = [each.id for each in _arguments.several(typed, context).services]
    elif typed:
        services = [typed]
    back = context.store.subscriptions.restore(request.address, services, context.now)
    if not back:
        return say(_("There is nothing to take back."))
    names = join([context.names.label(service) for service in back])
    shown = Action(_("What I follow"), "subscriptions")
    said = say(_("You follow {names} as before.", names=names), actions=[shown])
    if len(back) > 1:
        return said
    stop = Action(_("Unsubscribe"), f"unsubscribe {back[0]}")
    return replace(said, actions=(stop, shown), becomes=stop)


def _all(request: Request, context: Context) -> Message:
    gone = context.store.subscriptions.remove(request.address, None, context.now)
    if not gone:
        return say(_("You had no subscriptions."))
    return _ended(gone, "", context)


def _rather(service: Service, typed: str, context: Context) -> Message:
    """Offer what may be meant if there are words left over; do nothing."""
    services = _arguments.several(typed, context).services or [service]
    said = _free_text.stop(services[:MOST])
    actions = list(said.actions)
    if len(services) == 1:
        actions.append(Action(_("How to opt out"), f"howto {service.id}", personal=True))
    nothing_yet = say(_("Nothing has changed yet.")).blocks
    return replace(said, blocks=(*nothing_yet, *said.blocks), actions=tuple(actions))


def _which(mine: Sequence[str], context: Context) -> Message:
    if not mine:
        return say(_("You had no subscriptions."))
    options = [
        Action(context.names.label(service), f"unsubscribe {service}")
        for service in mine[: _OPTIONS - 1]
    ]
    options.append(Action(_("All of them"), "unsubscribe all"))
    asked = say(_("Of which service do you want to hear no more?"))
    return Message(asked.blocks, menu=Menu(_("Choose a service"), tuple(options)), in_place=True)


COMMAND = Command(
    Entry(
        "unsubscribe",
        N_("Stop hearing of a service, or of all"),
        (Parameter("service", N_("Which service, or: all"), required=False, kind="followed"),),
        manages=True,
        aliases=("unfollow", "stop"),
        section=Section.FOLLOW,
    ),
    run,
    understands,
)
