"""The place of an interaction, and the chat it is about: a server's channel, or a direct chat."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import discord

from bot.adapters.discord.settings import DiscordSettings
from bot.locales import N_
from bot.model import Address
from bot.platform import Place

#: The permissions needed to deliver an alert, as Discord's own settings name them.
_RIGHTS = {
    "view_channel": N_("View Channels"),
    "send_messages": N_("Send Messages"),
    "embed_links": N_("Embed Links"),
}
#: The permissions needed in a thread.
_THREAD_RIGHTS = {
    "view_channel": N_("View Channels"),
    "send_messages_in_threads": N_("Send Messages in Threads"),
    "embed_links": N_("Embed Links"),
}
#: The most people whose direct messages are remembered.
REMEMBERED = 10_000
#: A channel of a server that alerts can be posted in.
Channel = discord.TextChannel | discord.Thread
#: The prefix of a button's line about another channel of the server, followed by its id.
ELSEWHERE = "@"


def address(channel: int) -> Address:
    """The address of a channel."""
    return Address(DiscordSettings.name, str(channel))


def server(guild: int) -> tuple[str, str]:
    """A server as (platform, id)."""
    return DiscordSettings.name, str(guild)


def is_for_server(interaction: discord.Interaction) -> bool:
    """Whether an interaction is about a server's channel.

    In a server where only the person installed the app, it acts for the person.
    """
    if interaction.guild_id is None:
        return False
    return interaction.is_guild_integration() or not interaction.is_user_integration()


def known_home(interaction: discord.Interaction) -> Address | None:
    """The chat that an interaction is about, or None if Discord would have to be asked."""
    is_here = is_for_server(interaction) or interaction.context.dm_channel is True
    if not is_here or interaction.channel_id is None:
        return None
    return address(interaction.channel_id)


async def home_of(interaction: discord.Interaction) -> Address:
    """The chat that an interaction is about.

    For a person it is their direct messages, opened now because they ask, never in bulk. Every
    command is about that chat: one that only reads would otherwise look at the wrong one, and even
    a greeting can change it.
    """
    return known_home(interaction) or address((await interaction.user.create_dm()).id)


def lacks(channel: object, has: discord.Permissions) -> tuple[str, ...]:
    """The permissions that the bot needs in a channel but lacks."""
    needed = _THREAD_RIGHTS if isinstance(channel, discord.Thread) else _RIGHTS
    return tuple(name for right, name in needed.items() if not getattr(has, right))


def is_news(channel: object) -> bool:
    """Whether other servers can follow a channel."""
    return isinstance(channel, discord.TextChannel) and channel.is_news()


def places(guild: discord.Guild) -> Iterator[Place]:
    """The channels and threads of a server, with the permissions the bot lacks in each."""
    channels: list[Channel] = [*guild.text_channels, *guild.threads]
    for channel in channels:
        has = channel.permissions_for(guild.me)
        yield Place(address(channel.id), f"#{channel.name}", lacks(channel, has))


def named(line: str, guild: discord.Guild | None) -> tuple[Channel | None, str]:
    """The channel of this server that a button's line is about, or None, and the rest of it."""
    word, _space, rest = line.partition(" ")
    number = word.removeprefix(ELSEWHERE)
    if guild is None or word == number or not (number.isdecimal() and number.isascii()):
        return None, line
    channel = guild.get_channel_or_thread(int(number[:20]))
    return (channel, rest) if isinstance(channel, Channel) else (None, line)


class OwnChats:
    """A cache of people's direct message channels; it never opens one."""

    def __init__(self) -> None:
        self._chats: OrderedDict[int, int] = OrderedDict()

    def note(self, person: int, channel: int | None) -> None:
        """Remember a person's direct message channel."""
        if channel is None:
            return
        self._chats[person] = channel
        self._chats.move_to_end(person)
        if len(self._chats) > REMEMBERED:
            self._chats.popitem(last=False)

    def of(self, person: int) -> Address | None:
        """A person's direct messages, or None if they were not seen lately."""
        channel = self._chats.get(person)
        return address(channel) if channel else None
