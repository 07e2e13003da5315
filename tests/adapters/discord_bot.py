"""The bot on a simulated Discord, and the people who talk to it."""

from __future__ import annotations

from typing import Any

import discord
import simcord

import handlers
from bot.adapters.discord.layout import words
from bot.adapters.discord.platform import Discord
from bot.adapters.discord.updates import Client, payload
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.outcomes import Notice
from bot.platform import Hint, Request
from bot.render.alert import alert
from bot.render.reader import Reader
from bot.store import Store
from tests.support import world


class Bot:
    """The bot in the small world; it notes what it is asked."""

    running: Client

    def __init__(self, store: Store, known: Catalogue, names: Names) -> None:
        self.store, self.known, self.names = store, known, names
        self.platform = Discord("unused")
        self.requests: list[Request] = []

    async def dispatch(self, request: Request | Notice | Hint) -> Message:
        """Answer as the bot does."""
        if isinstance(request, Request):
            self.requests.append(request)
        return handlers.answer(request, world.context(self.store, self.known, self.names))

    def client(self) -> Client:
        """A client that serves every command."""
        menu = [command.entry for command in handlers.COMMANDS]
        self.running = self.platform.client(menu, self.dispatch)
        return self.running

    async def post(self, channel: simcord.ChannelHandle) -> None:
        """An alert as it looks in the channel."""
        await self.running.get_partial_messageable(channel.id).send(**payload(self.alert()))

    def alert(self) -> Message:
        """The alert of the small world's story."""
        story = self.store.stories.get(1)
        assert story
        reader = Reader(frozenset({"EU"}), world.NOW.date())
        return alert(story, ("linkedin",), reader, self.known, self.names)


def shown_in(result: Any) -> str:
    """The words of an answer."""
    return "\n".join(words({"components": result.response.components}))


def person(env: simcord.Env, guild: simcord.GuildHandle, manages: bool) -> simcord.MemberActor:
    roles = (
        [guild.create_role("Mods", permissions=discord.Permissions(manage_guild=True))]
        if manages
        else []
    )
    return guild.add_member(env.create_user("mod" if manages else "guest"), roles=roles)


def elsewhere(env: simcord.Env, client: Any) -> tuple[simcord.ChannelHandle, simcord.MemberActor]:
    """A channel of a server without the bot, and somebody who manages it and has the app."""
    guild = env.create_guild()
    channel = guild.create_text_channel("elsewhere")
    mod = person(env, guild, manages=True)
    client["authorizing_integration_owners"] = {"1": str(mod.id)}
    return channel, mod


def last_in(channel: simcord.ChannelHandle) -> discord.Message:
    """The newest message of a channel."""
    message = channel.last_message
    assert message
    return message
