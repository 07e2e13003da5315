"""Slash commands, made from the menu: subcommands, what may be meant, names in Discord's languages."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.locales import N_, _, best, speaking
from bot.platform import Dispatch, Entry, Hint, Parameter

EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
#: The entry in the menu of every message.
OF_THIS = N_("How to opt out of this")
_NAME = re.compile(r"[-_\w]{1,32}")
#: Letters of a description and of a choice; commands of Telegram that Discord does not need.
DESCRIPTION, CHOICE = 100, 100
ELSEWHERE = frozenset({"channel"})

#: Answers an interaction with what a command line says.
Answer = Callable[[discord.Interaction, str], Awaitable[None]]
Made = app_commands.Command[Any, ..., None] | app_commands.Group | app_commands.ContextMenu


def commands(menu: Sequence[Entry], dispatch: Dispatch, answer: Answer) -> Iterator[Made]:
    for entry in menu:
        if entry.listed and entry.name not in ELSEWHERE:
            yield (
                _group(entry, dispatch, answer)
                if entry.forms
                else _command(entry, entry.name, dispatch, answer)
            )

    async def of_this(interaction: discord.Interaction, message: discord.Message) -> None:
        await answer(interaction, f"howto {text_of(message)[:500]}")

    yield app_commands.ContextMenu(
        name=locale_str(OF_THIS),
        callback=of_this,
        allowed_contexts=EVERYWHERE,
        allowed_installs=INSTALLS,
    )


def text_of(message: discord.Message) -> str:
    """The words of a message that somebody pointed at."""
    embeds = (f"{embed.title or ''} {embed.description or ''}" for embed in message.embeds)
    return " ".join([message.content, *embeds]).strip() or "?"


class Translator(app_commands.Translator):
    """Names and descriptions in the languages that we have; Discord shows the English ones for the rest."""

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        with speaking(best(locale.value)):
            said = _(string.message)
        if said == string.message:
            return None
        place = context.location.name
        if place.endswith("_description"):
            return said[:DESCRIPTION]
        if isinstance(context.data, app_commands.ContextMenu):
            return said[:32]
        return said.casefold() if _NAME.fullmatch(said) else None


def _group(entry: Entry, dispatch: Dispatch, answer: Answer) -> app_commands.Group:
    group = app_commands.Group(
        name=locale_str(entry.name), description=locale_str(entry.help[:DESCRIPTION]), allowed_contexts=EVERYWHERE,
        allowed_installs=INSTALLS, default_permissions=_permissions(entry),
    )  # fmt: skip
    for form in entry.forms:
        group.add_command(_command(form, f"{entry.name} {form.name}", dispatch, answer))
    return group


def _command(
    entry: Entry, line: str, dispatch: Dispatch, answer: Answer
) -> app_commands.Command[Any, ..., None]:
    """A slash command whose options, in order, make the same line that one would type."""

    async def run(interaction: discord.Interaction, **options: Any) -> None:
        given = (
            str(value.id) if isinstance(value, discord.Role) else value
            for value in options.values()
            if value
        )
        await answer(interaction, " ".join((line, *given)))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("interaction", kind, annotation=discord.Interaction)]
    parameters += [_option(p) for p in entry.parameters]
    callback: Any = run
    callback.__signature__ = inspect.Signature(parameters)
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=locale_str(entry.name), description=locale_str(entry.help[:DESCRIPTION]), callback=callback,
    )  # fmt: skip
    if " " not in line:  # what belongs to a group has these from it
        command.allowed_contexts, command.allowed_installs = EVERYWHERE, INSTALLS
        command.default_permissions = _permissions(entry)
    if entry.parameters:
        app_commands.describe(
            **{p.name: locale_str(p.help[:DESCRIPTION]) for p in entry.parameters}
        )(command)
    for parameter in entry.parameters:
        if parameter.kind in ("service", "region"):
            command.autocomplete(parameter.name)(_suggesting(parameter.kind, dispatch))
    return command


def _option(parameter: Parameter) -> inspect.Parameter:
    what: Any = discord.Role if parameter.kind == "role" else str
    empty = inspect.Parameter.empty if parameter.required else None
    annotation = what if parameter.required else what | None
    return inspect.Parameter(
        parameter.name,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=empty,
        annotation=annotation,
    )


def _permissions(entry: Entry) -> discord.Permissions | None:
    """What changes a server is for those who manage it; a server can say otherwise, so it is asked again each time."""
    return discord.Permissions(manage_guild=True) if entry.manages else None


def _suggesting(kind: str, dispatch: Dispatch) -> Any:
    async def suggest(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        found = await dispatch(Hint(kind, current, interaction.locale.value))
        return [
            app_commands.Choice(name=each.label[:CHOICE], value=each.command[:CHOICE])
            for each in found.actions[:25]
        ]

    return suggest
