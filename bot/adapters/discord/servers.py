"""Server events as notices: where the bot may post again, and where no longer."""

from __future__ import annotations

from collections.abc import Iterable

import discord
import structlog

from bot.adapters.discord import place
from bot.adapters.discord.settings import DiscordSettings
from bot.locales import N_
from bot.outcomes import REMOVED, Back, Gone, Notice, OnlyIn
from bot.platform import Dispatch

log = structlog.get_logger()

_DELETED = N_("the channel was deleted")


class ServerEvents(discord.Client):
    """The part of a client that handles events of servers."""

    _dispatch: Dispatch
    #: Whether the gateway is connected.
    is_connected = False

    async def on_connect(self) -> None:
        """Mark the gateway as connected."""
        self.is_connected = True

    async def on_resumed(self) -> None:
        """Mark the gateway as connected again."""
        self.is_connected = True

    async def on_disconnect(self) -> None:
        """Mark the gateway as disconnected; the library reconnects."""
        self.is_connected = False

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server removed the bot: nothing is sent there until it adds it again."""
        channels = [*guild.text_channels, *guild.threads]
        await self._lost((channel.id for channel in channels), REMOVED)
        await self._dispatch(Notice((), Gone(REMOVED, left=True), server=place.server(guild.id)))

    async def on_ready(self) -> None:
        """All servers are known; those that removed the bot meanwhile are not among them."""
        log.info("discord.ready", guilds=len(self.guilds))
        servers = frozenset(str(guild.id) for guild in self.guilds)
        await self._dispatch(Notice((), OnlyIn(DiscordSettings.name, servers)))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is available: after our start, or after an outage of its own."""
        await self._look(guild)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """The permissions of a role changed."""
        await self._look(after.guild)

    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """A member's roles changed; only the bot's own matter, and Discord reports no others."""
        if after == after.guild.me:
            await self._look(after.guild)

    async def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """The permissions of a channel or its category changed."""
        await self._look(after.guild)

    async def on_thread_update(self, _before: discord.Thread, after: discord.Thread) -> None:
        """A thread was reopened or closed."""
        await self._look(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted."""
        await self._lost([channel.id], _DELETED)

    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """A thread was deleted."""
        await self._lost([event.thread_id], _DELETED)

    async def _look(self, guild: discord.Guild) -> None:
        """Report all places of a server that the bot may post in."""
        if guild.me is None:
            return
        found = [each.address for each in place.places(guild) if not each.lacks]
        await self._dispatch(Notice(tuple(found), Back(), server=place.server(guild.id)))

    async def _lost(self, channels: Iterable[int], why: str) -> None:
        addresses = tuple(place.address(channel) for channel in channels)
        await self._dispatch(Notice(addresses, Gone(why, left=True)))
