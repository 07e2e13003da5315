"""The Discord platform: interactions in, components out; sharded, without privileged intents."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord
import structlog
from discord.http import Route

from bot.adapters import PlatformError
from bot.adapters.connection import Connection
from bot.adapters.discord.layout import body_of, words
from bot.adapters.discord.outcome import PUBLISHED, outcome_of
from bot.adapters.discord.settings import DiscordSettings
from bot.adapters.discord.updates import Client
from bot.adapters.http import Answer, call
from bot.message import Message
from bot.model import Address
from bot.outcomes import Later, Outcome, Sent, Unknown
from bot.platform import Body, Dispatch, Entry
from bot.rate_limit import Gate, Lane

log = structlog.get_logger()

API = "https://discord.com/api/v10"
#: Rate limits of one channel, as (messages, seconds).
_CHANNEL = ((5, 5.0),)
#: Rate limits of publishing in one channel.
_PUBLISHED = ((10, 3600.0),)
#: Requests per second; Discord allows a bot 50.
PER_SECOND = 48.0
#: The number of messages searched for an earlier attempt.
LOOKED_AT = 100
#: The greatest difference between Discord's clock and ours.
SKEW = timedelta(minutes=1)
_CANNOT_LOOK = "cannot look for an earlier try"


class Discord(Connection):
    """The Discord platform.

    `api` is the server's address, so that a stand-in can take its place.
    """

    name = DiscordSettings.name
    keyed = True

    def __init__(self, token: str, api: str = API) -> None:
        self._token = token
        self._api = api.rstrip("/")
        self._me = ""
        self._client: Client | None = None
        super().__init__(Gate(PER_SECOND, _windows))

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        """Connect and answer people; without `dispatch`, only send.

        Raises PlatformError when Discord is lost.
        """
        async with self._connected() as lost:
            await self._check_token()
            self.ready = True
            if dispatch is None:
                await lost
            else:
                self._client = self.client(menu, dispatch)
                try:
                    await self._serve(self._client, lost)
                finally:
                    self._client = None

    def client(self, menu: Sequence[Entry], dispatch: Dispatch) -> Client:
        """A client that serves the menu; a closed client cannot be reused."""
        return Client(menu, dispatch)

    @property
    def reached(self) -> bool:
        """Whether Discord answered the last call, and the gateway is connected if it is used."""
        return super().reached and (self._client is None or self._client.is_connected)

    def invitation(self, line: str) -> str:  # noqa: ARG002 - a link there cannot say anything
        """A link to add the bot to a server or to one's account, or ""."""
        number = self._me or _number_in(self._token)
        return f"https://discord.com/oauth2/authorize?client_id={number}" if number else ""

    async def send(
        self,
        address: Address,
        body: Body,
        key: str,
        reply_to: str = "",
        look: datetime | None = None,
    ) -> Outcome:
        """Send once; with `look`, only if no earlier attempt was posted since then."""
        if look and (found := await self._posted(address, body, key, look)):
            return found
        # A second attempt with the same nonce, within a few minutes, returns the first one's
        # message and posts nothing.
        given = {**body, "nonce": key, "enforce_nonce": True}
        if reply_to:
            reply = {"message_id": reply_to, "fail_if_not_exists": False}
            given["message_reference"] = reply
        return await self._try("POST", f"/channels/{address.chat}/messages", given)

    async def edit(self, address: Address, message_id: str, body: Body) -> Outcome:
        """Edit a message; it cannot become silent or loud any more."""
        loud = int(body.get("flags", 0)) & ~discord.MessageFlags.suppress_notifications.flag
        nobody = {"parse": [], "replied_user": False}
        given = {**body, "flags": loud, "allowed_mentions": nobody}
        return await self._try("PATCH", f"/channels/{address.chat}/messages/{message_id}", given)

    async def publish(self, address: Address, message_id: str) -> Outcome:
        """Crosspost a message of an announcement channel."""
        found = await self._try("POST", f"/channels/{address.chat}/messages/{message_id}/crosspost")
        if isinstance(found, Unknown) and str(PUBLISHED) in found.why:
            return Sent(message_id)
        return found

    def body(
        self,
        message: Message,
        plain: bool = False,
        shared: bool = False,  # noqa: ARG002 - a server's channel gets the same buttons
    ) -> Body:
        """The parameters of a message."""
        return body_of(message, plain)

    # -- the connection

    async def _call(self, method: str, path: str, body: Body | None = None) -> Answer | Later:
        if self._session is None:
            return Later(None, "Discord is not connected")
        url = f"{self._api}{path}"
        token = f"Bot {self._token}"
        return self._heard(await call(self._session, method, url, body, Authorization=token))

    async def _try(self, method: str, path: str, body: Body | None = None) -> Outcome:
        answer = await self._call(method, path, body)
        if isinstance(answer, Later):
            return answer
        if answer.headers.get("X-RateLimit-Scope") != "shared":
            self._count_invalid(answer.status)
        if answer.status == 401:
            self._lose(PlatformError("Discord refuses DISCORD_TOKEN: was it reset?"))
        return outcome_of(answer)

    async def _posted(
        self, address: Address, body: Body, key: str, since: datetime
    ) -> Outcome | None:
        """The outcome of an earlier attempt since a time, if the channel has its message.

        None if it is not there, or if that cannot be known: twice is better than never.
        """
        await self.gate.enter(Lane(f"look at {address.chat}"))
        after = discord.utils.time_snowflake(since - SKEW)
        path = f"/channels/{address.chat}/messages?limit={LOOKED_AT}&after={after}"
        answer = await self._call("GET", path)
        if isinstance(answer, Later) or answer.status >= 500:
            return Later(None, _CANNOT_LOOK, certain=False)
        if answer.status in (401, 429):
            self._count_invalid(answer.status)
            asked = outcome_of(answer)
            return replace(asked, certain=False) if isinstance(asked, Later) else asked
        for message in answer.array or ():
            if self._is_this(message, body, key):
                return Sent(str(message["id"]))
        if not answer.array:
            await self._say_if_hidden(address, after)
        return None

    async def _say_if_hidden(self, address: Address, after: int) -> None:
        """Log that a channel's messages are not visible to us.

        Without permission to read them, Discord returns none.
        """
        answer = await self._call("GET", f"/channels/{address.chat}")
        if isinstance(answer, Later) or answer.body is None:
            return
        newest = str(answer.body.get("last_message_id") or "")
        if newest.isdecimal() and int(newest) > after:
            log.warning("discord.history_hidden", channel=address.chat, may="come twice")

    def _is_this(self, message: Mapping[str, Any], body: Body, key: str) -> bool:
        """Whether a message in a channel is ours, with our key or exactly these words."""
        if message.get("author", {}).get("id") != self._me:
            return False
        return str(message.get("nonce")) == key or words(message) == words(body)

    async def _check_token(self) -> None:
        answer = await self._call("GET", "/users/@me")
        if isinstance(answer, Later):
            raise PlatformError(f"Discord cannot be reached: {answer.why}")
        if answer.status == 401:
            raise PlatformError(
                "Discord refuses DISCORD_TOKEN: copy it again from the developer portal"
            )
        if answer.status != 200 or answer.body is None:
            raise PlatformError(f"Discord cannot be reached: it answered {answer.status}")
        self._me = str(answer.body.get("id", ""))

    async def _serve(self, client: discord.Client, lost: asyncio.Future[None]) -> None:
        Route.BASE = self._api
        async with client:
            serving = asyncio.create_task(client.start(self._token))
            try:
                await asyncio.wait({serving, lost}, return_when=asyncio.FIRST_COMPLETED)
                if lost.done():
                    lost.result()
                await serving
            except discord.LoginFailure as error:
                raise PlatformError(
                    "Discord refuses DISCORD_TOKEN: copy it again from the developer portal"
                ) from error
            except (aiohttp.ClientError, OSError) as error:
                raise PlatformError(f"Discord cannot be reached: {type(error).__name__}") from error
            finally:
                serving.cancel()


def _windows(lane: Lane) -> tuple[tuple[int, float], ...]:
    return _PUBLISHED if lane.publishing else _CHANNEL


def _number_in(token: str) -> str:
    """The bot's id, which is the first part of its token; "" if there is none."""
    part = token.partition(".")[0]
    try:
        number = base64.b64decode(part + "=" * (-len(part) % 4)).decode("ascii")
    except ValueError:
        return ""
    return number if number.isdecimal() else ""
