"""What happens to servers, channels and rights: where we may post again, and where no more."""

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
    """The events of a client that are about servers, as notices."""

    _dispatch: Dispatch
    #: Whether Discord tells us what happens.
    is_connected = False

    async def on_connect(self) -> None:
        """Discord tells us what happens."""
        self.is_connected = True

    async def on_resumed(self) -> None:
        """It does again."""
        self.is_connected = True

    async def on_disconnect(self) -> None:
        """It does not; the library connects again by itself."""
        self.is_connected = False

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server removed us: nothing is sent there, until it takes us in again."""
        channels = [*guild.text_channels, *guild.threads]
        await self._lost((channel.id for channel in channels), REMOVED)
        await self._dispatch(Notice((), Gone(REMOVED, left=True), server=place.server(guild.id)))

    async def on_ready(self) -> None:
        """All servers are known: those that removed us meanwhile are not among them."""
        log.info("discord.ready", guilds=len(self.guilds))
        servers = frozenset(str(guild.id) for guild in self.guilds)
        await self._dispatch(Notice((), OnlyIn(DiscordSettings.name, servers)))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is there: after our start, or after an outage of its own."""
        await self._look(guild)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """The rights of a role changed."""
        await self._look(after.guild)

    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """A role was given or taken; only our own matter, and Discord tells of no others."""
        if after == after.guild.me:
            await self._look(after.guild)

    async def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """The rights in a channel changed, or those in the category of some."""
        await self._look(after.guild)

    async def on_thread_update(self, _before: discord.Thread, after: discord.Thread) -> None:
        """A thread was opened again, or closed."""
        await self._look(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is no more."""
        await self._lost([channel.id], _DELETED)

    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """A thread is no more."""
        await self._lost([event.thread_id], _DELETED)

    async def _look(self, guild: discord.Guild) -> None:
        """Say of all places of a server where we may post that we may."""
        if guild.me is None:
            return
        found = [each.address for each in place.places(guild) if not each.lacks]
        await self._dispatch(Notice(tuple(found), Back(), server=place.server(guild.id)))

    async def _lost(self, channels: Iterable[int], why: str) -> None:
        addresses = tuple(place.address(channel) for channel in channels)
        await self._dispatch(Notice(addresses, Gone(why, left=True)))
