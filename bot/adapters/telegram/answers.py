"""Answers to people: rate-limited, as replies or edits, with retries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import aiohttp
import structlog
from telegram.constants import ParseMode

from bot.adapters.http import Answer
from bot.adapters.telegram.asked import Asked
from bot.adapters.telegram.layout import body_of
from bot.adapters.telegram.markup import escape
from bot.adapters.telegram.outcome import NOT_MODIFIED
from bot.message import File, Message
from bot.model import Address
from bot.outcomes import Later, Outcome, Sent
from bot.platform import Body
from bot.rate_limit import CrowdedError, Gate, Lane

log = structlog.get_logger()

#: Seconds before the first and second retry, if Telegram names no wait.
PAUSES = (0.5, 2.0)
#: An answer that must wait longer than this is sent in the background.
LONGEST_HOLD = 3.0
#: The longest wait for a retry, in seconds: after that nobody waits for an answer.
LONGEST_WAIT = 30.0

#: Sends once: (address, body, key, id of the message to reply to) -> the outcome.
Send = Callable[[Address, Body, str, str], Awaitable[Outcome]]
Call = Callable[[str, Body], Awaitable[Answer | Later]]
#: Sends a file: (method, form) -> whether it arrived.
Upload = Callable[[str, aiohttp.FormData], Awaitable[bool]]


class Answers:
    """Sends answers; `bot` is the bot's user name."""

    def __init__(self, bot: str, gate: Gate, send: Send, call: Call, upload: Upload) -> None:
        self._bot = bot
        self._gate = gate
        self._send = send
        self._call = call
        self._upload = upload
        #: Answers that are sent in the background.
        self._later: set[asyncio.Task[None]] = set()

    async def tell(self, asked: Asked, answer: Message) -> None:
        """Send an answer at its turn, unless it is empty.

        If the turn is far off, it is sent in the background, so that one chat does not stall the
        others: its update is confirmed, and a kill loses the answer.
        """
        if not answer.blocks:
            return
        if self._gate.free_in(Lane(asked.to.chat)) <= LONGEST_HOLD:
            await self._tell(asked, answer)
            return
        later = asyncio.create_task(self._tell(asked, answer))
        self._later.add(later)
        later.add_done_callback(self._told)

    async def close(self) -> None:
        """Cancel the answers that still wait for their turn."""
        later = [*self._later]
        for telling in later:
            telling.cancel()
        await asyncio.gather(*later, return_exceptions=True)

    def _told(self, telling: asyncio.Task[None]) -> None:
        self._later.discard(telling)
        if not telling.cancelled() and (error := telling.exception()):
            log.error("telegram.answer_failed", why=type(error).__name__)

    async def _tell(self, asked: Asked, answer: Message) -> None:
        try:
            await self._gate.enter(Lane(asked.to.chat), first=True)
            await self._say(asked, answer)
        except CrowdedError:
            log.warning("telegram.crowded")  # somebody floods one chat; the others are served

    async def _say(self, asked: Asked, answer: Message) -> None:
        """Send an answer, or edit the message whose button was pressed."""
        body = self._answer_body(asked, answer)
        if answer.in_place and await self._edited(asked, body):
            return
        picture, document = _files(answer)
        if picture and await self._send_file(asked.to, picture, body):
            return
        found = await self._sent(asked, body)
        if not isinstance(found, Sent):
            log.warning("telegram.answer_failed", why=type(found).__name__)
        if document:
            await self._send_file(asked.to, document, {})

    async def _sent(self, asked: Asked, body: Body) -> Outcome:
        """Send an answer, with up to two retries after the wait that Telegram asks for."""
        found = await self._send(asked.to, body, "", asked.reply_to)
        for pause in PAUSES:
            wait = _wait_of(found, pause)
            if wait is None:
                break
            await asyncio.sleep(wait)
            await self._gate.enter(Lane(asked.to.chat), first=True)
            found = await self._send(asked.to, body, "", asked.reply_to)
        return found

    def _answer_body(self, asked: Asked, answer: Message) -> Body:
        shared = asked.to.chat.startswith("-")
        about = asked.request.address.chat
        if about == asked.to.chat:
            about = ""
        return body_of(answer, self._bot, plain=False, shared=shared, about=about)

    async def _edited(self, asked: Asked, body: Body) -> bool:
        """Edit the pressed message; False if there is none or it can no longer be edited."""
        if not asked.pressed_on:
            return False
        given = {"chat_id": int(asked.to.chat), "message_id": int(asked.pressed_on), **body}
        given.pop("disable_notification", None)
        answer = await self._call("editMessageText", given)
        if isinstance(answer, Later) or answer.status == 200:
            return True  # a lost answer is not worth sending twice
        return NOT_MODIFIED in str((answer.body or {}).get("description", ""))

    async def _send_file(self, address: Address, file: File, body: Body) -> bool:
        """Send a document, or a picture with the message `body` and its own text as caption.

        Telegram has no alternative text for pictures, so everybody gets it. False if it did not
        arrive.
        """
        kind = "photo" if file.alt else "document"
        form = aiohttp.FormData(_fields(address, file, body))
        form.add_field(kind, file.content, filename=file.name)
        return await self._upload(f"send{kind.title()}", form)


def _wait_of(found: Outcome, pause: float) -> float | None:
    """Seconds until the next attempt at an answer, or None if there is none."""
    if not isinstance(found, Later):
        return None
    wait = found.wait.total_seconds() if found.wait else pause
    return wait if wait <= LONGEST_WAIT else None


def _files(message: Message) -> tuple[File | None, File | None]:
    """The file of a message as (picture, document), one of which may be given."""
    if message.file and message.file.alt:
        return message.file, None
    return None, message.file


def _fields(address: Address, file: File, body: Body) -> dict[str, str]:
    """The form fields for a file."""
    fields = {"chat_id": address.chat}
    if address.thread:
        fields["message_thread_id"] = address.thread
    if not file.alt:
        return fields
    fields["caption"] = f"{body['text']}\n\n{escape(file.alt)}"
    fields["parse_mode"] = str(ParseMode.HTML)
    if "reply_markup" in body:
        fields["reply_markup"] = json.dumps(body["reply_markup"])
    return fields
