"""Discord as people use it, on a simulator that runs discord.py's own code."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import simcord

from bot.adapters.discord.layout import words
from bot.adapters.discord.markup import escape
from bot.adapters.discord.platform import Discord
from bot.model import Address
from bot.outcomes import Gone, Later, Refused, Sent, Unknown
from bot.render.blocks import say
from lab.standin.discord import TOKEN
from tests.adapters.discord_bot import Bot, last_in, person, shown_in
from tests.support import world
from tests.support.rig import connected


async def test_who_manages_the_server_subscribes_its_channel(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        result = await person(env, guild, manages=True).slash(
            channel, "subscribe", service="linkedin", region="eu"
        )
        assert result.ephemeral
        assert "You now follow LinkedIn" in shown_in(result)
        assert bot.store.subscriptions.of(Address("discord", str(channel.id)))[0].regions == {"EU"}
        await bot.post(channel)
        posted = last_in(channel)
        text = "\n".join(words({"components": [part.to_dict() for part in posted.components]}))
        assert "### LinkedIn · Privacy Policy" in text
        assert world.SETTING in text


async def test_a_guest_may_ask(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        guest = person(env, guild, manages=False)
        shown = await guest.slash(channel, "howto", service="linkedin")
        assert shown.ephemeral
        assert "Data for Generative AI Improvement" in shown_in(shown)


async def test_buttons_work_after_a_restart(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        mod = person(env, guild, manages=True)
        await mod.slash(channel, "subscribe", service="linkedin")
        await bot.post(channel)
        posted = last_in(channel)
        await env.restart_bot(bot.client())
        shown = await mod.click(posted, label="How to opt out")
        assert shown.ephemeral
        assert "Set it to “Off”" in shown_in(shown)
        gone = await mod.click(posted, label="Unsubscribe")
        assert "You will hear nothing more of: LinkedIn" in shown_in(gone)
        assert bot.store.subscriptions.of(Address("discord", str(channel.id))) == []


async def test_a_person_subscribes_in_a_direct_message(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        result = await anna.slash("subscribe", service="linkedin", region="norway")
        assert not result.ephemeral, "in a direct message there is nobody to hide from"
        assert bot.requests[-1].may_manage
        mine = bot.store.subscriptions.of(Address("discord", str(anna.dm_channel.id)))
        assert [s.regions for s in mine] == [{"NO"}]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, {"code": 50007}, Gone),
        (403, {"code": 50001}, Gone),
        (404, {"code": 10003}, Gone),
        (400, {"code": 50035}, Refused),
        (403, {"code": 40003}, Later),
        (404, {"code": 0}, Unknown),
        (403, {"code": 99}, Unknown),
        (500, {}, Later),
        (401, {}, Later),
    ],
)
async def test_outcomes(
    discord: Any, bot: Bot, status: int, body: dict[str, Any], expected: type
) -> None:
    standin, base = discord
    async with connected(Discord(TOKEN, base)) as platform:
        standin.script.add(status=status, body={"message": "why", **body})
        assert isinstance(
            await platform.send(Address("discord", "5"), platform.body(bot.alert()), "1"), expected
        )
        assert platform.ready == (status != 401), "a token that is refused sends nothing more"


async def test_waits_are_the_channels_or_everybodys(discord: Any, bot: Bot) -> None:
    standin, base = discord
    async with connected(Discord(TOKEN, base)) as platform:
        for everyone in (False, True):
            standin.script.add(status=429, body={"retry_after": 0.2, "global": everyone})
            said = await platform.send(Address("discord", "5"), platform.body(bot.alert()), "1")
            assert said == Later(timedelta(seconds=0.2), "Discord asks to wait", everyone=everyone)
            await asyncio.sleep(0.25)


async def test_nothing_that_a_feed_says_mentions_anybody_or_becomes_markup(discord: Any) -> None:
    hostile = "@everyone <@1> [x](javascript:alert(1)) **b** # h\n- l `c` <t:0:R> https://e.org/_a_"
    assert "**b**" not in escape(hostile)
    assert "[x](" not in escape(hostile)
    standin, base = discord
    async with connected(Discord(TOKEN, base)) as platform:
        for plain in (False, True):
            body = platform.body(say(hostile), plain)
            assert isinstance(await platform.send(Address("discord", "5"), body, str(plain)), Sent)
    for _, posted in standin.sent:
        assert posted["allowed_mentions"]["parse"] == []
        assert posted["enforce_nonce"] is True
