"""Telegram: commands and buttons in, HTML out; long polling; one attempt for each send."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog
from telegram import (
    BotCommand,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Update,
)
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application, ApplicationBuilder, CallbackContext, TypeHandler

from bot.adapters import PlatformError
from bot.adapters.telegram_html import html_of, size
from bot.adapters.telegram_request import AiohttpRequest
from bot.chat import Action, Dispatch, Entry, Gone, Later, Limits, Message, Moved, Outcome, Refused, Request, Sent
from bot.model import Address
from bot.render.fit import fit

log = structlog.get_logger()

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
_UPDATES = [Update.MESSAGE, Update.CHANNEL_POST, Update.CALLBACK_QUERY]
#: What Telegram says in a 400 when nobody is there any more.
_NOBODY = (
    "chat not found",
    "user is deactivated",
    "thread not found",
    "topic_closed",
    "not enough rights",
    "need administrator",
)


class Telegram:
    """The platform. `api` is the server's address, so that a stand-in can take its place."""

    platform = "telegram"
    limits = Limits(length=4096, command_bytes=64, buttons=12, per_second=29.5)

    def __init__(self, token: str, api: str = "https://api.telegram.org") -> None:
        self._token, self._api = token, api.rstrip("/")
        self._application: Application | None = None  # type: ignore[type-arg]
        self._manages: frozenset[str] = frozenset()
        self._lost: asyncio.Future[None] | None = None
        self.ready = False

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch) -> None:
        self._manages = frozenset(name for e in menu if e.manages for name in (e.name, *e.aliases))
        self._dispatch = dispatch
        application = self._build()
        try:
            await application.initialize()
            await application.bot.set_my_commands([BotCommand(entry.name, entry.help) for entry in menu])
            await self._poll(application)
        except InvalidToken as error:
            raise PlatformError("Telegram refuses TELEGRAM_TOKEN: ask @BotFather for the right one") from error
        except NetworkError as error:
            raise PlatformError(f"Telegram cannot be reached: {error.message}") from error
        finally:
            self.ready = False
            await self._stop(application)

    async def send(self, address: Address, message: Message, key: str) -> Outcome:
        if self._application is None:
            return Later(None, "Telegram is not connected")
        try:
            return Sent(str((await self._say(address, message)).message_id))
        except TelegramError as error:
            return outcome_of(error, address)

    # -- the connection

    def _build(self) -> Application:  # type: ignore[type-arg]
        builder = ApplicationBuilder().token(self._token).base_url(f"{self._api}/bot").job_queue(None)
        self._requests = (AiohttpRequest(), AiohttpRequest(read_timeout=60))
        builder = builder.request(self._requests[0]).get_updates_request(self._requests[1])
        application = builder.concurrent_updates(16).build()
        application.add_handler(TypeHandler(Update, self._on_update))
        application.add_error_handler(self._on_error)
        return application

    async def _poll(self, application: Application) -> None:  # type: ignore[type-arg]
        self._lost = asyncio.get_running_loop().create_future()
        await application.start()
        assert application.updater
        await application.updater.start_polling(allowed_updates=_UPDATES, timeout=30, error_callback=self._on_poll_error)
        self._application, self.ready = application, True
        log.info("telegram.ready")
        await self._lost

    async def _stop(self, application: Application) -> None:  # type: ignore[type-arg]
        self._application = None
        if application.updater and application.updater.running:
            await application.updater.stop()
        if application.running:
            await application.stop()
        await application.shutdown()
        for request in self._requests:  # the library leaves them open where its own start failed
            await request.shutdown()

    def _on_poll_error(self, error: TelegramError) -> None:
        """Network errors are retried by the updater itself; a second poller or a revoked token is not."""
        if self._lost is None or self._lost.done():
            return
        if isinstance(error, Conflict):
            self._lost.set_exception(
                PlatformError("another process already polls with this TELEGRAM_TOKEN; stop one of the two")
            )
        elif isinstance(error, InvalidToken):
            self._lost.set_exception(PlatformError("Telegram refuses TELEGRAM_TOKEN: was it revoked?"))
        else:
            log.warning("telegram.poll", why=type(error).__name__)

    async def _on_error(self, _: object, context: CallbackContext) -> None:  # type: ignore[type-arg]
        log.error("telegram.update_failed", why=type(context.error).__name__)

    # -- what people say

    async def _on_update(self, update: Update, _: CallbackContext) -> None:  # type: ignore[type-arg]
        if update.callback_query:
            await self._on_press(update.callback_query)
        elif (message := update.effective_message) and message.text and (line := self._line(message)):
            user = message.from_user.id if message.from_user else 0
            await self._answer(line, message, user)

    async def _on_press(self, query: CallbackQuery) -> None:
        await query.answer()
        if isinstance(query.message, TelegramMessage) and query.data:
            await self._answer(query.data, query.message, query.from_user.id, pressed=True)

    def _line(self, message: TelegramMessage) -> str:
        """The command line in a message; in groups only what is meant for us."""
        text = (message.text or "").strip()
        if not text.startswith("/"):
            return text if message.chat.type == ChatType.PRIVATE else ""
        command, _, rest = text[1:].partition(" ")
        name, _, whom = command.partition("@")
        ours = self._application.bot.username if self._application else ""
        return f"{name} {rest}" if not whom or whom.casefold() == ours.casefold() else ""

    async def _answer(self, line: str, message: TelegramMessage, user: int, pressed: bool = False) -> None:
        command, _, text = line.strip().partition(" ")
        address = _address(message)
        private = message.chat.type == ChatType.PRIVATE
        managing = command.casefold() in self._manages
        may = private or not managing or await self._may_manage(message, user, pressed)
        answer = await self._dispatch(Request(command, text, address, may, private))
        try:
            await self._say(address, answer)
        except TelegramError as error:
            log.warning("telegram.answer_failed", why=str(outcome_of(error, address)))

    async def _may_manage(self, message: TelegramMessage, user: int, pressed: bool) -> bool:
        """Administrators may; an anonymous one speaks as the group itself, and only they post in channels."""
        if message.chat.type == ChatType.CHANNEL:
            return not pressed
        if not pressed and message.sender_chat and message.sender_chat.id == message.chat.id:
            return True
        try:
            return (await message.chat.get_member(user)).status in _ADMINS
        except TelegramError:
            return False

    async def _say(self, address: Address, message: Message) -> TelegramMessage:
        assert self._application, "only while connected"
        fitted = fit(message, size, self.limits.length)
        sent: TelegramMessage = await self._application.bot.send_message(
            chat_id=int(address.chat), text=html_of(fitted), parse_mode=ParseMode.HTML, link_preview_options=_NO_PREVIEW,
            message_thread_id=int(address.thread) if address.thread else None, reply_markup=keyboard(fitted.actions),
            disable_notification=message.quiet or None,
        )  # fmt: skip
        return sent


