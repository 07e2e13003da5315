"""Slash commands, made from the menu, with subcommands, autocompletion and translated names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.adapters.discord.layout import words
from bot.adapters.discord.place import Channel, known_home
from bot.adapters.discord.settings import DiscordSettings
from bot.locales import N_, _, best, speaking
from bot.platform import FILE_BYTES, Dispatch, Entry, Hint, Parameter

EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
#: The most letters of a description, of a suggestion, and of a label in a message's menu.
DESCRIPTION_LETTERS = 100
CHOICE_LETTERS = 100
MESSAGE_LABEL_LETTERS = 32
#: The most suggestions at a time.
CHOICES = 25
#: The most letters read of a message that a command was used on.
POINTED_LETTERS = 500
#: The option types of Discord for arguments that are not words.
_TYPES = {"role": discord.Role, "file": discord.Attachment}
_NAME = re.compile(r"[-_\w]{1,32}")

#: Answers an interaction with the answer to a command line, about a channel or the current one.
Answer = Callable[[discord.Interaction, str, Channel | None], Awaitable[None]]
#: The option for the channel that a command is about, in commands that change a server.
CHANNEL = "channel"
Command = app_commands.Command[Any, ..., None]
Made = Command | app_commands.Group | app_commands.ContextMenu


def offer(
    tree: app_commands.CommandTree[Any], menu: Sequence[Entry], dispatch: Dispatch, answer: Answer
) -> None:
    """Add the commands of the menu to the tree; `answer` runs them."""
    for command in commands(menu, dispatch, answer):
        tree.add_command(command)


def commands(menu: Sequence[Entry], dispatch: Dispatch, answer: Answer) -> Iterator[Made]:
    """The slash commands, and the entries of the menu of every message."""
    for entry in menu:
        if not entry.offered_on(DiscordSettings.name):
            continue
        if entry.forms:
            yield _group(entry, dispatch, answer)
        else:
            yield _command(entry, entry.name, dispatch, answer)
    for entry in menu:
        if entry.message_label:
            yield _of_message(entry, answer)


def text_of(message: discord.Message) -> str:
    """The text of a message that a command was used on, or "?"."""
    embeds = (f"{embed.title or ''} {embed.description or ''}" for embed in message.embeds)
    parts = words({"components": [each.to_dict() for each in message.components]})
    return " ".join([message.content, *embeds, *parts]).strip() or "?"


class Translator(app_commands.Translator):
    """Translates names and descriptions; Discord shows the English ones for other languages."""

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The words in Discord's language, or None if they are not translated."""
        with speaking(best(locale.value)):
            said = _(string.message)
        if said == string.message:
            return None
        if context.location.name.endswith("_description"):
            return said[:DESCRIPTION_LETTERS]
        if isinstance(context.data, app_commands.ContextMenu):
            return said[:MESSAGE_LABEL_LETTERS]
        name = said.casefold()
        return name if _NAME.fullmatch(said) else None


def _of_message(entry: Entry, answer: Answer) -> app_commands.ContextMenu:
    """A command in the menu of every message; the message's text is its argument."""

    async def run(interaction: discord.Interaction, message: discord.Message) -> None:
        """The callback that Discord calls with the message."""
        await answer(interaction, f"{entry.name} {text_of(message)[:POINTED_LETTERS]}", None)

    return app_commands.ContextMenu(
        name=locale_str(entry.message_label),
        callback=run,
        allowed_contexts=EVERYWHERE,
        allowed_installs=INSTALLS,
    )


def _group(entry: Entry, dispatch: Dispatch, answer: Answer) -> app_commands.Group:
    group = app_commands.Group(
        name=locale_str(entry.name),
        description=locale_str(entry.help[:DESCRIPTION_LETTERS]),
        allowed_contexts=EVERYWHERE,
        allowed_installs=INSTALLS,
        default_permissions=_permissions(entry),
    )
    for form in entry.forms:
        of_group = replace(form, manages=entry.manages, private_only=entry.private_only)
        group.add_command(_command(of_group, f"{entry.name} {form.name}", dispatch, answer))
    return group


