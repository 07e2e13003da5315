"""What people can say. The list below feeds every platform's menu, /help, the README and the tests."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from rapidfuzz import process

from bot import locales
from bot.locales import _
from bot.message import Action, Message
from bot.platform import Gone, Hint, Moved, Notice, Request
from bot.preferences import ChatSettings
from bot.render.blocks import note, say
from handlers import (
    _arguments,
    _free_text,
    _suggest,
    about,
    channel,
    checklist,
    dismiss,
    done,
    export,
    forget,
    help,
    howto,
    language,
    letter,
    link,
    mention,
    mute,
    picture,
    privacy,
    recent,
    region,
    reminders,
    services,
    setup,
    start,
    status,
    story,
    subscribe,
    subscriptions,
    test,
    threshold,
    topics,
    unsubscribe,
    when,
    why,
)
from handlers._base import Command, Context

COMMANDS: tuple[Command, ...] = tuple(
    module.COMMAND
    for module in (
        subscribe, unsubscribe, subscriptions, howto, picture, checklist, letter, recent, story, why, status, services, region, when,
        threshold, topics, mute, reminders, done, dismiss, language, mention, channel, test, privacy, export, link, forget,
        about, help, setup, start,
    )
)  # fmt: skip

_BY_NAME = {
    name: command for command in COMMANDS for name in (command.entry.name, *command.entry.aliases)
}
#: A bare line with more words behind the first is a sentence, even if that is the name of a command, unless all the rest
#: names services and regions.
BARE = 3


def answer(request: Request | Notice | Hint, context: Context) -> Message:
    """Answer what a person said, in the language of the chat."""
    if isinstance(request, Notice):
        return _note(request, context)
    if isinstance(request, Hint):
        with locales.speaking(request.language):
            return _suggest.suggest(request, context)
    known = context.store.preferences.get(request.address)
    context = replace(context, chat=known or ChatSettings())
    with locales.speaking(context.chat.language or request.language):
        return _said(request, context, is_known=known is not None)


def _said(request: Request, context: Context, is_known: bool) -> Message:
    command, request = _meant(request, context)
    if command is None:
        return (
            _free_text.run(request, context)
            if request.private and not request.command
            else _unknown(request)
        )
    manages = command.entry.manages
    if manages and not request.may_manage:
        return say(
            _(
                "Only people who manage this chat can change what it receives. You can do it in a private chat with me."
            )
        )
    chat = context.chat
    if chat.paused is not None:
        context.store.chats.resume(request.address, context.now)
    said = command.run(request, context)
    if manages and (not is_known or not chat.language or chat.shared is request.private):
        context.store.chats.meet(
            request.address, locales.best(request.language), not request.private
        )
    if chat.paused is not None:
        why = _(
            "I could not reach you here for a while ({why}). What waited for you comes now.",
            why=_(chat.paused),
        )
        said = replace(said, blocks=(*said.blocks, note(why, weight=60)))
    return said


def _meant(request: Request, context: Context) -> tuple[Command | None, Request]:
    """The command of a request: by its name, in English or as the person's language has it; of a bare line, by its first
    word."""
    if request.command:
        return _named(request.command), request
    first, _sep, rest = request.text.strip().partition(" ")
    command = None if rest.endswith("?") else _named(first)
    if command is unsubscribe.COMMAND and not unsubscribe.understood(
        rest.strip(), request, context
    ):
        return None, request  # "stop linkedin training" means the training
    if command and (len(rest.split()) <= BARE or not _arguments.several(rest, context)[2]):
        return command, replace(request, command=command.entry.name, text=rest)
    return None, request


def _named(name: str) -> Command | None:
    name = name.casefold()
    return _BY_NAME.get(name) or _translated(locales.spoken()).get(name)


@cache
def _translated(spoken: str) -> dict[str, Command]:
    """Commands by their names in a language."""
    with locales.speaking(spoken):
        return {_(command.entry.name).casefold(): command for command in COMMANDS}


def _unknown(request: Request) -> Message:
    if request.pressed:
        return say(
            _(
                "This button is from an older version of me, and leads nowhere now. /help lists what you can say."
            )
        )
    near = process.extractOne(request.command.casefold(), list(_BY_NAME), score_cutoff=75)
    offers = (
        [Action(f"/{near[0]} {request.text}".strip()[:60], f"{near[0]} {request.text}".strip())]
        if near
        else []
    )
    return say(
        _("I do not know /{command}. /help lists what you can say.", command=request.command[:40]),
        actions=offers,
    )


def _note(notice: Notice, context: Context) -> Message:
    match notice.outcome:
        case Moved(to):
            context.store.chats.move(notice.address, to)
        case Gone(why):
            context.store.chats.pause(notice.address, why)
    return Message(())


__all__ = ["COMMANDS", "Command", "Context", "answer"]
