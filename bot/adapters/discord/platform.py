"""Discord: interactions in, components out; no privileged intent; sharded from the first day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.http import Route

from bot.adapters import PlatformError
from bot.adapters.connection import Connection
from bot.adapters.discord import commands
from bot.adapters.discord.layout import BUTTON, MENU, components, embed, layout, words
from bot.adapters.discord.outcome import PUBLISHED, outcome
from bot.adapters.http import Answer, call
from bot.locales import N_
from bot.message import Message
from bot.model import Address
from bot.platform import Body, Dispatch, Entry, Later, Outcome, Request, Sent, Unknown
from bot.rate_limit import Gate

log = structlog.get_logger()

#: Discord wants an answer within three seconds; after this many we say that it takes longer.
PROMPT = 2.0
#: Messages in seconds, for one channel and for what its followers get.
_CHANNEL, _PUBLISHED = ((5, 5.0),), ((10, 3600.0),)
#: Discord takes 50 requests a second from a bot.
PACE = 48.0
#: The rights without which an alert does not arrive, as Discord's own settings call them.
_RIGHTS = {
    "view_channel": N_("View Channels"),
    "send_messages": N_("Send Messages"),
    "embed_links": N_("Embed Links"),
}
_THREADS = {"view_channel": N_("View Channels"), "send_messages_in_threads": N_("Send Messages in Threads"),
            "embed_links": N_("Embed Links")}  # fmt: skip


class Discord(Connection):
    """The platform. `api` is the server's address, so that a stand-in can take its place; `share` is the part of the
    token's pace that this process may use."""

    name = "discord"
    keyed = True

    def __init__(
        self, token: str, api: str = "https://discord.com/api/v10", share: float = 1.0
    ) -> None:
        self._token, self._api = token, api.rstrip("/")
        super().__init__(
            Gate(PACE * share, lambda lane: _PUBLISHED if lane.publishing else _CHANNEL)
        )
        self._me = ""

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        async with self._connected() as lost:
            await self._check_token()
            self.ready = True
            await (lost if dispatch is None else self._serve(self.client(menu, dispatch), lost))

    def client(self, menu: Sequence[Entry], dispatch: Dispatch) -> discord.Client:
        """A client that serves the menu; a closed one cannot be used again."""
        return _Client(menu, dispatch)

    async def send(
        self, address: Address, body: Body, key: str, reply_to: str = "", look: bool = False
    ) -> Outcome:
        if look and (found := await self._posted(address, body, key)):
            return found
        reply = (
            {"message_reference": {"message_id": reply_to, "fail_if_not_exists": False}}
            if reply_to
            else {}
        )
        # A second try with the same nonce, within its few minutes, gets the first one's message and posts nothing.
        return await self._try(
            "POST",
            f"/channels/{address.chat}/messages",
            {**body, **reply, "nonce": key, "enforce_nonce": True},
        )

    async def publish(self, address: Address, message_id: str) -> Outcome:
        found = await self._try("POST", f"/channels/{address.chat}/messages/{message_id}/crosspost")
        return (
            Sent(message_id)
            if isinstance(found, Unknown) and str(PUBLISHED) in found.why
            else found
        )

    def body(self, message: Message, plain: bool = False, shared: bool = False) -> Body:
        called = {"roles": [message.mention]} if message.mention and not plain else {}
        mentions = {"parse": [], "replied_user": False, **called}
        flags = discord.MessageFlags(suppress_notifications=message.quiet, components_v2=not plain)
        said = {"embeds": [embed(message)]} if plain else {"components": components(message)}
        return {
            **said,
            "allowed_mentions": mentions,
            **({"flags": flags.value} if flags.value else {}),
        }

    # -- the connection

    async def _call(self, method: str, path: str, body: Body | None = None) -> Answer | Later:
        if self._session is None:
            return Later(None, "Discord is not connected")
        return await call(
            self._session, method, f"{self._api}{path}", body, Authorization=f"Bot {self._token}"
        )

    async def _try(self, method: str, path: str, body: Body | None = None) -> Outcome:
        answer = await self._call(method, path, body)
        if isinstance(answer, Later):
            return answer
        if answer.headers.get("X-RateLimit-Scope") != "shared":
            self._count_invalid(answer.status)
        if answer.status == 401:
            self._lose(PlatformError("Discord refuses DISCORD_TOKEN: was it reset?"))
        return outcome(answer)

    async def _posted(self, address: Address, body: Body, key: str) -> Outcome | None:
        """The message of an earlier try, if the channel has it: with our key, or from us with these very words."""
        answer = await self._call("GET", f"/channels/{address.chat}/messages?limit=50")
        if isinstance(answer, Later) or answer.status >= 500:
            return Later(None, "cannot look for an earlier try", certain=False)
        if answer.status != 200 or answer.array is None:
            return None  # we may post here but not read: better twice than never
        for message in answer.array:
            ours = message.get("author", {}).get("id") == self._me
            if ours and (str(message.get("nonce")) == key or words(message) == words(body)):
                return Sent(str(message["id"]))
        return None

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


