"""The dispatcher: finds a request's command, checks permission, and sets the language."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from typing import assert_never

from rapidfuzz import process

from bot import locales
from bot.locales import _, n_
from bot.message import Action, Block, Message
from bot.outcomes import REMOVED, Back, Gone, Moved, Notice, OnlyIn
from bot.platform import Hint, Request
from bot.preferences import ChatSettings
from bot.render.blocks import note, say
from bot.render.waits import held_for
from bot.store.missed import Missed
from bot.timing import Waiting, opens
from bot.verdicts import HeldFor
from handlers import _arguments, _free_text
from handlers._base import Command, Context
from handlers._pieces import person_sum, ticked
from handlers._suggest import suggest

#: A line without a slash and with more words after the first is a sentence, even if the first is a
#: command's name, unless the rest names only services and regions, or is the command's own.
BARE = 3
#: A button that follows one service.
_FOLLOW = re.compile(r"subscribe ([\w-]+)")
#: The characters of a line, or of a file, that are read.
MOST_TYPED = 1_000_000


class Dispatcher:
    """Answers requests with the commands of a list."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = commands
        self._menu = tuple(command.entry for command in commands)
        self._by_name: dict[str, Command] = {}
        for command in commands:
            for name in (command.entry.name, *command.entry.aliases):
                self._by_name[name] = command
        self._translated: dict[str, dict[str, Command]] = {}

    def answer(self, request: Request | Notice | Hint, context: Context) -> Message:
        """Answer what a person said, in the language of the chat. Raises StoreError."""
        if isinstance(request, Notice):
            return _note(request, context)
        if isinstance(request, Hint):
            with locales.speaking(request.language):
                return suggest(request, context)
        request = replace(request, text=_clean(request.text), command=_clean(request.command))
        known = context.store.preferences.get(request.address)
        context = replace(context, chat=known or ChatSettings(), menu=self._menu)
        chosen = (request.language, context.chat.language)
        if not request.unseen:
            chosen = chosen[::-1]
        with locales.speaking(next(filter(None, chosen), "")):
            return self._said(request, context, is_known=known is not None)

    def _said(self, request: Request, context: Context, is_known: bool) -> Message:
        asked = request
        command, request = self._meant(request, context)
        if command is None or not command.is_for(request, context):
            return self._no_command(asked, context)
        manages = command.entry.manages
        if manages and not request.may_manage:
            return _not_allowed()
        if request.looks:
            return command.run(request, context)
        if context.chat.paused is not None:
            context.store.reach.regain([request.address], context.now)
        said = _for_follower(command.run(request, context), request, context)
        if request.unseen and not request.may_manage:
            said = self._without_refused(said)
        if manages:
            _meet(request, context, is_known)
        return _welcomed(said, request, context)

    def _meant(self, request: Request, context: Context) -> tuple[Command | None, Request]:
        """The command of a request, or None, and the request with its name and text split.

        A command has its name in English and in the person's language.
        """
        if request.command:
            return self._named(request.command), request
        first, _sep, rest = request.text.strip().partition(" ")
        command = self._named(first)
        if command is None or not _is_command(command, rest, request, context):
            return None, request
        return command, replace(request, command=command.entry.name, text=rest)

    def _runs(self, request: Request, context: Context) -> Callable[[str], Message]:
        """A function that answers a command line on behalf of a request's sender."""

        def run(line: str) -> Message:
            name, _sep, rest = line.partition(" ")
            return self._said(replace(request, command=name, text=rest), context, is_known=True)

        return run

    def _without_refused(self, said: Message) -> Message:
        """The answer without buttons that its only reader, who is no manager, may not use.

        If others read the answer too, one of them may be a manager.
        """

        def leads_on(action: Action | None) -> bool:
            command = self._by_name.get(action.command.partition(" ")[0]) if action else None
            return command is None or not command.entry.manages

        blocks = tuple(
            block if leads_on(block.action) else replace(block, action=None)
            for block in said.blocks
        )
        menu = said.menu
        if menu:
            options = tuple(filter(leads_on, menu.options))
            menu = replace(menu, options=options) if options else None
        actions = tuple(filter(leads_on, said.actions))
        return replace(said, blocks=blocks, actions=actions, menu=menu)

    def _named(self, name: str) -> Command | None:
        name = name.casefold()
        return self._by_name.get(name) or self._names_in(locales.spoken()).get(name)

    def _names_in(self, language: str) -> dict[str, Command]:
        """The commands by their names in a language."""
        found = self._translated.get(language)
        if found is None:
            with locales.speaking(language):
                found = {_(command.entry.name).casefold(): command for command in self._commands}
            self._translated[language] = found
        return found

    def _no_command(self, request: Request, context: Context) -> Message:
        if request.private and not request.command:
            return _free_text.run(request, context, self._runs(request, context))
        if request.pressed:
            return say(
                _(
                    "This button is from an older version of me, and leads nowhere now. "
                    "/help lists what you can say."
                )
            )
        offers: list[Action] = []
        names = [name for name, each in self._by_name.items() if each.is_for(request, context)]
        near = process.extractOne(request.command.casefold(), names, score_cutoff=75)
        if near:
            line = f"{near[0]} {request.text}".strip()
            offers.append(Action(f"/{line}"[:60], line))
        said = _(
            "I do not know /{command}. /help lists what you can say.",
            command=request.command[:40],
        )
        return say(said, actions=offers)


