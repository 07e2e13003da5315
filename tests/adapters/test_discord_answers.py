"""Answers on Discord: content, visibility, and no unwanted mentions or counts."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import discord as library
import pytest
import simcord
import structlog

import handlers
from bot.adapters.discord.platform import Discord
from bot.message import Message
from bot.model import Address
from bot.outcomes import Sent
from bot.platform import Hint
from bot.render.blocks import say
from lab.standin.discord import TOKEN
from tests.adapters.discord_bot import Bot, elsewhere, last_in, person, shown_in
from tests.support import judges
from tests.support.interactions import INTERACTION
from tests.support.rig import connected

MENU = [command.entry for command in handlers.COMMANDS]


def labels(result: Any) -> list[str]:
    """The buttons below an answer."""
    parts = judges.every_part(result.response.components)
    return [part["label"] for part in parts if part["type"] == 2]


async def soon(true: Any) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.02)


async def test_the_bots_own_alert_can_be_asked_about(bot: Bot) -> None:
    """Its words stand in components, not in what Discord calls the content of a message."""
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        guest = person(env, guild, manages=False)
        await bot.post(channel)
        asked: Any = last_in(channel)
        said = await guest.context_menu(channel, "How to opt out of this", asked)
        assert "Data for Generative AI Improvement" in shown_in(said)


async def test_a_test_stays_between_us_where_only_the_person_installed_the_app(
    bot: Bot, client: Any
) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        channel, mod = elsewhere(env, client)
        said = await mod.slash(channel, "test")
        assert "This is a test" in shown_in(said)
        assert said.ephemeral
        assert channel.last_message is None or "This is a test" not in str(
            channel.last_message.components
        )


async def test_everybody_is_counted_for_themselves(bot: Bot, monkeypatch: Any) -> None:
    """Not the channel: two members who ask too much would silence it for all."""
    typed: list[Hint] = []
    answer = bot.dispatch

    async def noting(request: Any) -> Message:
        if isinstance(request, Hint):
            typed.append(request)
        return await answer(request)

    monkeypatch.setattr(bot, "dispatch", noting)
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        people = [person(env, guild, manages) for manages in (True, False)]
        for each in people:
            said: Any = await each.slash(channel, "howto", service="linkedin")
            await each.click(said.response.message, label="Write a letter")
            await each.autocomplete(channel, "howto", "service", "l")
        numbers = [str(each.id) for each in people]
        assert [request.person for request in bot.requests] == [
            numbers[0],
            numbers[0],
            numbers[1],
            numbers[1],
        ]
        assert [hint.person for hint in typed] == numbers
        await people[1].user.send_dm("linkedin")
        assert bot.requests[-1].person == numbers[1]


async def test_a_member_is_offered_only_what_members_may_do(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        mod, guest = person(env, guild, manages=True), person(env, guild, manages=False)
        for line in ("howto", "recent"):
            offered = labels(await guest.slash(channel, line, service="reddit"))
            assert not [label for label in offered if "Reddit" in label], line
        assert "Follow Reddit" in labels(await mod.slash(channel, "howto", service="reddit"))
        assert "Write a letter" in labels(await guest.slash(channel, "howto", service="reddit"))
        listed: Any = await guest.slash(channel, "services")
        menus = [
            part for part in judges.every_part(listed.response.components) if part["type"] == 3
        ]
        assert menus == [], "every option of it follows a service"
        alone = await guest.user.slash("howto", service="reddit")
        assert "Follow Reddit" in labels(alone), "in their own chat they may"


async def test_what_is_followed_is_not_offered_to_follow(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        assert "Follow LinkedIn" in labels(await anna.slash("howto", service="linkedin"))
        await anna.slash("subscribe", service="linkedin")
        assert "Follow LinkedIn" not in labels(await anna.slash("howto", service="linkedin"))


async def test_commands_in_an_answer_can_be_clicked(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        ids = {each.name: each.id for each in await bot.running.tree.fetch_commands()}
        said = shown_in(await env.create_user("anna").slash("help"))
        assert f"</howto:{ids['howto']}>" in said


async def test_no_answer_calls_anybody(discord: Any, dispatch: Any) -> None:
    """Discord calls whom nothing forbids it to call."""
    standin, base = discord
    async with connected(Discord(TOKEN, base), MENU, dispatch):
        await soon(lambda: standin.sockets)
        await standin.happens("INTERACTION_CREATE", INTERACTION)
        await soon(lambda: standin.callbacks)
    [answered] = standin.callbacks
    assert answered["data"]["allowed_mentions"] == {"parse": []}


async def test_an_answer_that_comes_too_late_is_a_line_in_the_log(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord forgets an interaction within seconds, which is common and no fault."""

    async def forgotten(*_args: Any, **_more: Any) -> None:
        gone: Any = SimpleNamespace(status=404, reason="Not Found")
        raise library.NotFound(gone, {"code": 10062, "message": "Unknown interaction"})

    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        with monkeypatch.context() as meanwhile, structlog.testing.capture_logs() as said:
            meanwhile.setattr(library.InteractionResponse, "send_message", forgotten)
            await anna.slash("about")
        assert "discord.too_late" in [entry["event"] for entry in said]
        assert not [entry for entry in said if entry.get("exc_info")]
        assert "Smallprint" in shown_in(await anna.slash("about")), "the next one is answered"


@pytest.mark.parametrize("status", [400, 403])
async def test_alerts_go_on_where_the_commands_are_refused(
    discord: Any, dispatch: Any, status: int
) -> None:
    standin, base = discord
    standin.refuses_commands = status
    platform = Discord(TOKEN, base)
    with structlog.testing.capture_logs() as said:
        async with connected(platform, MENU, dispatch):
            await soon(lambda: standin.sockets)
            sent = await platform.send(Address("discord", "5"), platform.body(say("x")), "1")
            assert platform.ready
    assert isinstance(sent, Sent)
    assert "discord.commands_not_uploaded" in [entry["event"] for entry in said]


async def test_a_second_start_uploads_nothing_and_no_start_asks_for_what_is_privileged(
    discord: Any, dispatch: Any
) -> None:
    standin, base = discord
    for start in (1, 2):
        async with connected(Discord(TOKEN, base), MENU, dispatch):
            await soon(lambda many=start: len(standin.intents) == many)
    assert standin.uploads == 1
    privileged = library.Intents(members=True, presences=True, message_content=True).value
    assert [intents & privileged for intents in standin.intents] == [0, 0]
