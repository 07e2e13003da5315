"""/unsubscribe: the way out; it wins over what is already queued."""

from __future__ import annotations

from bot.chat import Action, Entry, Menu, Message, Parameter, Request
from bot.locales import N_, _
from bot.render.words import join, say
from handlers import asking
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    mine = asking.followed(request, context)
    if not typed:
        return _which(mine, context)
    if typed.casefold() == "all":
        gone = context.store.subscriptions.remove(request.address, None)
        names = join([context.names.label(service) for service in gone])
        return say(_("You will hear nothing more of: {names}.", names=names) if gone else _("You had no subscriptions."))
    asked = asking.read(typed, context)
    service = asked.service.id if asked.service else typed
    if service not in mine:
        if asked.service is None:
            return asking.not_found("unsubscribe", typed, tuple(s for s in asked.nearest if s.id in mine))
        return say(_("You do not follow {name}. /subscriptions lists what you follow.", name=asked.service.name))
    context.store.subscriptions.remove(request.address, service)
    return say(
        _("You will hear nothing more of: {names}.", names=context.names.label(service)),
        actions=[Action(_("Undo"), f"subscribe {service}")],
    )


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