def _is_command(command: Command, rest: str, request: Request, context: Context) -> bool:
    """Whether a line without a slash that begins with a command's name is that command."""
    if rest.endswith("?"):
        return False
    if command.understands and not command.understands(rest.strip(), request, context):
        return False
    if len(rest.split()) <= BARE:
        return True
    others = [word for word in rest.split() if word.casefold().strip(",;") not in command.words]
    return not _arguments.several(" ".join(others), context).unknown


def _for_follower(said: Message, request: Request, context: Context) -> Message:
    """The answer without offers to follow services that are followed already."""
    options = said.menu.options if said.menu else ()
    if not any(_FOLLOW.fullmatch(action.command) for action in (*said.actions, *options)):
        return said
    mine = set(_arguments.followed(request, context))
    menu = said.menu
    if menu:
        menu = replace(menu, options=tuple(_opened(option, mine) for option in options))
    kept = tuple(action for action in said.actions if _followed_by(action) not in mine)
    return replace(said, actions=kept, menu=menu)


def _opened(option: Action, mine: Container[str]) -> Action:
    """A menu option; for a followed service, it opens the subscription."""
    service = _followed_by(option)
    if service not in mine:
        return option
    return replace(option, label=ticked(option.label, True), command=f"subscriptions {service}")


def _followed_by(action: Action) -> str:
    """The one service that a button follows, or ""."""
    found = _FOLLOW.fullmatch(action.command)
    return found[1] if found else ""


def _clean(typed: str) -> str:
    """Typed text without what no database takes: lone surrogates and zero bytes."""
    return typed.encode("utf-8", "replace").decode().replace("\0", "")[:MOST_TYPED]


def _not_allowed() -> Message:
    return say(
        _(
            "Only people who manage this chat can change what it receives. "
            "You can do it in a private chat with me."
        )
    )


def _meet(request: Request, context: Context, is_known: bool) -> None:
    """Store the language of a chat, and whether many read it, if that is new."""
    chat = context.chat
    shared = not request.private
    manager = ""
    if shared:
        manager = person_sum(request, context) or chat.manager
    same = (chat.shared, chat.server, chat.manager) == (shared, request.server, manager)
    if is_known and chat.language and same:
        return
    language = locales.best(request.language)
    context.store.chats.meet(request.address, language, shared, request.server, manager)


def _welcomed(said: Message, request: Request, context: Context) -> Message:
    """The answer, with a note on missed alerts if the chat was unreachable before."""
    if context.chat.paused is None:
        return said
    missed = context.store.reach.waiting(request.address, context.now)
    if missed is None:
        return said
    back = _welcome_back(context.chat.paused, missed, context)
    return replace(said, blocks=(*said.blocks, back))


def _welcome_back(why: str, missed: Missed, context: Context) -> Block:
    """The note to a chat that was unreachable: why, and what happens to its missed alerts."""
    said = _("I could not reach you here for a while ({why}).", why=_(why))
    waits = opens(Waiting(0), context.chat.schedule, context.now)[1]
    count = missed.due
    if not count:
        count, waits = missed.later, missed.held_for
    if not count:
        comes = _("Nothing changed for you in that time.")
    elif waits is HeldFor.MUTE:
        comes = _("What changed meanwhile is about what you muted, and comes when the mute ends.")
    elif waits is None:
        comes = n_(
            "What you missed, {count} change, comes now.",
            "What you missed, {count} changes, comes now as one message.",
            count,
        )
    else:
        comes = n_(
            "What you missed, {count} change, waits for: {what}.",
            "What you missed, {count} changes, waits for: {what}.",
            count,
            what=held_for(waits),
        )
    return note(f"{said} {comes}", weight=60)


def _note(notice: Notice, context: Context) -> Message:
    """Store an event that a platform noticed; there is no answer."""
    reach = context.store.reach
    match notice.outcome:
        case Moved(to):
            for address in notice.addresses:
                context.store.chats.move(address, to)
        case Gone(why, left):
            reach.lose(notice.addresses, why, context.now, left, threads=True)
            if notice.server:
                reach.lose_server(*notice.server, why, context.now)
        case Back():
            if notice.server:
                context.store.chats.belong(notice.addresses, notice.server[1])
            reach.regain(notice.addresses, context.now, threads=True)
        case OnlyIn(platform, servers):
            reach.lose_other_servers(platform, servers, REMOVED, context.now)
        case _:
            assert_never(notice.outcome)
    return Message(())
