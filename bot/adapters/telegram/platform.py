"""The Telegram platform: one attempt per send; updates by long polling or by webhook."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from telegram import Update

from bot.adapters import PlatformError
from bot.adapters.connection import Connection
from bot.adapters.http import Answer, call
from bot.adapters.telegram import commands
from bot.adapters.telegram.answers import Answers
from bot.adapters.telegram.application import running
from bot.adapters.telegram.asked import Bot
from bot.adapters.telegram.layout import LENGTH, body_of, deep_link
from bot.adapters.telegram.outcome import NOT_MODIFIED, outcome_of
from bot.adapters.telegram.polling import Take, poll
from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.telegram.updates import Updates
from bot.adapters.telegram.webhook import Webhook
from bot.message import Message
from bot.model import Address
from bot.outcomes import Later, Outcome, Sent, Unknown
from bot.platform import FILE_BYTES, Body, Dispatch, Entry
from bot.rate_limit import Gate, Lane

log = structlog.get_logger()

API = "https://api.telegram.org"
_UPDATES = [
    Update.MESSAGE,
    Update.CHANNEL_POST,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
    Update.INLINE_QUERY,
]
#: The bytes of a file that are read at a time.
FILE_CHUNK = 65_536
#: Rate limits of a private chat, as (messages, seconds).
_PRIVATE = ((1, 1.0),)
#: Rate limits of a group or channel, which have negative ids.
_GROUP = ((1, 1.0), (20, 60.0))
#: Messages per second of a free bot.
FREE_PER_SECOND = 29.5


class Telegram(Connection):
    """The Telegram platform.

    `api` is the server's address, so that a stand-in can take its place. `pace` is the rate, in
    messages per second, of a bot that pays for its broadcasts. `webhook` is (public address,
    address to listen on), empty for long polling.
    """

    name = TelegramSettings.name
    keyed = False
    #: The most UTF-16 units of a message.
    length = LENGTH

    def __init__(
        self,
        token: str,
        api: str = API,
        pace: float | None = None,
        webhook: tuple[str, str] = ("", ""),
    ) -> None:
        self._token = token
        self._api = api.rstrip("/")
        self._paid = pace is not None
        self._webhook = webhook
        self._user_name = ""
        super().__init__(Gate(pace or FREE_PER_SECOND, _windows))

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        """Connect and answer people; without `dispatch`, only send.

        Raises PlatformError when Telegram is lost.
        """
        async with self._connected() as lost:
            self._user_name = await self._check_token()
            if dispatch is None:
                self.ready = True
                await lost
            else:
                answers = Answers(self._user_name, self.gate, self.send, self._call, self._upload)
                bot = Bot(self._user_name, dispatch, answers.tell, self._ask, self._read_file)
                try:
                    await self._serve(menu, Updates(bot, menu), lost)
                finally:
                    await answers.close()

    def invitation(self, line: str) -> str:
        """A link to a private chat that sends the line, or ""."""
        if not self._user_name:
            return ""
        return deep_link(self._user_name, line) or f"https://t.me/{self._user_name}"

    async def send(
        self,
        address: Address,
        body: Body,
        key: str,  # noqa: ARG002 - Telegram knows no keys
        reply_to: str = "",
        look: datetime | None = None,  # noqa: ARG002 - nor can a bot read what it posted
    ) -> Outcome:
        """Send once; `key` and `look` change nothing here."""
        given: Body = {"chat_id": int(address.chat), **body}
        if address.thread:
            given["message_thread_id"] = int(address.thread)
        if self._paid:
            given["allow_paid_broadcast"] = True
        if reply_to:
            reply = {"message_id": int(reply_to), "allow_sending_without_reply": True}
            given["reply_parameters"] = reply
        answer = await self._call("sendMessage", given)
        if isinstance(answer, Later):
            return answer
        self._count_invalid(answer.status)
        found = outcome_of(answer, address)
        if isinstance(found, Later) and answer.status in (401, 404):
            self._lose(PlatformError("Telegram refuses TELEGRAM_TOKEN: was it revoked?"))
        return found

    async def edit(self, address: Address, message_id: str, body: Body) -> Outcome:
        """Change the text and buttons of a message; one that is already so counts as done."""
        given: Body = {"chat_id": int(address.chat), "message_id": int(message_id), **body}
        given.pop("disable_notification", None)
        answer = await self._call("editMessageText", given)
        if isinstance(answer, Later):
            return answer
        found = outcome_of(answer, address)
        if isinstance(found, Unknown) and NOT_MODIFIED in found.why:
            return Sent(message_id)
        return found

    async def publish(
        self,
        address: Address,  # noqa: ARG002 - the port's signature
        message_id: str,
    ) -> Outcome:
        """Do nothing: Telegram's channels need no second step."""
        return Sent(message_id)

    def body(self, message: Message, plain: bool = False, shared: bool = False) -> Body:
        """The parameters of a message."""
        return body_of(message, self._user_name, plain, shared)

    # -- the connection

    def _url(self, method: str) -> str:
        return f"{self._api}/bot{self._token}/{method}"

    async def _call(
        self, method: str, body: Body | None = None, patience: float | None = None
    ) -> Answer | Later:
        """Call the Bot API; `patience` is in seconds."""
        if self._session is None:
            return Later(None, "Telegram is not connected")
        return self._heard(await call(self._session, "POST", self._url(method), body, patience))

    async def _upload(self, method: str, form: aiohttp.FormData) -> bool:
        """Send a file; False if it did not arrive."""
        if self._session is None:
            return False
        try:
            async with self._session.post(self._url(method), data=form) as response:
                if response.status == 200:
                    return True
                log.warning("telegram.file_failed", status=response.status)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("telegram.file_failed", why=type(error).__name__)
        return False

    async def _read_file(self, file_id: str) -> str:
        """The text of a file that somebody sent; "" if it is too large or cannot be fetched."""
        found = await self._ask("getFile", {"file_id": file_id})
        path = found.get("file_path") if isinstance(found, dict) else None
        if self._session is None or not path or found.get("file_size", 0) > FILE_BYTES:
            return ""
        try:
            url = f"{self._api}/file/bot{self._token}/{path}"
            async with self._session.get(url) as response:
                content = bytearray()
                async for piece in response.content.iter_chunked(FILE_CHUNK):
                    content += piece
                    if len(content) > FILE_BYTES:
                        return ""
                return content.decode("utf-8-sig", "replace") if response.status == 200 else ""
        except (aiohttp.ClientError, OSError) as error:
            log.warning("telegram.file_unread", why=type(error).__name__)
            return ""

    async def _ask(self, method: str, body: Body) -> Any:
        """The result of a call, or None if it failed."""
        answer = await self._call(method, body)
        if isinstance(answer, Later) or answer.status != 200:
            return None
        return (answer.body or {}).get("result")

    async def _check_token(self) -> str:
        """The bot's user name. Raises PlatformError for a refused token, or without an answer."""
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
        async with AsyncExitStack() as stack:
            take = await stack.enter_async_context(running(self._token, self._api, updates.take))
            stack.callback(self._unready)
            listening = await self._listen(take, stack)
            offering = asyncio.create_task(commands.offer(self._ask, menu))
            stack.callback(offering.cancel)
            self.ready = True
            log.info("telegram.ready")
            await asyncio.wait({lost, *listening}, return_when=asyncio.FIRST_COMPLETED)
            for ended in (lost, *listening):
                if ended.done():
                    ended.result()

    def _unready(self) -> None:
        self.ready = False

    async def _listen(self, take: Take, stack: AsyncExitStack) -> list[asyncio.Task[None]]:
        """Receive updates by polling, in a task that is returned, or by webhook."""
        public, listen = self._webhook
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
                f"Telegram does not take the webhook {public}: "
                "is it https, with a valid certificate?"
            )
        return []


def _windows(lane: Lane) -> tuple[tuple[int, float], ...]:
    return _GROUP if lane.chat.startswith("-") else _PRIVATE


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end, whatever it is.

    To suppress the CancelledError of `await task` would suppress our own cancellation, too.
    """
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