class _Client(discord.AutoShardedClient):
    def __init__(self, menu: Sequence[Entry], dispatch: Dispatch) -> None:
        # Guilds only, and no message cache: we read nobody's messages.
        super().__init__(
            intents=discord.Intents(guilds=True), max_messages=None, max_ratelimit_timeout=30
        )
        self._dispatch = dispatch
        for event, parse in self._connection.parsers.items():
            self._connection.parsers[event] = _guarded(event, parse)
        self.tree = app_commands.CommandTree(self)
        for command in commands.commands(menu, dispatch, self.answer):
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        await self.tree.set_translator(commands.Translator())
        await self.tree.sync()

    async def on_ready(self) -> None:
        log.info("discord.ready", guilds=len(self.guilds))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Buttons and menus carry their command line, so they work however long ago they were sent."""
        data: Mapping[str, Any] = {**(interaction.data or {})}
        pressed = str(data.get("custom_id", ""))
        if interaction.type is not discord.InteractionType.component:
            return
        if pressed.startswith(BUTTON):
            await self.answer(interaction, pressed.removeprefix(BUTTON))
        elif pressed.startswith(MENU) and data.get("values"):
            await self.answer(interaction, str(data["values"][0]))

    async def answer(self, interaction: discord.Interaction, line: str) -> None:
        """Answer privately in a server, openly in a direct message; say so when it takes longer."""
        work = asyncio.create_task(self._work(interaction, line))
        private = interaction.context.dm_channel is not True
        await asyncio.wait({work}, timeout=PROMPT)
        if not work.done():
            await interaction.response.defer(ephemeral=private, thinking=True)
            await interaction.followup.send(**payload(await work), ephemeral=private)
            return
        message = work.result()
        if message.in_place and interaction.type is discord.InteractionType.component:
            await interaction.response.edit_message(view=layout(message))
        else:
            await interaction.response.send_message(
                **payload(message), ephemeral=private and message.private
            )

    async def _work(self, interaction: discord.Interaction, line: str) -> Message:
        command, _sep, text = line.partition(" ")
        # In a server where only the person installed the app, it acts for the person.
        personal = interaction.is_user_integration() and not interaction.is_guild_integration()
        server = interaction.guild_id is not None and not personal
        channel = interaction.channel
        chat = interaction.channel_id
        if not server and interaction.context.dm_channel is not True:
            # What a person follows is that of their direct messages, opened now that they ask, never in bulk. Every
            # command is about that chat: one that only reads would look at the wrong one, and /start can change it.
            chat = (await interaction.user.create_dm()).id
        return await self._dispatch(Request(
            command, text, Address("discord", str(chat)), may_manage=not server or interaction.permissions.manage_guild,
            private=not server, announces=server and isinstance(channel, discord.TextChannel) and channel.is_news(),
            language=interaction.locale.value, pressed=interaction.type is discord.InteractionType.component,
            lacks=_lacks(interaction) if server else (),
        ))  # fmt: skip


def _guarded(event: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """One frame that the library cannot read is left out; by itself the library would end the connection for it."""

    def guarded(data: Any) -> Any:
        try:
            return parse(data)
        except Exception as error:  # noqa: BLE001 - whatever Discord sends, the next frame is read
            log.warning("discord.frame_unreadable", frame=event, why=type(error).__name__)
            return None

    return guarded


def _lacks(interaction: discord.Interaction) -> tuple[str, ...]:
    """The rights that the bot needs in this channel and does not have there."""
    needed = _THREADS if isinstance(interaction.channel, discord.Thread) else _RIGHTS
    return tuple(
        name for right, name in needed.items() if not getattr(interaction.app_permissions, right)
    )


def payload(message: Message) -> dict[str, Any]:
    """What an interaction is answered with."""
    file = message.file
    return {
        "view": layout(message),
        **(
            {"file": discord.File(BytesIO(file.content), file.name, description=file.alt or None)}
            if file
            else {}
        ),
    }
