"""/unsubscribe: the way out; it wins over what is already queued."""

from __future__ import annotations

from dataclasses import replace

from bot.locales import N_, _
from bot.message import Action, Menu, Message
from bot.model import Service
from bot.platform import Entry, Parameter, Request
from bot.render.blocks import say
from bot.render.labels import join
from handlers import _arguments, _free_text
from handlers._base import Command, Context

#: So many services are offered.
MOST = 10


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    mine = _arguments.followed(request, context)
    if not typed:
        return _which(mine, context)
    if typed.casefold() == "all":
        gone = context.store.subscriptions.remove(request.address, None)
        names = join([context.names.label(service) for service in gone])
        return say(
            _("You will hear nothing more of: {names}.", names=names)
            if gone
            else _("You had no subscriptions.")
        )
    asked = _arguments.read(typed, context)
    if asked.service and not _whole(asked, request, context):
        return _rather(asked.service, typed, context)
    service = asked.service.id if asked.service else typed
    if service not in mine:
        if asked.service is None:
            return _arguments.not_found(
                "unsubscribe", typed, tuple(s for s in asked.nearest if s.id in mine)
            )
        return say(
            _(
                "You do not follow {name}. /subscriptions lists what you follow.",
                name=asked.service.name,
            )
        )
    context.store.subscriptions.remove(request.address, service)
    return say(
        _("You will hear nothing more of: {names}.", names=context.names.label(service)),
        actions=[Action(_("Undo"), f"subscribe {service}")],
    )


def understood(typed: str, request: Request, context: Context) -> bool:
    """Whether every word is about what to hear no more of: "chatgpt training" is about something else."""
    if not typed or typed.casefold() in ("all", *_arguments.followed(request, context)):
        return True
    asked = _arguments.read(typed, context)
    if asked.service is None:
        return len(typed.split()) == 1
    mine = asked.service.id in _arguments.followed(request, context)
    return _whole(asked, request, context) and (mine or not _free_text.about_opting_out(typed))


def _whole(asked: _arguments.Asked, request: Request, context: Context) -> bool:
    """Nothing is left over, and no region that is only a part of what the chat follows."""
    assert asked.service
    here = _arguments.regions_here(request, context, asked.service.id)
    return not asked.wrong and (not asked.regions or asked.regions >= here)


def _rather(service: Service, typed: str, context: Context) -> Message:
    """Nothing is done where words are left over: what may be meant is offered."""
    services = _arguments.several(typed, context)[0] or [service]
    said = _free_text.stop(services[:MOST])
    alone = (
        (Action(_("How to opt out"), f"howto {service.id}", personal=True),)
        if len(services) == 1
        else ()
    )
    nothing_yet = say(_("Nothing has changed yet.")).blocks
    return replace(said, blocks=(*nothing_yet, *said.blocks), actions=(*said.actions, *alone))


def _which(mine: list[str], context: Context) -> Message:
    if not mine:
        return say(_("You had no subscriptions."))
    options = (*(Action(context.names.label(service), f"unsubscribe {service}") for service in mine[:24]),
               Action(_("All of them"), "unsubscribe all"))  # fmt: skip
    asked = say(_("Of which service do you want to hear no more?"))
    return Message(asked.blocks, menu=Menu(_("Choose a service"), options), in_place=True)


COMMAND = Command(
    Entry(
        "unsubscribe", N_("Stop hearing of a service, or of all"),
        (Parameter("service", N_("Which service, or: all"), required=False, kind="service"),), manages=True, aliases=("unfollow", "stop"),
    ),
    run,
)  # fmt: skip
