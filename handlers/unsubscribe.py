"""/unsubscribe: the way out; it wins over what is already queued."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.render.words import join, say
from handlers import asking
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()
    if not typed:
        return asking.missing("unsubscribe", "a service, or all")
    if typed.casefold() == "all":
        gone = context.store.unsubscribe(request.address, None)
        names = join([context.names.label(service) for service in gone])
        return say(f"You will hear nothing more of {names}." if gone else "You had no subscriptions.")
    asked = asking.read(typed, context)
    mine = {subscription.service for subscription in context.store.subscriptions(request.address)}
    service = asked.service.id if asked.service else typed
    if service not in mine:
        if asked.service is None:
            return asking.not_found("unsubscribe", typed, tuple(s for s in asked.nearest if s.id in mine))
        return say(f"You do not follow {asked.service.name}. /subscriptions lists what you follow.")
    context.store.unsubscribe(request.address, service)
    return say(
        f"You will hear nothing more of {context.names.label(service)}.",
        actions=[Action("Undo", f"subscribe {service}")],
    )


COMMAND = Command(
    Entry(
        "unsubscribe", "Stop hearing of a service, or of all",
        (Parameter("service", "Which service, or: all"),), manages=True, aliases=("unfollow",),
    ),
    run,
)  # fmt: skip
