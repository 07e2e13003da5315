"""Telegram: commands and buttons in, HTML out; long polling; one attempt for each send."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from telegram import BotCommand, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, TypeHandler

from bot.adapters import PlatformError
from bot.adapters.connection import Connection
from bot.adapters.http import Answer, call
from bot.adapters.telegram_html import html_of, size
from bot.adapters.telegram_outcome import outcome
from bot.adapters.telegram_request import AiohttpRequest
from bot.chat import Action, Body, Dispatch, Entry, Gone, Later, Limits, Message, Moved, Notice, Outcome, Request, Sent
from bot.gate import CrowdedError, Gate
from bot.model import Address
from bot.render.fit import fit
from bot.render.plain import text_of

log = structlog.get_logger()

_ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
_UPDATES = [Update.MESSAGE, Update.CHANNEL_POST, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
_OUT = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
#: Messages in seconds, for one chat. Groups and channels have negative numbers.
_PRIVATE, _GROUP = ((1, 1.0),), ((1, 1.0), (20, 60.0))
#: A free bot sends 30 a second; one that pays for broadcasts up to 1,000.
FREE, PAID = 29.5, 990.0


class Telegram(Connection):
    """The platform. `api` is the server's address, so that a stand-in can take its place; `paid` is for a bot that
    pays for its broadcasts; `share` is the part of the token's pace that this process may use."""

    platform = "telegram"
    keyed = False
    limits = Limits(length=4096, command_bytes=64, buttons=12)

    def __init__(self, token: str, api: str = "https://api.telegram.org", paid: bool = False, share: float = 1.0) -> None:
        self._token, self._api, self._paid = token, api.rstrip("/"), paid
        super().__init__(Gate((PAID if paid else FREE) * share, lambda chat: _GROUP if chat.startswith("-") else _PRIVATE))
        self._application: Application | None = None  # type: ignore[type-arg]
        self._manages: frozenset[str] = frozenset()

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        self._manages = frozenset(name for e in menu if e.manages for name in (e.name, *e.aliases))
        async with self._connected() as lost:
            await self._check_token()
            if dispatch is None:
                await self._until(lost)
            else:
                self._dispatch = dispatch
                await self._serve(menu, lost)

    async def send(self, address: Address, body: Body, key: str, reply_to: str = "", look: bool = False) -> Outcome:
        thread = {"message_thread_id": int(address.thread)} if address.thread else {}
        reply = {"message_id": int(reply_to), "allow_sending_without_reply": True} if reply_to else None
        paid = {"allow_paid_broadcast": True} if self._paid else {}
        more = {**thread, **paid, **({"reply_parameters": reply} if reply else {})}
        answer = await self._call("sendMessage", {"chat_id": int(address.chat), **body, **more})
        if isinstance(answer, Later):
            return answer
        self._count_invalid(answer.status)
        found = outcome(answer, address)
        if isinstance(found, Later) and answer.status in (401, 404):
            self._lose(PlatformError("Telegram refuses TELEGRAM_TOKEN: was it revoked?"))
        return found

    async def publish(self, address: Address, message_id: str) -> Outcome:
        return Sent(message_id)  # Telegram's channels need no second step

    def body(self, message: Message, plain: bool = False) -> Body:
        if plain:
            text, form = text_of(fit(message, _plain_size, self.limits.length), width=400), {}
        else:
            message = fit(message, size, self.limits.length)
            text, form = html_of(message), {"parse_mode": str(ParseMode.HTML)}
        buttons = keyboard(message.actions)
        return {
            "text": text, **form, "link_preview_options": {"is_disabled": True},
            **({"reply_markup": buttons.to_dict()} if buttons else {}), **({"disable_notification": True} if message.quiet else {}),
        }  # fmt: skip

    # -- the connection

    async def _call(self, method: str, body: Body | None = None) -> Answer | Later:
        if self._session is None:
            return Later(None, "Telegram is not connected")
        return await call(self._session, "POST", f"{self._api}/bot{self._token}/{method}", body)

    async def _check_token(self) -> None:
        answer = await self._call("getMe")
        if isinstance(answer, Later):
            raise PlatformError(f"Telegram cannot be reached: {answer.why}")
        if answer.status in (401, 404):
            raise PlatformError("Telegram refuses TELEGRAM_TOKEN: ask @BotFather for the right one")
        if answer.status != 200:
            raise PlatformError(f"Telegram cannot be reached: it answered {answer.status}")

    async def _until(self, lost: asyncio.Future[None]) -> None:
        self.ready = True
        log.info("telegram.ready")
        await lost

    async def _serve(self, menu: Sequence[Entry], lost: asyncio.Future[None]) -> None:
        application = self._build()
        try:
            await application.initialize()
            await application.bot.set_my_commands([BotCommand(entry.name, entry.help) for entry in menu])
            await application.start()
            assert application.updater
            await application.updater.start_polling(allowed_updates=_UPDATES, timeout=30, error_callback=self._on_poll_error)
            self._application = application
            await self._until(lost)
        except InvalidToken as error:
            raise PlatformError("Telegram refuses TELEGRAM_TOKEN: ask @BotFather for the right one") from error
        except NetworkError as error:
            raise PlatformError(f"Telegram cannot be reached: {error.message}") from error
        finally:
            self.ready = False
            await self._stop(application)

    def _build(self) -> Application:  # type: ignore[type-arg]
        builder = ApplicationBuilder().token(self._token).base_url(f"{self._api}/bot").job_queue(None)
        self._requests = (AiohttpRequest(), AiohttpRequest(read_timeout=60))
        builder = builder.request(self._requests[0]).get_updates_request(self._requests[1])
        application = builder.concurrent_updates(16).build()
        application.add_handler(TypeHandler(Update, self._on_update))
        application.add_error_handler(self._on_error)
        return application

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
        if isinstance(error, Conflict):
            self._lose(PlatformError("another process already polls with this TELEGRAM_TOKEN; stop one of the two"))
        elif isinstance(error, InvalidToken):
            self._lose(PlatformError("Telegram refuses TELEGRAM_TOKEN: was it revoked?"))
        else:
            log.warning("telegram.poll", why=type(error).__name__)

    async def _on_error(self, _: object, context: CallbackContext) -> None:  # type: ignore[type-arg]
        log.error("telegram.update_failed", why=type(context.error).__name__)

    # -- what people say

    async def _on_update(self, update: Update, _: CallbackContext) -> None:  # type: ignore[type-arg]
        if update.callback_query:
            await self._on_press(update.callback_query)
        elif update.my_chat_member:
            if update.my_chat_member.new_chat_member.status in _OUT:
                where = Address("telegram", str(update.my_chat_member.chat.id))
                await self._dispatch(Notice(where, Gone("the bot was removed or blocked")))
        elif (message := update.effective_message) and message.migrate_to_chat_id:
            await self._on_move(message.chat.id, message.migrate_to_chat_id)
        elif message and message.migrate_from_chat_id:
            await self._on_move(message.migrate_from_chat_id, message.chat.id)
        elif message and message.text and (line := self._line(message)):
            user = message.from_user.id if message.from_user else 0
            await self._answer(line, message, user)

    async def _on_move(self, old: int, new: int) -> None:
        """A group became a supergroup; it is said in both, in either order."""
        await self._dispatch(Notice(Address("telegram", str(old)), Moved(Address("telegram", str(new)))))

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
            await self.gate.enter(address.chat, first=True)
        except CrowdedError:
            log.warning("telegram.crowded")  # somebody floods one chat; the others are served
            return
        found = await self.send(address, self.body(answer), "")
        if not isinstance(found, Sent):
            log.warning("telegram.answer_failed", why=type(found).__name__)

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


def keyboard(actions: Sequence[Action]) -> InlineKeyboardMarkup | None:
    """Buttons, two in a row; a command that does not fit Telegram's 64 bytes has no button."""
    limits = Telegram.limits
    usable = [a for a in actions if a.url or len(a.command.encode()) <= limits.command_bytes][: limits.buttons]
    buttons = [InlineKeyboardButton(a.label, url=a.url or None, callback_data=a.command if not a.url else None) for a in usable]
    return InlineKeyboardMarkup([buttons[i : i + 2] for i in range(0, len(buttons), 2)]) if buttons else None


def _address(message: TelegramMessage) -> Address:
    thread = str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""
    return Address("telegram", str(message.chat.id), thread)


def _plain_size(message: Message) -> int:
    return len(text_of(message, width=400).encode("utf-16-le", "replace")) // 2