def _command(entry: Entry, line: str, dispatch: Dispatch, answer: Answer) -> Command:
    """A slash command whose options, in order, make the command line that one would type."""
    command: Command = app_commands.Command(
        name=locale_str(entry.name),
        description=locale_str(entry.help[:DESCRIPTION_LETTERS]),
        callback=_callback(entry, line, answer),
    )
    if " " not in line:  # subcommands inherit these from their group
        command.allowed_contexts = EVERYWHERE
        command.allowed_installs = INSTALLS
        command.default_permissions = _permissions(entry)
    described = {}
    for parameter in entry.parameters:
        described[parameter.name] = locale_str(parameter.help[:DESCRIPTION_LETTERS])
        if parameter.kind not in ("text", *_TYPES):
            command.autocomplete(parameter.name)(_suggesting(parameter.kind, dispatch))
    if _has_channel(entry):
        described[CHANNEL] = locale_str(N_("In a server: the channel that is meant"))
    if described:
        app_commands.describe(**described)(command)
    return command


def _callback(entry: Entry, line: str, answer: Answer) -> Any:
    """The callback that Discord calls with the given options."""

    async def run(interaction: discord.Interaction, **options: Any) -> None:
        """Build the command line from the options, in order, and answer it."""
        channel = options.pop(CHANNEL, None)
        said = [line]
        for value in options.values():
            if isinstance(value, discord.Attachment):
                said.append(await _text_of_file(value))
            elif value:
                said.append(_word(value))
        await answer(interaction, " ".join(said), channel)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("interaction", kind, annotation=discord.Interaction)]
    parameters += map(_option, entry.parameters)
    if _has_channel(entry):
        parameters.append(inspect.Parameter(CHANNEL, kind, default=None, annotation=Channel | None))
    callback: Any = run
    callback.__signature__ = inspect.Signature(parameters)
    return callback


def _has_channel(entry: Entry) -> bool:
    """Whether the command can be used for another channel of the server."""
    return entry.manages and not entry.private_only


async def _text_of_file(file: discord.Attachment) -> str:
    """The text of an attached file, or "" if it is too large or not text."""
    if file.size > FILE_BYTES:
        return ""
    try:
        return (await file.read()).decode("utf-8-sig", "replace")
    except discord.HTTPException:
        return ""


def _word(value: Any) -> str:
    """An option as it would be typed; a role also says whether Discord lets us mention it."""
    if not isinstance(value, discord.Role):
        return str(value)
    if value.is_default():
        return "everyone"
    may_call = value.mentionable or value.guild.me.guild_permissions.mention_everyone
    return str(value.id) if may_call else f"{value.id} silent"


def _option(parameter: Parameter) -> inspect.Parameter:
    annotation: Any = _TYPES.get(parameter.kind, str)
    default: Any = inspect.Parameter.empty
    if not parameter.required:
        annotation = annotation | None
        default = None
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(parameter.name, kind, default=default, annotation=annotation)


def _permissions(entry: Entry) -> discord.Permissions | None:
    """The permissions to see the command: commands that change a server need to manage it.

    A server can override this, so the permission is checked again on use.
    """
    return discord.Permissions(manage_guild=True) if entry.manages else None


def _suggesting(kind: str, dispatch: Dispatch) -> Any:
    async def suggest(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """The suggestions for what was typed so far."""
        here = known_home(interaction)
        person = str(interaction.user.id)
        found = await dispatch(Hint(kind, current, interaction.locale.value, here, person))
        choices = []
        for each in found.actions[:CHOICES]:
            name = each.label[:CHOICE_LETTERS]
            value = each.command[:CHOICE_LETTERS]
            choices.append(app_commands.Choice(name=name, value=value))
        return choices

    return suggest
