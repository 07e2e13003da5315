"""/services: what can be followed; with a text, the ones that match."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Parameter, Request
from bot.render.words import bold, listing, say, title
from handlers import asking
from handlers.base import Command, Context

PAGE = 40


def run(request: Request, context: Context) -> Message:
    typed = request.text.strip()[:100]
    if not typed:
        return _overview(context)
    found = context.names.search(typed)
    if not found:
        guess = context.names.find(typed)
        return asking.not_found("subscribe", typed, (guess.service,) if guess.service else guess.nearest)
    names = ", ".join(service.name for service in found[:PAGE])
    more = f" and {len(found) - PAGE} more" if len(found) > PAGE else ""
    return say(
        f"{names}{more}.",
        actions=[Action(f"Subscribe to {service.name}", f"subscribe {service.id}") for service in found[:3]],
    )


def _overview(context: Context) -> Message:
    guided = sorted((context.names.label(service) for service in context.known.guides), key=str.casefold)
    return say(
        title(bold(f"{len(context.known.services)} services can be followed")),
        listing([(bold("With steps to opt out: "), ", ".join(guided))]),
        "To search: /services and a part of a name, for example: /services google",
        actions=[Action("Subscribe to LinkedIn", "subscribe linkedin")],
    )


COMMAND = Command(
    Entry("services", "The services you can follow", (Parameter("text", "A part of a name", required=False),)), run
)
