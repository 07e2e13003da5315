"""Telegram: one attempt for each send, HTML out; updates by long polling or by webhook."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from html import escape
from typing import Any

import aiohttp
import structlog
from telegram import Update
from telegram.constants import ParseMode
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, TypeHandler

from bot.adapters import PlatformError
from bot.adapters.connection import Connection
from bot.adapters.http import Answer, call
from bot.adapters.telegram import commands
from bot.adapters.telegram.layout import keyboard
from bot.adapters.telegram.markup import html_of, printable, size
from bot.adapters.telegram.outcome import outcome
from bot.adapters.telegram.polling import Take, poll
from bot.adapters.telegram.transport import AiohttpRequest
from bot.adapters.telegram.updates import Asked, Updates
from bot.adapters.telegram.webhook import Webhook
from bot.message import File, Message
from bot.model import Address
from bot.platform import Body, Dispatch, Entry, Later, Outcome, Sent
from bot.rate_limit import CrowdedError, Gate, Lane
from bot.render.fit import fit
from bot.render.plain import text_of

log = structlog.get_logger()

_UPDATES = [
    Update.MESSAGE,
    Update.CHANNEL_POST,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
    Update.INLINE_QUERY,
]
#: Messages in seconds, for one chat. Groups and channels have negative numbers.
_PRIVATE, _GROUP = ((1, 1.0),), ((1, 1.0), (20, 60.0))
#: A free bot sends 30 a second; one that pays for broadcasts up to 1,000.
FREE, PAID = 29.5, 990.0


class Telegram(Connection):
    """The platform. `api` is the server's address, so that a stand-in can take its place; `paid` is for a bot that
    pays for its broadcasts; `share` is the part of the token's pace that this process may use; `webhook` is a public
    address and where to listen for it, empty for long polling."""

    name = "telegram"
    keyed = False
    #: UTF-16 units of a message.
    length = 4096

    def __init__(
        self, token: str, api: str = "https://api.telegram.org", paid: bool = False, share: float = 1.0,
        webhook: tuple[str, str] = ("", ""),
    ) -> None:  # fmt: skip
        self._token, self._api, self._paid, self._public = token, api.rstrip("/"), paid, webhook
        super().__init__(
            Gate(
                (PAID if paid else FREE) * share,
                lambda lane: _GROUP if lane.chat.startswith("-") else _PRIVATE,
            )
        )
        self.name = ""

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        async with self._connected() as lost:
            self.name = await self._check_token()
            if dispatch is None:
                self.ready = True
                await lost
            else:
                await self._serve(menu, Updates(dispatch, self._tell, self._ask, self.name), lost)

    async def send(
        self, address: Address, body: Body, key: str, reply_to: str = "", look: bool = False
    ) -> Outcome:
        thread = {"message_thread_id": int(address.thread)} if address.thread else {}
        reply = (
            {"message_id": int(reply_to), "allow_sending_without_reply": True} if reply_to else None
        )
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

    def body(
        self, message: Message, plain: bool = False, shared: bool = False, about: str = ""
    ) -> Body:
        if plain:
            text, form = _plain(fit(message, _plain_size, self.length)), {}
        else:
            message = fit(message, size, self.length)
            text, form = html_of(message), {"parse_mode": str(ParseMode.HTML)}
        quiet = {"disable_notification": True} if message.quiet else {}
        return {
            "text": text, **form, "link_preview_options": {"is_disabled": True}, **keyboard(message, self.name, shared, about), **quiet,
        }  # fmt: skip

    # -- answers

    async def _tell(self, asked: Asked, answer: Message) -> None:
        """Say an answer, in the place of the message whose button was pressed where the answer wants that."""
        if not answer.blocks:
            return
        there = asked.request.address.chat
        about = there if there != asked.to.chat else ""
        body = self.body(answer, shared=asked.to.chat.startswith("-"), about=about)
        try:
            await self.gate.enter(Lane(asked.to.chat), first=True)
        except CrowdedError:
            log.warning("telegram.crowded")  # somebody floods one chat; the others are served
            return
        if asked.pressed_on and answer.in_place and await self._edited(asked, body):
            return
        if answer.file and answer.file.alt and await self._send_file(asked.to, answer.file, body):
            return
        found = await self.send(asked.to, body, "", asked.reply_to)
        if not isinstance(found, Sent):
            log.warning("telegram.answer_failed", why=type(found).__name__)
        if answer.file and not answer.file.alt:
            await self._send_file(asked.to, answer.file, {})

    async def _edited(self, asked: Asked, body: Body) -> bool:
        """False where the message cannot be changed any more."""
        here = {"chat_id": int(asked.to.chat), "message_id": int(asked.pressed_on)}
        answer = await self._call(
            "editMessageText",
            {**here, **{k: v for k, v in body.items() if k != "disable_notification"}},
        )
        if isinstance(answer, Later) or answer.status == 200:
            return True  # an answer that got lost is not worth saying twice
        return "not modified" in str((answer.body or {}).get("description", ""))

    async def _send_file(self, address: Address, file: File, body: Body) -> bool:
        """A document, or a picture with the message `body` and its own words below it. Telegram has no words for those
        who do not see a picture, so everybody gets them. False where it did not arrive."""
        assert self._session
        fields = {
            "chat_id": address.chat,
            **({"message_thread_id": address.thread} if address.thread else {}),
        }
        if file.alt:
            fields |= {
                "caption": f"{body['text']}\n\n{escape(file.alt, quote=False)}",
                "parse_mode": str(ParseMode.HTML),
            }
            fields |= (
                {"reply_markup": json.dumps(body["reply_markup"])} if "reply_markup" in body else {}
            )
        form = aiohttp.FormData(fields)
        kind = "photo" if file.alt else "document"
        form.add_field(kind, file.content, filename=file.name)
        try:
            async with self._session.post(
                f"{self._api}/bot{self._token}/send{kind.title()}", data=form
            ) as response:
                if response.status == 200:
                    return True
                log.warning("telegram.file_failed", status=response.status)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("telegram.file_failed", why=type(error).__name__)
        return False

    # -- the connection

    async def _call(
        self, method: str, body: Body | None = None, patience: float | None = None
    ) -> Answer | Later:
        if self._session is None:
            return Later(None, "Telegram is not connected")
        return await call(
            self._session, "POST", f"{self._api}/bot{self._token}/{method}", body, patience
        )

    async def _ask(self, method: str, body: Body) -> Any:
        """The result of a call, or None where it failed."""
        answer = await self._call(method, body)
        failed = isinstance(answer, Later) or answer.status != 200 or not answer.body
        return None if failed else answer.body.get("result")  # type: ignore[union-attr]

    async def _check_token(self) -> str:
        """The bot's user name."""
        answer = await self._call("getMe")
        if isinstance(answer, Later):
            raise PlatformError(f"Telegram cannot be reached: {answer.why}")
        if answer.status in (401, 404):
            raise PlatformError("Telegram refuses TELEGRAM_TOKEN: ask @BotFather for the right one")
        if answer.status != 200:
            raise PlatformError(f"Telegram cannot be reached: it answered {answer.status}")
        return str((answer.body or {}).get("result", {}).get("username", ""))

    async def _serve(
        self, menu: Sequence[Entry], updates: Updates, lost: asyncio.Future[None]
    ) -> None:
        application = self._build(updates)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._stop, application)
            try:
                await application.initialize()
                await application.start()
            except InvalidToken as error:
                raise PlatformError(
                    "Telegram refuses TELEGRAM_TOKEN: ask @BotFather for the right one"
                ) from error
            except NetworkError as error:
                raise PlatformError(f"Telegram cannot be reached: {error.message}") from error
            listening = await self._listen(_reader(application), stack)
            publishing = asyncio.create_task(commands.publish(self._ask, menu))
            stack.callback(publishing.cancel)
            self.ready = True
            log.info("telegram.ready")
            await asyncio.wait({lost, *listening}, return_when=asyncio.FIRST_COMPLETED)
            for ended in (lost, *listening):
                if ended.done():
                    ended.result()

    async def _listen(self, take: Take, stack: AsyncExitStack) -> list[asyncio.Task[None]]:
        """Ask for updates, in a task, or be told of them."""
        public, listen = self._public
        if not public:
            await self._ask("deleteWebhook", {})
            polling = asyncio.create_task(poll(self._call, take, _UPDATES))
            stack.push_async_callback(_ended, polling)
            return [polling]
        webhook = Webhook(self._token, public, listen, take)
        await stack.enter_async_context(webhook.serving())
        given = {"url": webhook.url, "secret_token": webhook.secret, "allowed_updates": _UPDATES}
        if await self._ask("setWebhook", given) is None:
            raise PlatformError(
                f"Telegram does not take the webhook {public}: is it https, with a valid certificate?"
            )
        return []

    def _build(self, updates: Updates) -> Application:  # type: ignore[type-arg]
        async def take(update: Update, _context: CallbackContext) -> None:  # type: ignore[type-arg]
            await updates.take(update)

        self._request = AiohttpRequest()
        builder = (
            ApplicationBuilder()
            .token(self._token)
            .base_url(f"{self._api}/bot")
            .job_queue(None)
            .updater(None)
        )
        application = (
            builder.request(self._request)
            .get_updates_request(self._request)
            .concurrent_updates(16)
            .build()
        )
        application.add_handler(TypeHandler(Update, take))
        application.add_error_handler(self._on_error)
        return application

    async def _stop(self, application: Application) -> None:  # type: ignore[type-arg]
        self.ready = False
        if application.running:
            await application.stop()
        await application.shutdown()
        await self._request.shutdown()  # the library leaves it open where its own start failed

    async def _on_error(self, _update: object, context: CallbackContext) -> None:  # type: ignore[type-arg]
        log.error("telegram.update_failed", why=type(context.error).__name__)


def _reader(application: Application) -> Take:  # type: ignore[type-arg]
    """Puts an update where the library works on it; one that the library cannot read is left out, once."""

    async def take(raw: dict[str, Any]) -> None:
        try:
            update = Update.de_json(raw, application.bot)
        except Exception as error:  # noqa: BLE001 - whatever Telegram sends, the next update is read
            log.warning(
                "telegram.update_unreadable", update=raw.get("update_id"), why=type(error).__name__
            )
            return
        await application.update_queue.put(update)

    return take


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError, PlatformError):
        await task


def _plain(message: Message) -> str:
    return printable(text_of(message, width=400))


def _plain_size(message: Message) -> int:
    return len(_plain(message).encode("utf-16-le")) // 2
