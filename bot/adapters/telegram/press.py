"""Presses of buttons: whether they are genuine and permitted, and private replies to them."""

from __future__ import annotations

import time
from collections import OrderedDict

import structlog
from telegram import CallbackQuery, MaybeInaccessibleMessage
from telegram import Message as TelegramMessage
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.adapters.telegram.asked import Asked, Bot, address_of, place_of
from bot.adapters.telegram.channels import Channels, Missing
from bot.adapters.telegram.layout import COMMAND_BYTES, chat_of, deep_link, elsewhere
from bot.adapters.telegram.markup import printable
from bot.locales import _, best, speaking
from bot.message import Message
from bot.platform import Request

log = structlog.get_logger()

#: The most UTF-16 units of a reply that only the person who pressed sees.
ALERT_UNITS = 200
#: A second press of the same button within this many seconds is a double tap.
DOUBLE_TAP_SECONDS = 1.5
#: The most presses that are remembered to detect double taps.
REMEMBERED_PRESSES = 1000


def stands_on(message: MaybeInaccessibleMessage, data: str) -> bool:
    """Whether a message has that button.

    A client could claim any press.
    """
    if not isinstance(message, TelegramMessage) or not message.reply_markup:
        return False
    rows = message.reply_markup.inline_keyboard
    return any(button.callback_data == data for row in rows for button in row)


def brief(answer: Message) -> bool:
    """Whether an answer fits in a private reply: few words and no buttons."""
    if answer.buttons or answer.menu or answer.file:
        return False
    return _units(printable(answer.text)) <= ALERT_UNITS


def alert(said: str) -> str:
    """The text of a private reply, shortened if necessary."""
    shown = printable(said)
    if _units(shown) <= ALERT_UNITS:
        return shown
    # A letter takes at most two units.
    return f"{shown[: ALERT_UNITS // 2 - 1].rstrip()}…"


class Presses:
    """Answers presses of buttons."""

    def __init__(self, bot: Bot, channels: Channels) -> None:
        self._bot = bot
        self._channels = channels
        self._pressed: OrderedDict[tuple[object, ...], float] = OrderedDict()

    async def take(self, query: CallbackQuery) -> None:
        """Answer one press."""
        message, data = query.message, query.data
        if message is None or not data or self._is_second_tap(query, message):
            await self._react(query)
        elif message.chat.type == ChatType.PRIVATE:
            await self._in_private(query, message, data)
        elif not await self._channels.is_administrator(message.chat.id, query.from_user.id):
            await self._by_reader(query, message, data)
        elif message.is_accessible and not stands_on(message, data):
            await self._react(query, _stale(query))
        else:
            await self._react(query)
            await self._answer(query, message, data)

    async def _in_private(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, data: str
    ) -> None:
        """A press in a private chat; one about a channel rechecks that the person manages it."""
        chat, line = chat_of(data)
        if not chat:
            await self._react(query)
            await self._answer(query, message, data)
            return
        there = await self._channels.named(f"{chat} {line}", query.from_user.id)
        if isinstance(there, Missing):
            await self._react(query, _gone(query))
            return
        await self._react(query)
        person = str(query.from_user.id)
        answer = await self._channels.answer(there, message, _language(query), person, pressed=True)
        await self._show(message, data, elsewhere(answer, chat))

    async def _by_reader(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, data: str
    ) -> None:
        """A press by somebody who does not manage the chat.

        Only buttons of the message itself count. The answer is never posted in a channel, nor in a
        group if it fits in a private reply.
        """
        if not stands_on(message, data):
            await self._react(query, _stale(query) if message.is_accessible else _unread(query))
            return
        asked = _asked(query, message, data, may=False)
        answer = await self._bot.dispatch(asked.request)
        if brief(answer):
            await self._react(query, answer.text)
        elif message.chat.type == ChatType.CHANNEL:
            await self._react(query, answer.text, deep_link(self._bot.name, data))
        else:
            await self._react(query)
            await self._bot.tell(asked, answer)

    async def _answer(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, data: str
    ) -> None:
        asked = _asked(query, message, data, may=True)
        answer = await self._bot.dispatch(asked.request)
        await self._bot.tell(asked, answer)
        await self._show(message, data, answer)

    async def _show(self, message: MaybeInaccessibleMessage, data: str, answer: Message) -> None:
        """Replace the pressed button if the press changed it."""
        if answer.becomes is None or answer.in_place or not stands_on(message, data):
            return
        new = {"text": answer.becomes.label, "callback_data": answer.becomes.command}
        if not isinstance(message, TelegramMessage) or not message.reply_markup:
            return
        if len(new["callback_data"].encode()) > COMMAND_BYTES:
            return
        rows = [
            [new if button.callback_data == data else button.to_dict() for button in row]
            for row in message.reply_markup.inline_keyboard
        ]
        given = {"chat_id": message.chat.id, "message_id": message.message_id}
        keyboard = {"reply_markup": {"inline_keyboard": rows}}
        await self._bot.call("editMessageReplyMarkup", {**given, **keyboard})

    async def _react(self, query: CallbackQuery, said: str = "", link: str = "") -> None:
        """Acknowledge the press, with a private reply, or with a link to open instead."""
        shown = alert(said)
        try:
            if link:
                await query.answer(url=link)
            else:
                await query.answer(shown or None, show_alert=bool(shown))
        except TelegramError as error:
            # Too old: the client no longer waits, but the button still works.
            log.info("telegram.press_unanswered", why=type(error).__name__)

    def _is_second_tap(self, query: CallbackQuery, message: MaybeInaccessibleMessage) -> bool:
        key = (message.chat.id, message.message_id, query.from_user.id, query.data)
        now = time.monotonic()
        last = self._pressed.pop(key, 0.0)
        self._pressed[key] = now
        if len(self._pressed) > REMEMBERED_PRESSES:
            self._pressed.popitem(last=False)
        return now - last < DOUBLE_TAP_SECONDS


def _asked(query: CallbackQuery, message: MaybeInaccessibleMessage, data: str, may: bool) -> Asked:
    """A press as the command line that it stands for."""
    command, _space, rest = data.partition(" ")
    here = address_of(message)
    private = message.chat.type == ChatType.PRIVATE
    request = Request(
        command,
        rest.strip(),
        here,
        may,
        private,
        language=_language(query),
        pressed=True,
        person=str(query.from_user.id),
    )
    return Asked(request, here, pressed_on=place_of(message))


def _language(query: CallbackQuery) -> str:
    return query.from_user.language_code or ""


def _stale(query: CallbackQuery) -> str:
    with speaking(best(_language(query))):
        return _(
            "This button is from an older version of me, and leads nowhere now. "
            "/help lists what you can say."
        )


def _unread(query: CallbackQuery) -> str:
    with speaking(best(_language(query))):
        return _(
            "I can no longer read the message with this button. "
            "Please write to me in private instead."
        )


def _gone(query: CallbackQuery) -> str:
    with speaking(best(_language(query))):
        return _("I cannot find that channel any more, or you do not manage it.")


def _units(said: str) -> int:
    return len(said.encode("utf-16-le", "replace")) // 2
