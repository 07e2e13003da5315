"""What people can say. The list below feeds every platform's menu, /help, the README and the tests."""

from __future__ import annotations

from bot.chat import Message, Request
from bot.render.words import say
from handlers import (
    forget,
    help,
    howto,
    privacy,
    recent,
    region,
    services,
    start,
    story,
    subscribe,
    subscriptions,
    unsubscribe,
)
from handlers.base import Command, Context

COMMANDS: tuple[Command, ...] = (
    subscribe.COMMAND,
    unsubscribe.COMMAND,
    subscriptions.COMMAND,
    region.COMMAND,
    services.COMMAND,
    recent.COMMAND,
    story.COMMAND,
    howto.COMMAND,
    privacy.COMMAND,
    forget.COMMAND,
    help.COMMAND,
    start.COMMAND,
)

_BY_NAME = {name: command for command in COMMANDS for name in (command.entry.name, *command.entry.aliases)}


def answer(request: Request, context: Context) -> Message:
    """Answer what a person said. A command that changes the chat is for those who manage it."""
    command = _BY_NAME.get(request.command.casefold())
    if command is None:
        return say(f"I do not know /{request.command[:40]}. /help lists what you can say.")
    if command.entry.manages and not request.may_manage:
        return say("Only people who manage this chat can change what it receives. You can do it in a private chat with me.")
    if context.store.paused(request.address) is not None:
        context.store.resume(request.address)
        context.store.unhold(request.address, context.now)
    return command.run(request, context)


__all__ = ["COMMANDS", "Command", "Context", "answer"]
