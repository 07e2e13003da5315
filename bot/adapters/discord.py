"""Discord: slash commands and buttons in, embeds out; no privileged intent; sharded from the first day."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.http import Route

from bot.adapters import PlatformError
from bot.adapters.connection import Connection
from bot.adapters.discord_markdown import embed_of, escape, size
from bot.adapters.discord_outcome import PUBLISHED, outcome
from bot.adapters.http import Answer, call
from bot.chat import Action, Body, Dispatch, Entry, Later, Limits, Message, Outcome, Request, Sent, Unknown
from bot.gate import Gate
from bot.model import PUBLISH, Address
from bot.render.fit import fit
from bot.render.plain import text_of

log = structlog.get_logger()

#: Marks the buttons that are ours; what follows is a command line.
BUTTON = "sp:"
#: Discord wants an answer within three seconds; after this many we say that it takes longer.
PROMPT = 2.0
#: Messages in seconds, for one channel and for what its followers get.
_CHANNEL, _PUBLISHED = ((5, 5.0),), ((10, 3600.0),)
#: Discord takes 50 requests a second from a bot.
PACE = 48.0
_EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)


class Discord(Connection):
    """The platform. `api` is the server's address, so that a stand-in can take its place; `share` is the part of the
    token's pace that this process may use."""

    platform = "discord"
    keyed = True
    limits = Limits(length=4096, command_bytes=100 - len(BUTTON), buttons=25)

    def __init__(self, token: str, api: str = "https://discord.com/api/v10", share: float = 1.0) -> None:
        self._token, self._api = token, api.rstrip("/")
        super().__init__(Gate(PACE * share, lambda chat: _PUBLISHED if chat.startswith(PUBLISH) else _CHANNEL))
        self._me = ""

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch | None) -> None:
        Route.BASE = self._api
        async with self._connected() as lost:
            await self._check_token()
            self.ready = True
            await (lost if dispatch is None else self._serve(self.client(menu, dispatch), lost))

    def client(self, menu: Sequence[Entry], dispatch: Dispatch) -> discord.Client:
        """A client that serves the menu; a closed one cannot be used again."""
        return _Client(menu, dispatch)

    async def send(self, address: Address, body: Body, key: str, reply_to: str = "", look: bool = False) -> Outcome:
        if look and (found := await self._posted(address, body, key)):
            return found
        reply = {"message_reference": {"message_id": reply_to, "fail_if_not_exists": False}} if reply_to else {}
        # A second try with the same nonce, within its few minutes, gets the first one's message and posts nothing.
        return await self._try(
            "POST", f"/channels/{address.chat}/messages", {**body, **reply, "nonce": key, "enforce_nonce": True}
        )

    async def publish(self, address: Address, message_id: str) -> Outcome:
        found = await self._try("POST", f"/channels/{address.chat}/messages/{message_id}/crosspost")
        return Sent(message_id) if isinstance(found, Unknown) and str(PUBLISHED) in found.why else found

    def body(self, message: Message, plain: bool = False) -> Body:
        nobody = {"parse": [], "replied_user": False}
        if plain:
            return {"content": _plain(fit(message, lambda m: len(_plain(m)), 2000)), "allowed_mentions": nobody}
        made = payload(message)
        view = made.get("view")
        return {
            "embeds": [made["embed"].to_dict()], "allowed_mentions": nobody,
            **({"components": view.to_components()} if view else {}),
            **({"flags": discord.MessageFlags(suppress_notifications=True).value} if message.quiet else {}),
        }  # fmt: skip

    # -- the connection

    async def _call(self, method: str, path: str, body: Body | None = None) -> Answer | Later:
        if self._session is None:
            return Later(None, "Discord is not connected")
        return await call(self._session, method, f"{self._api}{path}", body, Authorization=f"Bot {self._token}")

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
            if ours and (str(message.get("nonce")) == key or _words(message) == _words(body)):
                return Sent(str(message["id"]))
        return None

    async def _check_token(self) -> None:
        answer = await self._call("GET", "/users/@me")
        if isinstance(answer, Later):
            raise PlatformError(f"Discord cannot be reached: {answer.why}")
        if answer.status == 401:
            raise PlatformError("Discord refuses DISCORD_TOKEN: copy it again from the developer portal")
        if answer.status != 200 or answer.body is None:
            raise PlatformError(f"Discord cannot be reached: it answered {answer.status}")
        self._me = str(answer.body.get("id", ""))

    async def _serve(self, client: discord.Client, lost: asyncio.Future[None]) -> None:
        async with client:
            serving = asyncio.create_task(client.start(self._token))
            try:
                await asyncio.wait({serving, lost}, return_when=asyncio.FIRST_COMPLETED)
                if lost.done():
                    lost.result()
                await serving
            except discord.LoginFailure as error:
                raise PlatformError("Discord refuses DISCORD_TOKEN: copy it again from the developer portal") from error
            except (aiohttp.ClientError, OSError) as error:
                raise PlatformError(f"Discord cannot be reached: {type(error).__name__}") from error
            finally:
                serving.cancel()