def keyboard(actions: Sequence[Action]) -> InlineKeyboardMarkup | None:
    """Buttons, two in a row; a command that does not fit Telegram's 64 bytes has no button."""
    limits = Telegram.limits
    usable = [a for a in actions if a.url or len(a.command.encode()) <= limits.command_bytes][: limits.buttons]
    buttons = [InlineKeyboardButton(a.label, url=a.url or None, callback_data=a.command if not a.url else None) for a in usable]
    return InlineKeyboardMarkup([buttons[i : i + 2] for i in range(0, len(buttons), 2)]) if buttons else None


def outcome_of(error: TelegramError, address: Address) -> Outcome:
    """What an error means for the chat. BadRequest is a NetworkError in this library, so it comes first."""
    match error:
        case RetryAfter():
            wait = error._retry_after
            return Later(wait if isinstance(wait, timedelta) else timedelta(seconds=wait), "Telegram asks to wait")
        case ChatMigrated():
            return Moved(Address(address.platform, str(error.new_chat_id), address.thread))
        case Forbidden():
            return Gone(error.message)
        case BadRequest() if any(words in error.message.casefold() for words in _NOBODY):
            return Gone(error.message)
        case BadRequest():
            return Refused(error.message)
        case _:
            return Later(None, type(error).__name__)


def _address(message: TelegramMessage) -> Address:
    thread = str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""
    return Address("telegram", str(message.chat.id), thread)
