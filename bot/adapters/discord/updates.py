"""What people do on Discord, as requests; and the answers to their interactions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.adapters.discord import commands
from bot.adapters.discord.layout import BUTTON, MENU, layout
from bot.adapters.discord.settings import DiscordSettings
from bot.locales import N_
from bot.message import Message
from bot.model import Address
from bot.platform import Dispatch, Entry, Request

log = structlog.get_logger()

#: Discord wants an answer within three seconds; after this many we say that it takes longer.
PROMPT_SECONDS = 2.0
#: How long the library may wait for its own turn.
RATE_LIMIT_SECONDS = 30
#: The rights without which an alert does not arrive, as Discord's own settings call them.
_RIGHTS = {
    "view_channel": N_("View Channels"),
    "send_messages": N_("Send Messages"),
    "embed_links": N_("Embed Links"),
}
#: The same in a thread.
_THREAD_RIGHTS = {
    "view_channel": N_("View Channels"),
    "send_messages_in_threads": N_("Send Messages in Threads"),
    "embed_links": N_("Embed Links"),
}


class Client(discord.AutoShardedClient):
    """The library's client: it answers interactions, and reads nobody's messages."""

    def __init__(self, menu: Sequence[Entry], dispatch: Dispatch) -> None:
        # Guilds only, and no message cache: we read nobody's messages.
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            max_ratelimit_timeout=RATE_LIMIT_SECONDS,
        )
        self._dispatch = dispatch
        for event, parse in self._connection.parsers.items():
            self._connection.parsers[event] = _guarded(event, parse)
        self.tree = app_commands.CommandTree(self)
        commands.offer(self.tree, menu, dispatch, self.answer)

    async def setup_hook(self) -> None:
        """Tell Discord our commands."""
        await self.tree.set_translator(commands.Translator())
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Log that we are connected."""
        log.info("discord.ready", guilds=len(self.guilds))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer presses; slash commands come to the tree.

        Buttons and menus carry their command line, so they work however long ago they were sent.
        """
        if interaction.type is not discord.InteractionType.component:
            return
        data: dict[str, Any] = {**(interaction.data or {})}
        pressed = str(data.get("custom_id", ""))
        if pressed.startswith(BUTTON):
            await self.answer(interaction, pressed.removeprefix(BUTTON))
        elif pressed.startswith(MENU) and data.get("values"):
            await self.answer(interaction, str(data["values"][0]))

    async def answer(self, interaction: discord.Interaction, line: str) -> None:
        """Answer privately in a server, openly in a direct message; say so when it takes longer."""
        work = asyncio.create_task(self._work(interaction, line))
        private = interaction.context.dm_channel is not True
        await asyncio.wait({work}, timeout=PROMPT_SECONDS)
        if not work.done():
            await interaction.response.defer(ephemeral=private, thinking=True)
            await interaction.followup.send(**payload(await work), ephemeral=private)
            return
        message = work.result()
        if message.in_place and _is_press(interaction):
            await interaction.response.edit_message(view=layout(message))
            return
        await interaction.response.send_message(
            **payload(message), ephemeral=private and message.private
        )

    async def _work(self, interaction: discord.Interaction, line: str) -> Message:
        command, _space, text = line.partition(" ")
        server = _is_for_server(interaction)
        chat = interaction.channel_id
        if not server and interaction.context.dm_channel is not True:
            # What a person follows is that of their direct messages, opened now that they ask,
            # never in bulk. Every command is about that chat: one that only reads would look at
            # the wrong one, and a greeting can change it.
            chat = (await interaction.user.create_dm()).id
        request = Request(
            command,
            text,
            Address(DiscordSettings.name, str(chat)),
            may_manage=not server or interaction.permissions.manage_guild,
            private=not server,
            announces=server and _is_news(interaction),
            language=interaction.locale.value,
            pressed=_is_press(interaction),
            lacks=_lacks(interaction) if server else (),
        )
        return await self._dispatch(request)


def payload(message: Message) -> dict[str, Any]:
    """What an interaction is answered with."""
    given: dict[str, Any] = {"view": layout(message)}
    file = message.file
    if file:
        words = file.alt or None
        given["file"] = discord.File(BytesIO(file.content), file.name, description=words)
    return given


def _is_for_server(interaction: discord.Interaction) -> bool:
    """Whether it is about a server's channel.

    In a server where only the person installed the app, it acts for the person.
    """
    if interaction.guild_id is None:
        return False
    return interaction.is_guild_integration() or not interaction.is_user_integration()


def _is_news(interaction: discord.Interaction) -> bool:
    channel = interaction.channel
    return isinstance(channel, discord.TextChannel) and channel.is_news()


def _is_press(interaction: discord.Interaction) -> bool:
    return interaction.type is discord.InteractionType.component


def _lacks(interaction: discord.Interaction) -> tuple[str, ...]:
    """The rights that the bot needs in this channel and does not have there."""
    needed = _THREAD_RIGHTS if isinstance(interaction.channel, discord.Thread) else _RIGHTS
    has = interaction.app_permissions
    return tuple(name for right, name in needed.items() if not getattr(has, right))


def _guarded(event: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Leaves out a frame that the library cannot read, which would end the connection for it."""

    def guarded(data: Any) -> Any:
        """Read one frame, or nothing."""
        try:
            return parse(data)
        except Exception as error:  # noqa: BLE001 - whatever Discord sends, the next frame is read
            log.warning("discord.frame_unreadable", frame=event, why=type(error).__name__)
            return None

    return guarded