class _Client(discord.AutoShardedClient):
    def __init__(self, menu: Sequence[Entry], dispatch: Dispatch) -> None:
        # Guilds only, and no message cache: we read nobody's messages.
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None, max_ratelimit_timeout=30)
        self._dispatch = dispatch
        self._manages = frozenset(entry.name for entry in menu if entry.manages)
        self.tree = app_commands.CommandTree(self)
        for entry in menu:
            self.tree.add_command(_command(entry, self.answer))

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_ready(self) -> None:
        log.info("discord.ready", guilds=len(self.guilds))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Buttons carry their command line, so they work however long ago they were sent."""
        data: Mapping[str, object] = {**(interaction.data or {})}
        pressed = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.component and pressed.startswith(BUTTON):
            await self.answer(interaction, pressed.removeprefix(BUTTON))

    async def answer(self, interaction: discord.Interaction, line: str) -> None:
        """Answer privately in a server, openly in a direct message; say so when it takes longer."""
        command, _, text = line.partition(" ")
        work = asyncio.create_task(self._work(interaction, command, text))
        private = interaction.context.dm_channel is not True
        await asyncio.wait({work}, timeout=PROMPT)
        if work.done():
            message = work.result()
            await interaction.response.send_message(**payload(message), ephemeral=private and message.private)
            return
        await interaction.response.defer(ephemeral=private, thinking=True)
        await interaction.followup.send(**payload(await work), ephemeral=private)

    async def _work(self, interaction: discord.Interaction, command: str, text: str) -> Message:
        # In a server where only the person installed the app, it acts for the person.
        personal = interaction.is_user_integration() and not interaction.is_guild_integration()
        server = interaction.guild_id is not None and not personal
        may = not server or interaction.permissions.manage_guild
        chat = interaction.channel_id
        if not server and interaction.context.dm_channel is not True and command in self._manages:
            # Alerts for a person go to their direct messages, opened now that they ask, never in bulk.
            chat = (await interaction.user.create_dm()).id
        announces = server and isinstance(interaction.channel, discord.TextChannel) and interaction.channel.is_news()
        return await self._dispatch(Request(command, text, Address("discord", str(chat)), may, not server, announces))


def payload(message: Message) -> dict[str, Any]:
    """The embed and the buttons of a message, within Discord's limits."""
    fitted = fit(message, size, Discord.limits.length)
    view = _view(fitted.actions)
    return {"embed": embed_of(fitted), **({"view": view} if view else {})}


def _plain(message: Message) -> str:
    return escape(text_of(message, width=400))


def _words(message: Mapping[str, Any]) -> tuple[object, ...]:
    """What people read of a message, as it was sent or as Discord gives it back."""
    embeds = [(embed.get("title"), embed.get("description")) for embed in message.get("embeds") or []]
    return message.get("content") or "", embeds


def _view(actions: Sequence[Action]) -> discord.ui.View | None:
    limits = Discord.limits
    usable = [a for a in actions if a.url or len(a.command) <= limits.command_bytes][: limits.buttons]
    if not usable:
        return None
    view = discord.ui.View(timeout=None)
    for action in usable:
        label = action.label[:80]
        view.add_item(
            discord.ui.Button(label=label, url=action.url) if action.url
            else discord.ui.Button(label=label, custom_id=BUTTON + action.command)
        )  # fmt: skip
    # Presses come to on_interaction; a view that still ran would be kept in memory for ever.
    view.stop()
    return view


Answering = Callable[[discord.Interaction, str], Awaitable[None]]


def _command(entry: Entry, answer: Answering) -> app_commands.Command[Any, ..., None]:
    """A slash command whose options, in order, make the same line that one would type."""

    async def run(interaction: discord.Interaction, **options: str | None) -> None:
        await answer(interaction, " ".join((entry.name, *(value for value in options.values() if value))))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("interaction", kind, annotation=discord.Interaction)]
    for p in entry.parameters:
        empty = inspect.Parameter.empty if p.required else None
        parameters.append(inspect.Parameter(p.name, kind, default=empty, annotation=str if p.required else str | None))
    callback: Any = run
    callback.__signature__ = inspect.Signature(parameters)
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=entry.name,
        description=entry.help[:100],
        callback=callback,
        allowed_contexts=_EVERYWHERE,
        allowed_installs=_INSTALLS,
    )
    if entry.parameters:
        app_commands.describe(**{p.name: p.help[:100] for p in entry.parameters})(command)
    return command
