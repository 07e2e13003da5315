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

from bot.adapters.telegram.layout import chat_of, deep_link
from bot.adapters.telegram.markup import html_of, size
from bot.adapters.telegram.press import alert, brief, stands_on
from bot.locales import N_, _, best, speaking
from bot.message import Message
from bot.model import Address
from bot.platform import Dispatch, Gone, Hint, Moved, Notice, Request
from bot.render.blocks import bold, text
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


@dataclass(frozen=True, slots=True)
class There:
    """A channel or group that a person manages from the private chat, and the line for it."""

    address: Address
    title: str
    line: str


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
            language = message.from_user.language_code if message.from_user else None
            may = await self._may_manage(message, user)
            await self._answer(line, message, user, language, may)

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
        self, line: tuple[str, str], message: MaybeInaccessibleMessage, user: int,
        language: str | None, may: bool,
    ) -> None:  # fmt: skip
        """Answer a typed line where it was said; one for a channel, as that channel's own."""
        (command, rest), private = line, message.chat.type == ChatType.PRIVATE
        if private and command.casefold() == "channel" and (there := await self._there(rest, user)):
            await self._answer_for(there, message, language)
            return
        here = _address(message)
        request = Request(command, rest.strip(), here, may, private, language=language or "")
        reply_to = "" if private else str(message.message_id)
        await self._tell(Asked(request, here, reply_to), await self._dispatch(request))

    async def _answer_for(
        self, there: There, message: MaybeInaccessibleMessage, language: str | None,
        pressed: bool = False,
    ) -> None:  # fmt: skip
        """Answer in the private chat what was asked for a channel, with the channel's name on top."""
        command, _sep, rest = there.line.partition(" ")
        request = Request(
            command, rest.strip(), there.address, private=False, language=language or "", pressed=pressed
        )  # fmt: skip
        answer = await self._dispatch(request)
        if answer.blocks and there.title:
            answer = replace(answer, blocks=(text(bold(there.title), weight=90), *answer.blocks))
        await self._tell(Asked(request, _address(message), "", _place(message, pressed)), answer)

    async def _may_manage(self, message: TelegramMessage, user: int) -> bool:
        """Administrators may; an anonymous one speaks as the group itself, and only they post in channels."""
        if message.chat.type in (ChatType.PRIVATE, ChatType.CHANNEL):
            return True
        if message.sender_chat:
            # An anonymous administrator; another channel's voice, or that of the linked one, manages nothing.
            return message.sender_chat.id == message.chat.id
        return await self._is_admin(message.chat.id, user)

    async def _is_admin(self, chat: int | str, user: int) -> bool:
        member = await self._call("getChatMember", {"chat_id": chat, "user_id": user})
        return isinstance(member, dict) and member.get("status") in _ADMINS

    async def _there(self, said: str, user: int) -> There | None:
        """The channel that a person names and a line for it, where they are an administrator of it."""
        name, _sep, rest = said.strip().partition(" ")
        if not rest or not (name.startswith("@") or name.lstrip("-").isdecimal()):
            return None
        chat = await self._call("getChat", {"chat_id": name})
        if (
            not isinstance(chat, dict)
            or "id" not in chat
            or not await self._is_admin(chat["id"], user)
        ):
            return None
        address, title = Address("telegram", str(chat["id"])), str(chat.get("title") or "")
        return There(address, title, rest.strip().removeprefix("/"))

    # -- buttons

    async def _on_press(self, query: CallbackQuery) -> None:
        if query.message is None or not query.data or self._again(query):
            await self._react(query)
        elif query.message.chat.type == ChatType.PRIVATE:
            await self._on_own(query, query.message, query.data)
        elif not await self._is_admin(query.message.chat.id, query.from_user.id):
            await self._on_reader(query, query.message, query.data)
        elif query.message.is_accessible and not stands_on(query.message, query.data):
            await self._react(query, self._stale(query))
        else:
            await self._react(query)
            await self._press(query, query.message, query.data)

    async def _on_own(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, data: str
    ) -> None:
        """A press in the private chat; one about a channel asks again whether they manage it."""
        chat, line = chat_of(data)
        if not chat:
            await self._react(query)
            await self._press(query, message, data)
        elif there := await self._there(f"{chat} {line}", query.from_user.id):
            await self._react(query)
            await self._answer_for(there, message, query.from_user.language_code, pressed=True)
        else:
            with speaking(best(query.from_user.language_code or "")):
                gone = _("I cannot find that channel any more, or you do not manage it.")
            await self._react(query, gone)

    async def _on_reader(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, data: str
    ) -> None:
        """A press by somebody who does not manage the chat: nothing that they wrote themselves is
        said, and nothing is said in a channel, nor in a group if it fits where only they read it."""
        if not stands_on(message, data):
            await self._react(
                query, self._stale(query) if message.is_accessible else self._unread(query)
            )
            return
        asked = _pressed(query, message, data, may=False)
        answer = await self._dispatch(asked.request)
        if brief(answer):
            await self._react(query, answer.text)
        elif message.chat.type == ChatType.CHANNEL:
            await self._react(query, answer.text, deep_link(self._name, data))
        else:
            await self._react(query)
            await self._tell(asked, answer)

    async def _press(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, data: str
    ) -> None:
        asked = _pressed(query, message, data, may=True)
        await self._tell(asked, await self._dispatch(asked.request))

    async def _react(self, query: CallbackQuery, said: str = "", link: str = "") -> None:
        """End the waiting of who pressed; what is said, only they see. A link opens instead."""
        shown = alert(said)
        try:
            if link:
                await query.answer(url=link)
            else:
                await query.answer(shown or None, show_alert=bool(shown))
        except (
            TelegramError
        ) as error:  # too old; the person waits no more, but the button still works
            log.info("telegram.press_unanswered", why=type(error).__name__)

    def _stale(self, query: CallbackQuery) -> str:
        with speaking(best(query.from_user.language_code or "")):
            return _(
                "This button is from an older version of me, and leads nowhere now. /help lists what you can say."
            )

    def _unread(self, query: CallbackQuery) -> str:
        with speaking(best(query.from_user.language_code or "")):
            return _(
                "I can no longer read the message with this button. Please write to me in private instead."
            )

    def _again(self, query: CallbackQuery) -> bool:
        """Whether this is the second tap of a double one."""
        assert query.message
        key, now = (
            (query.message.chat.id, query.message.message_id, query.from_user.id, query.data),
            time.monotonic(),
        )
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
            request = Request(
                "start", "", where, False, False, language=change.from_user.language_code or ""
            )
            await self._tell(
                Asked(request, where), replace(await self._dispatch(request), quiet=True)
            )

    async def _on_move(self, old: int, new: int) -> None:
        """A group became a supergroup; it is said in both, in either order."""
        await self._dispatch(
            Notice(Address("telegram", str(old)), Moved(Address("telegram", str(new))))
        )

    # -- in any chat: @bot linkedin

    async def _on_inline(self, query: InlineQuery) -> None:
        language = query.from_user.language_code or ""
        offered = (await self._dispatch(Hint("service", query.query, language))).actions[:CARDS]
        me = Address("telegram", str(query.from_user.id))
        asked = [
            Request("howto", each.command, me, language=language, typing=True) for each in offered
        ]
        cards = [
            self._card(each.command, each.label, await self._dispatch(request), language)
            for each, request in zip(offered, asked, strict=True)
        ]  # fmt: skip
        given = {
            "inline_query_id": query.id,
            "results": cards,
            "cache_time": REMEMBERED,
            "is_personal": True,
        }
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


def _pressed(
    query: CallbackQuery, message: MaybeInaccessibleMessage, data: str, may: bool
) -> Asked:
    """A press as the line that it stands for."""
    command, _sep, rest = data.partition(" ")
    private, language = message.chat.type == ChatType.PRIVATE, query.from_user.language_code or ""
    here = _address(message)
    request = Request(command, rest.strip(), here, may, private, language=language, pressed=True)
    return Asked(request, here, "", _place(message, True))


def _place(message: MaybeInaccessibleMessage, pressed: bool) -> str:
    """The message in whose place an answer may stand, or ""."""
    return str(message.message_id) if pressed and message.is_accessible else ""


def _address(message: MaybeInaccessibleMessage) -> Address:
    topic = (
        message.message_thread_id
        if isinstance(message, TelegramMessage) and message.is_topic_message
        else None
    )
    thread = str(topic or "")
    return Address("telegram", str(message.chat.id), thread)
