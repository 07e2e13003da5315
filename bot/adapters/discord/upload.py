"""The upload of our commands to Discord, only if they differ from the ones it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.http import Route

log = structlog.get_logger()

#: Discord's option type of a subcommand.
SUBCOMMAND = 1


async def upload(tree: app_commands.CommandTree[Any], application: int) -> dict[str, int]:
    """Upload the commands of a tree if they changed, and return their ids by full name.

    If that fails, the ones that Discord has keep working, and so do alerts.
    """
    try:
        theirs = await _uploaded(tree.client, application)
        ours = await _payload(tree)
        if not same_commands(ours, theirs):
            theirs = await tree.client.http.bulk_upsert_global_commands(application, ours)
            log.info("discord.commands", changed=len(ours))
        return dict(_ids(theirs))
    except (discord.DiscordException, OSError) as error:
        log.warning("discord.commands_not_uploaded", why=type(error).__name__)
        return {}


def _ids(uploaded: Sequence[Any]) -> Iterator[tuple[str, int]]:
    """(full name, id) of each command that a text can mention.

    A group has no entry, only its subcommands.
    """
    for each in uploaded:
        parts = [part for part in each.get("options") or () if part.get("type") == SUBCOMMAND]
        for name in [f"{each['name']} {part['name']}" for part in parts] or [each["name"]]:
            yield str(name), int(each["id"])


async def _uploaded(client: discord.Client, application: int) -> Any:
    path = "/applications/{application_id}/commands"
    route = Route("GET", path, application_id=application)
    return await client.http.request(route, params={"with_localizations": "true"})


async def _payload(tree: app_commands.CommandTree[Any]) -> list[Any]:
    """The commands as JSON, with their names in Discord's languages."""
    translator = tree.translator
    listed = tree._get_all_commands(guild=None)  # as the library's own sync does
    if translator is None:
        return [command.to_dict(tree) for command in listed]
    return [await command.get_translated_payload(tree, translator) for command in listed]


def same_commands(ours: Sequence[Any], theirs: object) -> bool:
    """Whether Discord has exactly these commands, in any order."""
    if not isinstance(theirs, list) or len(theirs) != len(ours):
        return False
    there = {(each.get("type", 1), each.get("name")): each for each in theirs}
    return all(_same(each, there.get((each.get("type", 1), each["name"]))) for each in ours)


def _same(ours: Any, theirs: Any) -> bool:
    """Whether theirs contains all of ours; Discord adds fields, and omits empty ones."""
    if isinstance(ours, Mapping):
        there = theirs if isinstance(theirs, Mapping) else {}
        return all(_same(value, there.get(name)) for name, value in ours.items())
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return False
        return all(_same(one, other) for one, other in zip(ours, theirs, strict=True))
    if not ours and not theirs:
        return True
    return str(ours) == str(theirs)
