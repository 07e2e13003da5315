"""Telegram messages and events as requests, and the destinations of their answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta

from telegram import (
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Update,
)
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus, ChatType

from bot.adapters.telegram.asked import Asked, Bot, address_of, chat_address
from bot.adapters.telegram.channels import Channels, There, explained
from bot.adapters.telegram.inline import Cards
from bot.adapters.telegram.press import Presses
from bot.locales import _, best, speaking
from bot.message import Block, Message, Span
from bot.outcomes import REMOVED, Back, Gone, Moved, Notice
from bot.platform import Dispatch, Entry, Hint, Request, command_of
from bot.render.blocks import say

OUTSIDE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
#: The least time between two channel posts that count as a sign that it can be reached.
LOOK_AFTER = timedelta(hours=1)
#: The most letters of a request's number.
NUMBER_LETTERS = 64
#: The most channels whose last such post is remembered.
REMEMBERED = 10_000


#: The id of the update that is being processed.
_NUMBER: ContextVar[int] = ContextVar("update")


class Updates:
    """Reads updates one by one, and answers them."""

    def __init__(self, bot: Bot, menu: Sequence[Entry]) -> None:
        self._bot = bot = replace(bot, dispatch=_numbered(bot.dispatch))
        self._channels = Channels(bot)
        self._presses = Presses(bot, self._channels)
        self._cards = Cards(bot, menu)
        self._for_other_chats = {entry.name for entry in menu if entry.for_other_chat}
        self._read_files = {entry.name for entry in menu if entry.reads_file}
        self._seen_alive: dict[int, datetime] = {}
        self._greetings = [entry.name for entry in menu if entry.greets]

    async def take(self, update: Update) -> None:
        """Answer one update; unknown kinds are ignored."""
        _NUMBER.set(update.update_id)
        if update.callback_query:
            await self._presses.take(update.callback_query)
        elif update.inline_query:
            await self._cards.take(update.inline_query)
        elif update.my_chat_member:
            await self._on_member(update.my_chat_member)
        elif message := update.message or update.channel_post:
            await self._on_message(message)

    # -- messages

    async def _on_message(self, message: TelegramMessage) -> None:
        if message.migrate_to_chat_id:
            await self._on_move(message.chat.id, message.migrate_to_chat_id)
            return
        if message.migrate_from_chat_id:
            await self._on_move(message.migrate_from_chat_id, message.chat.id)
            return
        line = self._line(message)
        if line is None or message.is_automatic_forward:
            await self._on_sign_of_life(message)
            return
        if message.document and line[0].casefold() in self._read_files and not line[1]:
            line = line[0], await self._bot.read_file(message.document.file_id)
        user = message.from_user.id if message.from_user else 0
        may = await self._may_manage(message, user)
        await self._answer(line, message, user, may)

    def _line(self, message: TelegramMessage) -> tuple[str, str] | None:
        """The command and text of a message, or None if it is not meant for the bot.

        In a private chat everything is.
        """
        text = (message.text or message.caption or "").strip()
        if text.startswith("/"):
            return self._command(text)
        if message.chat.type != ChatType.PRIVATE:
            return None
        if not text and not message.sticker and not message.effective_attachment:
            return None
        return "", text

    def _command(self, text: str) -> tuple[str, str] | None:
        """The command and the rest of a line, or None if it is meant for another bot."""
        command, rest = command_of(text)
        name, _at, whom = command.partition("@")
        if whom and whom.casefold() != self._bot.name.casefold():
            return None
        return name, rest

    async def _answer(
        self, line: tuple[str, str], message: TelegramMessage, user: int, may: bool
    ) -> None:
        """Answer a typed line where it was said; one for a channel, on the channel's behalf."""
        command, rest = line
        language = _language(message)
        private = message.chat.type == ChatType.PRIVATE
        if private and command.casefold() in self._for_other_chats:
            there = await self._channels.named(rest, user)
            if isinstance(there, There):
                await self._channels.answer(there, message, language, str(user))
                return
            line_for = Request(command, rest, address_of(message), private=True)
            said = explained(there, rest, language)
            await self._bot.tell(Asked(line_for, address_of(message)), said)
            return
        here = address_of(message)
        person = str(user or "")
        request = Request(
            command, rest.strip(), here, may, private, language=language, person=person
        )
        reply_to = "" if private else str(message.message_id)
        await self._bot.tell(Asked(request, here, reply_to), await self._bot.dispatch(request))

    async def _may_manage(self, message: TelegramMessage, user: int) -> bool:
        """Whether the author of a message may change what the chat receives.

        Administrators may. An anonymous one posts as the group itself, and only administrators post
        in channels.
        """
        if message.chat.type in (ChatType.PRIVATE, ChatType.CHANNEL):
            return True
        if message.sender_chat:
            # Another channel, even the linked one, manages nothing.
            return message.sender_chat.id == message.chat.id
        return await self._channels.is_administrator(message.chat.id, user)

    # -- what happens to chats

    async def _on_member(self, change: ChatMemberUpdated) -> None:
        """The bot was added to a chat, removed or blocked."""
        where = chat_address(change.chat.id)
        was_outside = change.old_chat_member.status in OUTSIDE
        if change.new_chat_member.status in OUTSIDE:
            removed = Gone(REMOVED, left=True)
            await self._bot.dispatch(Notice((where,), removed))
            return
        if _may_post(change.new_chat_member):
            await self._bot.dispatch(Notice((where,), Back()))
        if was_outside and change.chat.type == ChatType.CHANNEL:
            await self._welcome(change)
        elif was_outside and change.chat.type in GROUPS:
            for command in self._greetings:
                language = change.from_user.language_code or ""
                request = Request(command, "", where, False, False, language=language)
                answer = await self._bot.dispatch(request)
                await self._bot.tell(Asked(request, where), replace(answer, quiet=True))

    async def _welcome(self, change: ChatMemberUpdated) -> None:
        """Tell whoever made the bot an administrator of a channel how to set it up.

        Nothing is posted in the channel.
        """
        language = change.from_user.language_code or ""
        name = change.chat.username
        with speaking(best(language)):
            line = Span(f"/channel {f'@{name}' if name else change.chat.id} subscribe linkedin eu")
            said = say(
                _("I am in {name} now. Set it up from here:", name=change.chat.title or "…"),
                Block("copy", ((line,),)),
            )
        person = chat_address(change.from_user.id)
        await self._bot.tell(Asked(Request("start", "", person, language=language), person), said)

    async def _on_sign_of_life(self, message: TelegramMessage) -> None:
        """A channel's post shows that the bot is in it; checking once an hour is enough."""
        if message.chat.type != ChatType.CHANNEL:
            return
        seen = self._seen_alive.get(message.chat.id)
        if seen is None or message.date - seen > LOOK_AFTER:
            self._seen_alive[message.chat.id] = message.date
            if len(self._seen_alive) > REMEMBERED:
                self._seen_alive.pop(next(iter(self._seen_alive)))
            await self._bot.dispatch(Notice((chat_address(message.chat.id),), Back()))

    async def _on_move(self, old: int, new: int) -> None:
        """A group became a supergroup; both report it, in either order."""
        await self._bot.dispatch(Notice((chat_address(old),), Moved(chat_address(new))))


def _numbered(dispatch: Dispatch) -> Dispatch:
    """A dispatch that gives every request the number of its update, which may be repeated."""

    async def ask(request: Request | Notice | Hint) -> Message:
        """Answer one request."""
        if isinstance(request, Request):
            request = replace(request, number=f"{_NUMBER.get()} {request.command}"[:NUMBER_LETTERS])
        return await dispatch(request)

    return ask


def _may_post(member: ChatMember) -> bool:
    """Whether the bot may post, with its current status in a chat."""
    if isinstance(member, ChatMemberAdministrator):
        return member.can_post_messages is not False
    if isinstance(member, ChatMemberRestricted):
        return member.can_send_messages
    return True


def _language(message: TelegramMessage) -> str:
    if message.from_user is None:
        return ""
    return message.from_user.language_code or ""
