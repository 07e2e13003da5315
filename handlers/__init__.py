"""What people can say. The list below feeds every platform's menu, /help, the README and the tests."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Gone, Message, Moved, Notice, Request
from bot.render.words import note, say
from handlers import (
    dismiss,
    done,
    forget,
    help,
    howto,
    mute,
    privacy,
    recent,
    region,
    reminders,
    services,
    start,
    story,
    subscribe,
    subscriptions,
    unsubscribe,
    when,
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
    when.COMMAND,
    mute.COMMAND,
    reminders.COMMAND,
    done.COMMAND,
    dismiss.COMMAND,
    privacy.COMMAND,
    forget.COMMAND,
    help.COMMAND,
    start.COMMAND,
)

_BY_NAME = {name: command for command in COMMANDS for name in (command.entry.name, *command.entry.aliases)}


def answer(request: Request | Notice, context: Context) -> Message:
    """Answer what a person said. A command that changes the chat is for those who manage it."""
    if isinstance(request, Notice):
        return _note(request, context)
    command = _BY_NAME.get(request.command.casefold())
    if command is None:
        return say(f"I do not know /{request.command[:40]}. /help lists what you can say.")
    if command.entry.manages and not request.may_manage:
        return say("Only people who manage this chat can change what it receives. You can do it in a private chat with me.")
    if (why := context.store.paused(request.address)) is None:
        return command.run(request, context)
    context.store.resume(request.address, context.now)
    told = note(f"I could not reach you here for a while ({why}). What waited for you comes now.", weight=60)
    said = command.run(request, context)
    return replace(said, blocks=(*said.blocks, told))


def _note(notice: Notice, context: Context) -> Message:
    match notice.outcome:
        case Moved(to):
            context.store.move(notice.address, to)
        case Gone(why):
            context.store.pause(notice.address, why)
    return say("Noted.")


__all__ = ["COMMANDS", "Command", "Context", "answer"]
