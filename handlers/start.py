"""/start: what this is, and the first step."""

from __future__ import annotations

from bot.chat import Action, Entry, Message, Request
from bot.render.words import bold, say, title
from handlers import howto, subscribe
from handlers.base import Command, Context


def run(request: Request, context: Context) -> Message:
    """A deep link carries a command after `start`: subscribe_linkedin, howto_linkedin."""
    verb, _, service = request.text.partition("_")
    for command in (subscribe.COMMAND, howto.COMMAND):
        if verb == command.entry.name and service and (request.may_manage or not command.entry.manages):
            return command.run(Request(verb, service, request.address, request.may_manage, request.private), context)
    return say(
        title(bold("Smallprint reads the small print for you.")),
        "Tell me which services you use and where you live. When one of them changes its terms or its privacy "
        "policy, I tell you what changed, whether it concerns you, and how to opt out.",
        "Start with one: /subscribe linkedin eu",
        "Ask any time: /howto linkedin",
        actions=[
            Action("Subscribe to LinkedIn in the EU", "subscribe linkedin eu"),
            Action("See all services", "services"),
            Action("Help", "help"),
        ],
    )


COMMAND = Command(Entry("start", "What Smallprint does, and the first step"), run)
