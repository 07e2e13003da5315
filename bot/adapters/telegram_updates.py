"""What people say and do on Telegram, as requests; and where the answer goes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from telegram import CallbackQuery, ChatMemberUpdated, InlineQuery, MaybeInaccessibleMessage, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.adapters.telegram_html import html_of, size
from bot.adapters.telegram_keyboard import deep_link
from bot.chat import Dispatch, Gone, Hint, Message, Moved, Notice, Request
from bot.locales import N_, _, best, speaking
from bot.model import Address
from bot.render.fit import fit

log = structlog.get_logger()

_ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
_OUT = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
#: A second press of the same button within so many seconds is a double tap.
DOUBLE_TAP = 1.5
#: Cards that an inline query offers, letters of one, and seconds for which Telegram may remember them.
CARDS, CARD, REMEMBERED = 5, 3500, 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and where its answer goes: in reply to a message, or in the place of one."""

    request: Request
    to: Address
    reply_to: str = ""
    pressed_on: str = ""


#: Says an answer on the platform.
Tell = Callable[[Asked, Message], Awaitable[None]]
#: Calls the Bot API: (method, parameters) -> its result, or None where it failed.
Call = Callable[[str, dict[str, Any]], Awaitable[Any]]


class Updates:
    """Reads updates one by one; `name` is the bot's user name."""

    def __init__(self, dispatch: Dispatch, tell: Tell, call: Call, name: str) -> None:
        self._dispatch, self._tell, self._call, self._name = dispatch, tell, call, name
        self._pressed: OrderedDict[tuple[object, ...], float] = OrderedDict()

    async def take(self, update: Update) -> None:
        if update.callback_query:
            await self._on_press(update.callback_query)
        elif update.inline_query:
            await self._on_inline(update.inline_query)
        elif update.my_chat_member:
            await self._on_member(update.my_chat_member)
        elif message := update.message or update.channel_post:
            await self._on_message(message)

    # -- messages

    async def _on_message(self, message: TelegramMessage) -> None:
        if message.migrate_to_chat_id:
            await self._on_move(message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id:
            await self._on_move(message.migrate_from_chat_id, message.chat.id)
        elif (line := self._line(message)) is not None and not message.is_automatic_forward:
            user = message.from_user.id if message.from_user else 0
            await self._answer(line, message, user, message.from_user.language_code if message.from_user else None)

    def _line(self, message: TelegramMessage) -> tuple[str, str] | None:
        """The command and the text of a message; in groups only what is meant for us, in private anything."""
        private = message.chat.type == ChatType.PRIVATE
        text = (message.text or "").strip()
        if not text.startswith("/"):
            spoken = bool(text or message.sticker or message.effective_attachment)
            return ("", text) if private and spoken else None
        command, _sep, rest = text[1:].partition(" ")
        name, _at, whom = command.partition("@")
        return (name, rest) if not whom or whom.casefold() == self._name.casefold() else None

    async def _answer(
        self, line: tuple[str, str], message: MaybeInaccessibleMessage, user: int, language: str | None, pressed: bool = False
    ) -> None:
        (command, text), private = line, message.chat.type == ChatType.PRIVATE
        may = private or await self._may_manage(message, user, pressed)
        here = _address(message)
        request = Request(command, text.strip(), here, may, private, language=language or "", pressed=pressed)
        if private and command.casefold() == "channel" and (found := await self._elsewhere(text, user)):
            where, rest = found
            command, _sep, text = rest.partition(" ")
            request = replace(request, command=command, text=text.strip(), address=where, private=False)
        reply_to = "" if private or pressed else str(message.message_id)
        asked = Asked(request, here, reply_to, str(message.message_id) if pressed and message.is_accessible else "")
        await self._tell(asked, await self._dispatch(request))

    async def _may_manage(self, message: MaybeInaccessibleMessage, user: int, pressed: bool) -> bool:
        """Administrators may; an anonymous one speaks as the group itself, and only they post in channels."""
        if message.chat.type == ChatType.CHANNEL and not pressed:
            return True
        if not pressed and isinstance(message, TelegramMessage) and message.sender_chat:
            # An anonymous administrator; another channel's voice, or that of the linked one, manages nothing.
            return message.sender_chat.id == message.chat.id
        return await self._is_admin(message.chat.id, user)

    async def _is_admin(self, chat: int | str, user: int) -> bool:
        member = await self._call("getChatMember", {"chat_id": chat, "user_id": user})
        return isinstance(member, dict) and member.get("status") in _ADMINS

    async def _elsewhere(self, text: str, user: int) -> tuple[Address, str] | None:
        """The channel that a person names and a line for it, where they are an administrator of it."""
        name, _sep, rest = text.strip().partition(" ")
        if not rest or not (name.startswith("@") or name.lstrip("-").isdecimal()):
            return None
        chat = await self._call("getChat", {"chat_id": name})
        if not isinstance(chat, dict) or "id" not in chat or not await self._is_admin(chat["id"], user):
            return None
        return Address("telegram", str(chat["id"])), rest.strip().removeprefix("/")

    # -- buttons

    async def _on_press(self, query: CallbackQuery) -> None:
        try:
            await query.answer()
        except TelegramError as error:  # too old; the person waits no more, but the button still works
            log.info("telegram.press_unanswered", why=type(error).__name__)
        if query.message is None or not query.data or self._again(query):
            return
        command, _sep, text = query.data.partition(" ")
        await self._answer((command, text), query.message, query.from_user.id, query.from_user.language_code, pressed=True)

    def _again(self, query: CallbackQuery) -> bool:
        """Whether this is the second tap of a double one."""
        assert query.message
        key, now = (query.message.chat.id, query.message.message_id, query.from_user.id, query.data), time.monotonic()
        last = self._pressed.pop(key, 0.0)
        self._pressed[key] = now
        if len(self._pressed) > 1000:
            self._pressed.popitem(last=False)
        return now - last < DOUBLE_TAP

    # -- what happens to chats

    async def _on_member(self, change: ChatMemberUpdated) -> None:
        where = Address("telegram", str(change.chat.id))
        was, now = change.old_chat_member.status, change.new_chat_member.status
        if now in _OUT:
            await self._dispatch(Notice(where, Gone(N_("the bot was removed or blocked"))))
        elif was in _OUT and change.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP):
            request = Request("start", "", where, False, False, language=change.from_user.language_code or "")
            await self._tell(Asked(request, where), replace(await self._dispatch(request), quiet=True))

    async def _on_move(self, old: int, new: int) -> None:
        """A group became a supergroup; it is said in both, in either order."""
        await self._dispatch(Notice(Address("telegram", str(old)), Moved(Address("telegram", str(new)))))

    # -- in any chat: @bot linkedin

    async def _on_inline(self, query: InlineQuery) -> None:
        language = query.from_user.language_code or ""
        offered = (await self._dispatch(Hint("service", query.query, language))).actions[:CARDS]
        me = Address("telegram", str(query.from_user.id))
        asked = [Request("howto", each.command, me, language=language, typing=True) for each in offered]
        cards = [
            self._card(each.command, each.label, await self._dispatch(request), language)
            for each, request in zip(offered, asked, strict=True)
        ]  # fmt: skip
        given = {"inline_query_id": query.id, "results": cards, "cache_time": REMEMBERED, "is_personal": True}
        await self._call("answerInlineQuery", given)

    def _card(self, service: str, label: str, message: Message, language: str) -> dict[str, Any]:
        """The how-to, as anybody can post it; its button leads to us."""
        fitted = fit(message, size, CARD)
        first = next((block for block in fitted.blocks[1:] if len(block)), None)
        with speaking(best(language)):
            button = {"text": _("Ask Smallprint"), "url": deep_link(self._name, f"howto {service}")}
        return {
            "type": "article", "id": service[:64], "title": label,
            "description": "".join(span.text for span in first.lines[0])[:100] if first else "",
            "input_message_content": {
                "message_text": html_of(fitted), "parse_mode": "HTML", "link_preview_options": {"is_disabled": True},
            },
            "reply_markup": {"inline_keyboard": [[button]]},
        }  # fmt: skip


def _address(message: MaybeInaccessibleMessage) -> Address:
    topic = message.message_thread_id if isinstance(message, TelegramMessage) and message.is_topic_message else None
    thread = str(topic or "")
    return Address("telegram", str(message.chat.id), thread)
