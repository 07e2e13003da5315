"""Discord interactions and messages as requests, and the answers to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.utils import utcnow

from bot.adapters.discord import commands, place
from bot.adapters.discord.layout import BUTTON, ID_LETTERS, LABEL_LETTERS, MENU, layout
from bot.adapters.discord.place import Channel
from bot.adapters.discord.servers import ServerEvents
from bot.adapters.discord.upload import upload
from bot.locales import _, best, speaking
from bot.message import Action, Message, about_chat
from bot.platform import Dispatch, Entry, Place, Request, command_of
from bot.render.blocks import bold, say, text
from bot.render.labels import join

log = structlog.get_logger()

#: Seconds until we say that an answer takes longer; Discord wants one within three.
PROMPT_SECONDS = 2.0
#: Seconds that the library may wait for a rate limit.
RATE_LIMIT_SECONDS = 30
#: The weight of a channel's name above an answer; the answer itself is shortened first.
NAME_WEIGHT = 90
#: The characters of a typed message that are read.
TYPED_LETTERS = 500


class Client(ServerEvents, discord.AutoShardedClient):
    """The library's client: it answers interactions and direct messages, and reads no others."""

    def __init__(self, menu: Sequence[Entry], dispatch: Dispatch) -> None:
        # Servers and direct messages only, and no message cache; neither is a privileged intent.
        super().__init__(
            intents=discord.Intents(guilds=True, dm_messages=True),
            max_messages=None,
            max_ratelimit_timeout=RATE_LIMIT_SECONDS,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self._dispatch = dispatch
        self._entries: Mapping[str, Entry] = {entry.name: entry for entry in menu}
        self._ids: Mapping[str, int] = {}
        self._own_chats = place.OwnChats()
        self._greetings = [entry.name for entry in menu if entry.greets]
        for event, parse in self._connection.parsers.items():
            self._connection.parsers[event] = _guarded(event, parse)
        self.tree = app_commands.CommandTree(self)
        commands.offer(self.tree, menu, dispatch, self.answer)

    async def setup_hook(self) -> None:
        """Upload our commands to Discord if they changed."""
        await self.tree.set_translator(commands.Translator())
        if self.application_id is not None:
            self._ids = await upload(self.tree, self.application_id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a server that added the bot, in a channel where that is wanted."""
        await self._look(guild)
        channel = _open_channel(guild)
        if channel is None:
            return
        for command in self._greetings:
            here = place.address(channel.id)
            language = guild.preferred_locale.value
            request = Request(command, "", here, False, False, language=language)
            answer = await self._dispatch(request)
            await channel.send(view=layout(answer, self._ids), silent=True)

    async def on_message(self, message: discord.Message) -> None:
        """Answer a direct message to the bot."""
        if message.guild is not None or message.author.bot or self.user is None:
            return
        command, text = command_of(message.content.strip()[:TYPED_LETTERS])
        here = place.address(message.channel.id)
        self._own_chats.note(message.author.id, message.channel.id)
        request = Request(command, text, here, person=str(message.author.id))
        answer = await self._dispatch(request)
        if answer.blocks:
            await message.channel.send(**payload(answer, self._ids))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer a press; slash commands are handled by the tree.

        Buttons and menus carry their command line, so they work however long ago they were sent.
        """
        if interaction.type is not discord.InteractionType.component:
            return
        data: dict[str, Any] = {**(interaction.data or {})}
        pressed = str(data.get("custom_id", ""))
        line = ""
        if pressed.startswith(BUTTON):
            line = pressed.removeprefix(BUTTON)
        elif pressed.startswith(MENU):
            line = _chosen([str(value) for value in data.get("values") or ()])
        if line:
            channel, line = place.named(line, interaction.guild)
            await self.answer(interaction, line, channel)

    async def answer(
        self, interaction: discord.Interaction, line: str, channel: Channel | None = None
    ) -> None:
        """Answer privately in a server, openly in a direct message; say so if it takes longer.

        `channel` is another channel of the server that the line is about.
        """
        age = (utcnow() - interaction.created_at).total_seconds()
        # An impossible age means that a clock is wrong, ours or theirs.
        left = PROMPT_SECONDS - age if 0 <= age <= PROMPT_SECONDS else PROMPT_SECONDS
        work = asyncio.create_task(self._work(interaction, line, channel))
        try:
            await asyncio.wait({work}, timeout=left)
            await self._reply(interaction, work)
        except discord.NotFound:
            log.info("discord.too_late")  # they waited longer than Discord lets us answer

    async def _reply(self, interaction: discord.Interaction, work: asyncio.Task[Message]) -> None:
        private = interaction.context.dm_channel is not True
        if not work.done():
            await interaction.response.defer(ephemeral=private, thinking=True)
            await interaction.followup.send(**payload(await work, self._ids), ephemeral=private)
        elif work.result().in_place and _is_press(interaction):
            await interaction.response.edit_message(view=layout(work.result(), self._ids))
        else:
            answer = work.result()
            await interaction.response.send_message(**payload(answer, self._ids), ephemeral=private)
            if answer.becomes and not private:
                await _show(interaction, answer.becomes)

    async def _work(
        self, interaction: discord.Interaction, line: str, channel: Channel | None
    ) -> Message:
        """The answer to a line; one about another channel is headed by its name."""
        request = await self._request(interaction, line, channel)
        answer = await self._dispatch(request)
        entry = self._entries.get(request.command)
        if entry and entry.posts and not request.private and not answer.private:
            answer = await self._post(request, answer)
        if channel is None:
            return answer
        answer = about_chat(answer, f"{place.ELSEWHERE}{channel.id}")
        name = text(bold(f"#{channel.name}"), weight=NAME_WEIGHT)
        return replace(answer, blocks=(name, *answer.blocks))

    async def _request(
        self, interaction: discord.Interaction, line: str, channel: Channel | None
    ) -> Request:
        command, _space, words = line.partition(" ")
        server = place.is_for_server(interaction)
        if interaction.context.dm_channel is True:
            self._own_chats.note(interaction.user.id, interaction.channel_id)
        entry = self._entries.get(command)
        there = channel or interaction.channel
        has = interaction.app_permissions
        if channel is not None:
            has = channel.permissions_for(channel.guild.me)
        places: tuple[Place, ...] = ()
        if server and entry and _tells_of_places(entry) and interaction.guild:
            places = tuple(place.places(interaction.guild))
        return Request(
            command,
            words,
            place.address(channel.id) if channel else await place.home_of(interaction),
            may_manage=not server or interaction.permissions.manage_guild,
            private=not server,
            announces=server and place.is_news(there),
            language=interaction.locale.value,
            pressed=_is_press(interaction),
            lacks=place.lacks(there, has) if server else (),
            server=str(interaction.guild_id or "") if server else "",
            person=str(interaction.user.id),
            home=self._own_chats.of(interaction.user.id) if server else None,
            unseen=server and not (entry and entry.posts),
            places=places,
        )

    async def _post(self, request: Request, answer: Message) -> Message:
        """Post an answer where alerts go, and return whether it arrived."""
        where = self.get_partial_messageable(int(request.address.chat))
        roles: bool | list[discord.Object] = False
        if answer.mention:
            roles = [discord.Object(int(answer.mention))]
        allowed = discord.AllowedMentions(everyone=False, users=False, roles=roles)
        with speaking(best(request.language)):
            try:
                await where.send(**payload(answer, self._ids), allowed_mentions=allowed)
            except discord.HTTPException as error:
                why = join([_(right) for right in request.lacks]) or error.text
                return say(
                    _("An alert would not arrive here. What is missing: {rights}.", rights=why)
                )
            return say(_("I posted it here, as an alert would be."))


def payload(message: Message, commands: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The parameters of a reply to an interaction; `commands` are ids by name."""
    given: dict[str, Any] = {"view": layout(message, commands)}
    file = message.file
    if file:
        words = file.alt or None
        given["file"] = discord.File(BytesIO(file.content), file.name, description=words)
    return given


async def _show(interaction: discord.Interaction, becomes: Action) -> None:
    """Replace the pressed button in a direct message by another one."""
    data: dict[str, Any] = {**(interaction.data or {})}
    if interaction.message is None or not data.get("custom_id"):
        return
    view = discord.ui.LayoutView.from_message(interaction.message, timeout=None)
    view.stop()
    for item in view.walk_children():
        if isinstance(item, discord.ui.Button) and item.custom_id == data["custom_id"]:
            item.label = becomes.label[:LABEL_LETTERS]
            item.custom_id = (BUTTON + becomes.command)[:ID_LETTERS]
    await interaction.message.edit(view=view)


def _chosen(values: Sequence[str]) -> str:
    """The line of the chosen menu options; further options add their last words."""
    if not values:
        return ""
    first, *others = values
    return " ".join([first, *(value.rpartition(" ")[2] for value in others)])


def _open_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """The server's system channel, else the first channel in which everybody may write; or None."""
    candidates = [guild.system_channel, *guild.text_channels]
    for channel in candidates:
        if channel is None or place.lacks(channel, channel.permissions_for(guild.me)):
            continue
        others = channel.permissions_for(guild.default_role)
        if others.view_channel and others.send_messages:
            return channel
    return None


def _is_press(interaction: discord.Interaction) -> bool:
    return interaction.type is discord.InteractionType.component


def _guarded(event: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Wrap a parser to skip a frame that it cannot read, which would end the connection."""

    def guarded(data: Any) -> Any:
        """Parse one frame; None if that fails."""
        try:
            return parse(data)
        except Exception as error:  # noqa: BLE001 - whatever Discord sends, the next frame is read
            log.warning("discord.frame_unreadable", frame=event, why=type(error).__name__)
            return None

    return guarded


def _tells_of_places(entry: Entry) -> bool:
    """Whether the answer to a command in a server is about its channels."""
    return entry.for_server or entry.lists_places
