"""Alerts after changes of servers, channels and permissions on Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
import simcord

from bot.model import Address
from tests.adapters.discord_bot import Bot, person
from tests.support.world import NOW, paused


@asynccontextmanager
async def followed(bot: Bot) -> AsyncIterator[tuple[discord.Guild, Address]]:
    """A server with a channel that follows LinkedIn."""
    async with simcord.run(bot.client(), shard_count=1) as env:
        server = env.create_guild()
        channel = server.create_text_channel("news")
        await person(env, server, manages=True).slash(channel, "subscribe", service="linkedin")
        guild = bot.running.get_guild(server.id)
        assert guild
        yield guild, Address("discord", str(channel.id))


def lose(bot: Bot, here: Address) -> None:
    bot.store.reach.lose([here], "Missing Permissions", NOW, left=False)


async def test_a_role_that_changes_brings_back_the_channels_where_we_may_post(bot: Bot) -> None:
    async with followed(bot) as (guild, here):
        lose(bot, here)
        await bot.running.on_guild_role_update(guild.default_role, guild.default_role)
        assert paused(bot.store, here) is None


async def test_a_role_that_we_were_given_does_so_too(bot: Bot) -> None:
    async with followed(bot) as (guild, here):
        lose(bot, here)
        await bot.running.on_member_update(guild.me, guild.me)
        assert paused(bot.store, here) is None


async def test_a_channel_that_changes_does_so_too(bot: Bot) -> None:
    async with followed(bot) as (guild, here):
        lose(bot, here)
        channel = guild.text_channels[0]
        await bot.running.on_guild_channel_update(channel, channel)
        assert paused(bot.store, here) is None


async def test_a_change_that_gives_no_right_brings_nothing_back(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with followed(bot) as (guild, here):
        lose(bot, here)

        def nothing(*_: Any) -> discord.Permissions:
            return discord.Permissions.none()

        monkeypatch.setattr(discord.TextChannel, "permissions_for", nothing)
        await bot.running.on_guild_role_update(guild.default_role, guild.default_role)
        assert paused(bot.store, here) == "Missing Permissions"


async def test_a_server_that_removes_us_is_left_and_back_when_it_takes_us_in(bot: Bot) -> None:
    async with followed(bot) as (guild, here):
        await bot.running.on_guild_remove(guild)
        assert paused(bot.store, here) == "the bot was removed or blocked"
        await bot.running.on_guild_join(guild)
        assert paused(bot.store, here) is None


async def test_a_server_that_removed_us_while_we_were_away_is_noticed(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with followed(bot) as (_guild, here):
        await bot.running.on_ready()
        assert paused(bot.store, here) is None
        monkeypatch.setattr(type(bot.running), "guilds", property(lambda _: []))
        await bot.running.on_ready()
        assert paused(bot.store, here) == "the bot was removed or blocked"


async def test_a_channel_that_is_deleted_is_left(bot: Bot) -> None:
    async with followed(bot) as (guild, here):
        await bot.running.on_guild_channel_delete(guild.text_channels[0])
        assert paused(bot.store, here) == "the channel was deleted"
