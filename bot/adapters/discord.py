"""Discord: slash commands and buttons in, embeds out; no privileged intent; sharded from the first day."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.http import Route

from bot.adapters import PlatformError
from bot.adapters.discord_markdown import embed_of, size
from bot.chat import Action, Dispatch, Entry, Gone, Later, Limits, Message, Outcome, Refused, Request, Sent
from bot.model import Address
from bot.render.fit import fit

log = structlog.get_logger()

#: Marks the buttons that are ours; what follows is a command line.
BUTTON = "sp:"
#: Discord wants an answer within three seconds; after this many we say that it takes longer.
PROMPT = 2.0
_NOBODY = frozenset({10003, 50001, 50007, 50013, 10004})
_EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)


class Discord:
    """The platform. `api` is the server's address, so that a stand-in can take its place."""

    platform = "discord"
    limits = Limits(length=4096, command_bytes=100 - len(BUTTON), buttons=25, per_second=45.0)

    def __init__(self, token: str, api: str = "https://discord.com/api/v10") -> None:
        self._token, self._api = token, api.rstrip("/")
        self._client: discord.Client | None = None

    @property
    def ready(self) -> bool:
        return self._client is not None and self._client.is_ready()

    async def run(self, menu: Sequence[Entry], dispatch: Dispatch) -> None:
        Route.BASE = self._api
        client = self.client(menu, dispatch)  # a closed client cannot be used again
        try:
            async with client:
                await client.start(self._token)
        except discord.LoginFailure as error:
            raise PlatformError("Discord refuses DISCORD_TOKEN: copy it again from the developer portal") from error
        except (aiohttp.ClientError, OSError) as error:
            raise PlatformError(f"Discord cannot be reached: {type(error).__name__}") from error
        finally:
            self._client = None

    def client(self, menu: Sequence[Entry], dispatch: Dispatch) -> discord.Client:
        """A client that serves the menu; it is this platform's way to send from now on."""
        self._client = _Client(menu, dispatch)
        return self._client

    async def send(self, address: Address, message: Message, key: str) -> Outcome:
        if self._client is None:
            return Later(None, "Discord is not connected")
        channel = self._client.get_partial_messageable(int(address.chat))
        try:
            # The library sends enforce_nonce with a nonce, so a second try of the same alert cannot double.
            sent = await channel.send(
                **payload(message), nonce=key, silent=message.quiet, allowed_mentions=discord.AllowedMentions.none()
            )
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError) as error:
            return outcome_of(error)
        return Sent(str(sent.id))


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
        return await self._dispatch(Request(command, text, Address("discord", str(chat)), may, not server))


def payload(message: Message) -> dict[str, Any]:
    """The embed and the buttons of a message, within Discord's limits."""
    fitted = fit(message, size, Discord.limits.length)
    view = _view(fitted.actions)
    return {"embed": embed_of(fitted), **({"view": view} if view else {})}


def outcome_of(error: Exception) -> Outcome:
    """What an error means for the chat."""
    match error:
        case discord.RateLimited():
            return Later(timedelta(seconds=error.retry_after), "Discord asks to wait")
        case discord.HTTPException() if error.status == 429:
            return Later(None, "Discord asks to wait")
        case discord.HTTPException() if error.code in _NOBODY:
            return Gone(error.text or f"Discord error {error.code}")
        case discord.HTTPException() if error.status == 400:
            return Refused(error.text)
        case _:
            return Later(None, type(error).__name__)


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


Answer = Callable[[discord.Interaction, str], Awaitable[None]]


def _command(entry: Entry, answer: Answer) -> app_commands.Command[Any, ..., None]:
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
