"""Discord for people who run a server: channels, roles, /test, suggestions."""

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord
from discord import Permissions

from bot.adapters.discord.commands import text_of
from bot.adapters.discord.upload import same_commands
from bot.model import Address
from tests.adapters.discord_bot import Bot, last_in, person, shown_in
from tests.support import judges


def said_in(channel: simcord.ChannelHandle) -> str:
    """The words of the newest message of a channel."""
    return text_of(last_in(channel))


async def test_a_sentence_in_a_direct_message_is_answered(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        await anna.send_dm("how do I stop linkedin using my data?")
        assert "Data for Generative AI Improvement" in said_in(anna.dm_channel)
        await anna.send_dm("/subscribe reddit eu")
        mine = bot.store.subscriptions.of(Address("discord", str(anna.dm_channel.id)))
        assert [each.service for each in mine] == ["reddit"]


async def test_what_is_written_in_a_server_is_nobodys_business(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("talk")
        mod = person(env, guild, manages=True)
        await mod.send(channel, "linkedin")
        assert bot.requests == []


async def test_another_channel_is_set_up_from_here_and_its_buttons_act_there(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        here, news = guild.create_text_channel("staff"), guild.create_text_channel("news")
        mod = person(env, guild, manages=True)
        said: Any = await mod.slash(
            here, "subscribe", service="linkedin", region="eu", channel=news
        )
        assert shown_in(said).startswith("**\\#news**")
        there = Address("discord", str(news.id))
        assert [each.service for each in bot.store.subscriptions.of(there)] == ["linkedin"]
        gone: Any = await mod.click(said.response.message, label="Unsubscribe")
        assert bot.store.subscriptions.of(there) == []
        await mod.click(gone.response.message, label="Undo")
        [back] = bot.store.subscriptions.of(there)
        assert back.regions == {"EU"}, "as it was"
        assert bot.store.subscriptions.of(Address("discord", str(here.id))) == []


async def test_the_channels_of_a_server_and_whether_alerts_arrive(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        assert guild.me
        nothing = discord.PermissionOverwrite(send_messages=False)
        news = guild.create_text_channel("news")
        locked = guild.create_text_channel(
            "locked", overwrites={guild.default_role: nothing, guild.me: nothing}
        )
        guild.create_text_channel("talk")
        mod = person(env, guild, manages=True)
        for channel in (news, locked):
            await mod.slash(channel, "subscribe", service="linkedin")
        said = shown_in(await mod.slash(news, "channels"))
        assert "- **\\#news** · 1 service · alerts arrive" in said
        assert "- **\\#locked** · 1 service · alerts do not arrive; missing: Send Messages" in said
        assert "#talk" not in said


async def test_a_test_is_posted_where_alerts_go(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        news = guild.create_text_channel("news")
        readers = guild.create_role("Readers", permissions=Permissions.none(), mentionable=True)
        mod = person(env, guild, manages=True)
        await mod.slash(news, "subscribe", service="linkedin")
        await mod.slash(news, "mention", role=readers)
        said: Any = await mod.slash(news, "test")
        assert "I posted it here" in shown_in(said)
        assert said.response.ephemeral
        assert "This is a test" in said_in(news)
        assert f"<@&{readers.id}>" in said_in(news)


async def test_a_test_says_what_is_missing(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        assert guild.me
        nothing = discord.PermissionOverwrite(send_messages=False)
        locked = guild.create_text_channel(
            "locked", overwrites={guild.default_role: nothing, guild.me: nothing}
        )
        mod = person(env, guild, manages=True)
        said = shown_in(await mod.slash(locked, "test"))
        assert "would not arrive here. What is missing: Send Messages." in said


@pytest.mark.parametrize("may", [True, False])
async def test_a_role_that_cannot_be_called_is_said(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, may: bool
) -> None:
    """Unless anybody may mention it, or the bot may mention all roles."""
    rights = Permissions(mention_everyone=may)
    monkeypatch.setattr(discord.Member, "guild_permissions", property(lambda _member: rights))
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        news = guild.create_text_channel("news")
        mod = person(env, guild, manages=True)
        for mentionable in (True, False):
            role = guild.create_role("R", permissions=Permissions.none(), mentionable=mentionable)
            said = shown_in(await mod.slash(news, "mention", role=role))
            assert "will call that role" in said
            assert ("Discord does not let me" in said) is not (may or mentionable)


async def test_several_topics_are_chosen_at_once(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        menu: Any = await anna.slash("topics")
        chosen = ["topics +ai_training", "topics +user_rights"]
        said = await anna.select(menu.response.message, chosen)
        assert "You hear only of: training AI on your data and your rights." in shown_in(said)


async def test_a_member_reads_what_is_for_their_own_country(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        news = guild.create_text_channel("news")
        mod = person(env, guild, manages=True)
        await mod.slash(news, "subscribe", service="linkedin", region="eu")
        assert "(EU)" in shown_in(await mod.slash(news, "howto", service="linkedin"))
        await mod.user.slash("region", region="uk")
        assert "(UK)" in shown_in(await mod.slash(news, "howto", service="linkedin"))
        there = bot.store.subscriptions.of(Address("discord", str(news.id)))
        assert [each.regions for each in there] == [{"EU"}], "the channel stays as it is"


async def test_only_what_is_followed_is_suggested_to_unsubscribe(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        news = guild.create_text_channel("news")
        mod = person(env, guild, manages=True)
        for service in ("reddit", "tiktok"):
            await mod.slash(news, "subscribe", service=service)
        found = await mod.autocomplete(news, "unsubscribe", "service", "")
        assert [choice["value"] for choice in found] == ["reddit", "tiktok", "all"]
        found = await mod.autocomplete(news, "recent", "service", "t")
        assert found[0]["value"] == "tiktok"


async def test_closed_sets_are_suggested(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        news = guild.create_text_channel("news")
        mod = person(env, guild, manages=True)

        async def first(name: str, option: str, value: str) -> str:
            found = await mod.autocomplete(news, name, option, value)
            return str(found[0]["value"])

        assert await first("subscribe", "service", "l") == "linkedin"
        assert await first("subscribe", "region", "norweg") == "no"
        assert await first("threshold", "level", "every") == "everything"
        assert await first("topics", "topic", "ads") == "advertising_tracking"
        assert await first("language", "language", "german") == "de"
        assert await first("when zone", "zone", "lisb") == "Europe/Lisbon"
        assert await first("when weekly", "day", "fri") == "friday"
        assert await first("when urgent", "switch", "of") == "off"
        assert await first("reminders", "days", "of") == "off"


async def test_a_server_that_takes_the_bot_in_is_greeted_once(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        talk = guild.create_text_channel("talk")
        joined = bot.running.get_guild(guild.id)
        assert joined
        await bot.running.on_guild_join(joined)
        assert "People who manage this chat choose what it hears of" in said_in(talk)


def command(**more: Any) -> dict[str, Any]:
    return {"name": "howto", "type": 1, "description": "Steps", "options": [], **more}


def test_commands_are_uploaded_only_where_they_differ() -> None:
    theirs = [command(id="1", version="2", dm_permission=True, options=None)]
    assert same_commands([command()], theirs)
    assert same_commands([command(name_localizations={})], theirs)
    assert not same_commands([command(description="Other")], theirs)
    assert not same_commands([command(name_localizations={"de": "widerspruch"})], theirs)
    assert not same_commands([command(), command(name="why")], theirs)
    assert not same_commands([command()], {"message": "401: Unauthorized"})


async def test_a_pressed_button_shows_what_it_does_now(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        said: Any = await anna.slash("subscribe", service="linkedin")
        await anna.click(said.response.message, label="Unsubscribe")
        [message] = [m for m in anna.dm_channel.history() if m.id == said.response.id]
        labels = [
            each["label"] for each in judges.every_part(parts_of(message)) if each["type"] == 2
        ]
        assert "Undo" in labels
        assert "Unsubscribe" not in labels


def parts_of(message: discord.Message) -> list[Any]:
    return [each.to_dict() for each in message.components]
