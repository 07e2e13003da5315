"""The first steps of new users on Discord.

A person, a server with a role, a channel without rights, a thread, another language.
"""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
import simcord
from discord import Permissions

import handlers
from bot.adapters.discord import updates
from bot.adapters.discord.layout import words
from bot.adapters.discord.platform import Discord
from bot.deliveries import Alert, Delivery
from bot.message import Message
from bot.model import Address
from bot.platform import Request
from bot.preferences import ChatSettings
from bot.render.delivery import Words
from lab.standin.discord import TOKEN
from tests.adapters.discord_bot import Bot, elsewhere, last_in, person, shown_in
from tests.support import judges, world
from tests.support.rig import connected


def labels(message: Any) -> list[str]:
    return [part["label"] for part in judges.every_part(message.components) if part["type"] == 2]


def options(message: Any) -> dict[str, str]:
    """The choices of a message's menus, and their values."""
    menus = [part for part in judges.every_part(message.components) if part["type"] == 3]
    return {option["label"]: option["value"] for menu in menus for option in menu["options"]}


async def test_a_person_sets_up_in_a_direct_message_in_one_message(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        step = await anna.slash("start")
        message = step.response
        for label in ("🇪🇺 EU/EEA", "Social"):
            step = await anna.click(message.message, label=label)
            assert step.response.id == message.id, "changed in its place"
        assert "✓" not in "".join(options(step.response))
        chosen = options(step.response)["LinkedIn"]
        step = await anna.select(message.message, [chosen])
        assert "✓ LinkedIn" in options(step.response)
        step = await anna.click(message.message, label="Done")
        assert "You can opt out right now:" in shown_in(step)
        mine = bot.store.subscriptions.of(Address("discord", str(anna.dm_channel.id)))
        assert [(s.service, s.regions) for s in mine] == [("linkedin", frozenset({"EEA"}))]


async def test_what_may_be_meant_is_offered_while_one_types(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        for typed in ("linked", "linkdin", "领英"):
            offered = await anna.autocomplete("subscribe", "service", typed)
            assert {"name": "LinkedIn", "value": "linkedin"}.items() <= offered[0].items()
        assert len(await anna.autocomplete("howto", "service", "")) == 25
        where = await anna.autocomplete("subscribe", "region", "swi", service="linkedin")
        assert where[0]["name"] == "Switzerland"


async def test_subcommands_make_the_line_that_one_would_type(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        assert "once a day, at 18:00" in shown_in(await anna.slash("when daily", time="18:00"))
        letter = await anna.slash("letter objection", service="linkedin", region="uk")
        assert "Article 21 of the UK GDPR" in shown_in(letter)


async def test_everything_a_server_changes_is_for_those_who_manage_it_even_if_opened(
    bot: Bot,
) -> None:
    """The server's settings can hand a command to everybody.

    The right is asked for again at each press.
    """
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        guest = person(env, guild, manages=False)
        visible = guest.available_commands(channel)
        assert "howto" in visible
        assert not {"subscribe", "mute", "forget", "when daily", "mention"} & set(visible)
        for command in await bot.running.tree.fetch_commands():
            guild.set_command_permissions(command, {guild.default_role: True})
        for line in ("subscribe", "unsubscribe"):
            refused = await guest.slash(channel, line, service="linkedin")
            assert "Only people who manage this chat" in shown_in(refused)
        assert "Only people who manage this chat" in shown_in(
            await guest.slash(channel, "forget", sure="yes")
        )
        assert bot.store.subscriptions.of(Address("discord", str(channel.id))) == []


async def test_a_channel_in_which_the_bot_may_not_post_is_told_with_the_missing_rights(
    bot: Bot,
) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        assert guild.me
        nothing = discord.PermissionOverwrite(send_messages=False, embed_links=False)
        channel = guild.create_text_channel(
            "news", overwrites={guild.default_role: nothing, guild.me: nothing}
        )
        mod = person(env, guild, manages=True)
        said = shown_in(await mod.slash(channel, "subscribe", service="linkedin", region="eu"))
        assert "Give me these rights in this channel: Send Messages and Embed Links." in said
        open_channel = guild.create_text_channel("open")
        assert "rights" not in shown_in(
            await mod.slash(open_channel, "subscribe", service="linkedin")
        )


async def test_a_thread_and_an_announcement_channel_follow_for_themselves(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("talk")
        mod = person(env, guild, manages=True)
        talk = bot.running.get_channel(channel.id)
        assert isinstance(talk, discord.TextChannel)
        made = await talk.create_thread(name="terms", type=discord.ChannelType.public_thread)
        [thread] = channel.threads
        assert thread.id == made.id
        await mod.slash(thread, "subscribe", service="linkedin")
        news = guild.create_news_channel("news")
        await mod.slash(news, "subscribe", service="tiktok")
        assert bot.requests[-1].announces
        assert [
            s.service for s in bot.store.subscriptions.of(Address("discord", str(thread.id)))
        ] == ["linkedin"]
        assert [
            s.service for s in bot.store.subscriptions.of(Address("discord", str(news.id)))
        ] == ["tiktok"]
        assert bot.store.subscriptions.of(Address("discord", str(channel.id))) == []


async def test_an_alert_calls_the_one_role_that_was_chosen_and_nobody_else(
    bot: Bot, discord: Any
) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        readers = guild.create_role("Readers", permissions=Permissions.none())
        mod = person(env, guild, manages=True)
        await mod.slash(channel, "subscribe", service="linkedin")
        assert "will call that role" in shown_in(await mod.slash(channel, "mention", role=readers))
        chatter = bot.store.preferences.get(Address("discord", str(channel.id)))
        assert chatter is not None
        assert chatter.server == str(guild.id)
        assert chatter.mention == str(readers.id)
        assert chatter.shared
        everyone = bot.requests[-1]
        refused = handlers.answer(
            Request("mention", "@everyone", everyone.address, private=False),
            world.context(bot.store, bot.known, bot.names),
        )
        assert "not @everyone" in refused.text
        assert f"number {readers.id}" in shown_in(await mod.slash(channel, "mention")), "as it is"
        assert "not @everyone" in shown_in(
            await mod.slash(channel, "mention", role=guild.default_role)
        )
        assert "call nobody" in shown_in(await mod.slash(channel, "mention", switch="off"))
    standin, base = discord
    story = bot.store.stories.get(1)
    assert story
    delivery = Delivery(
        "1",
        1,
        Address("discord", "5"),
        (Alert(1, story, ("linkedin",)),),
        frozenset({"EU"}),
        chat=chatter,
    )
    async with connected(Discord(TOKEN, base)) as platform:
        body = Words(bot.known, bot.names).of(delivery, platform, world.NOW).body()
        await platform.send(Address("discord", "5"), body, "1")
    _channel, posted = standin.sent[0]
    assert posted["allowed_mentions"] == {
        "parse": [],
        "replied_user": False,
        "roles": [str(readers.id)],
    }
    assert words(posted)[0] == f"<@&{readers.id}>"
    assert posted["flags"] & 1 << 15, "components"
    assert f"<t:{int(world.RECORDED.timestamp())}:D>" in "\n".join(words(posted)), (
        "days on the reader's own calendar"
    )


async def test_any_message_can_be_asked_about(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("talk")
        guest = person(env, guild, manages=False)
        said = await guest.send(
            channel,
            "Have you heard what linkedin does with our posts since November? I cannot believe it.",
        )
        result = await guest.context_menu(channel, "How to opt out of this", said)
        assert result.ephemeral
        assert "Data for Generative AI Improvement" in shown_in(result)
        nothing = await guest.context_menu(
            channel,
            "How to opt out of this",
            await guest.send(channel, "Nice weather today, is it not?"),
        )
        assert "I do not know" in shown_in(nothing)


async def test_an_app_that_only_the_person_installed_acts_for_the_person(
    bot: Bot, client: Any
) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        channel, mod = elsewhere(env, client)
        result = await mod.slash(channel, "subscribe", service="linkedin", region="eu")
        assert result.ephemeral, "others in the server do not read it"
        assert bot.store.subscriptions.of(Address("discord", str(channel.id))) == []
        direct = Address("discord", str(mod.user.dm_channel.id))
        assert [s.service for s in bot.store.subscriptions.of(direct)] == ["linkedin"]
        bot.store.reach.lose([direct], "Cannot send messages to this user", world.NOW, left=False)
        again = shown_in(await mod.slash(channel, "subscribe", service="whatsapp"))
        assert "I could not reach you here for a while (Cannot send messages to this user)" in again


@pytest.mark.parametrize(
    "line", ["subscribe_linkedin", "subscribe_linkedin_eu", "subscribe_linkedin_uk"]
)
async def test_a_link_that_follows_follows_for_the_person_and_not_for_a_server_without_the_bot(
    bot: Bot, client: Any, line: str
) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        channel, mod = elsewhere(env, client)
        result = await mod.slash(channel, "start", what=line)
        assert "You now follow LinkedIn" in shown_in(result)
        assert bot.store.subscriptions.of(Address("discord", str(channel.id))) == []
        direct = Address("discord", str(mod.user.dm_channel.id))
        assert [s.service for s in bot.store.subscriptions.of(direct)] == ["linkedin"]
        for command in ("subscriptions", "status", "recent"):
            assert "You follow nothing" not in shown_in(await mod.slash(channel, command)), command
            assert bot.requests[-1].address == direct, command


async def test_what_a_member_presses_below_an_alert_is_seen_by_that_member_only(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        guest, mod = person(env, guild, manages=False), person(env, guild, manages=True)
        await mod.slash(channel, "subscribe", service="linkedin", region="eu")
        await bot.post(channel)
        alert = last_in(channel)
        view: dict[str, Any] = {**alert.components[0].to_dict()}
        pressable = [p for p in judges.every_part([view]) if p["type"] == 2 and "custom_id" in p]
        assert {"What changed", "Unsubscribe"} <= {part["label"] for part in pressable}
        for part in pressable:
            assert (await guest.click(alert, label=part["label"])).ephemeral, part["label"]
        assert last_in(channel).components[0].to_dict() == view, "nothing took its place"
        assert len(bot.store.subscriptions.of(Address("discord", str(channel.id)))) == 1


async def test_it_speaks_the_language_of_the_client(bot: Bot, client: Any) -> None:
    client["locale"] = "es-419"
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        assert "Ahora sigues LinkedIn." in shown_in(
            await anna.slash("subscribe", service="linkedin")
        )
        assert bot.store.preferences.get(
            Address("discord", str(anna.dm_channel.id))
        ) == ChatSettings("es", shared=False)


async def test_a_member_reads_their_own_language_in_a_channel_of_another(
    bot: Bot, client: Any
) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        guild = env.create_guild()
        news = guild.create_text_channel("news")
        mod, guest = person(env, guild, manages=True), person(env, guild, manages=False)
        client["locale"] = "en-GB"
        await mod.slash(news, "subscribe", service="linkedin", region="eu")
        client["locale"] = "de"
        said = await guest.slash(news, "howto", service="linkedin")
        assert "so widersprichst du" in shown_in(said)
        settings = bot.store.preferences.get(Address("discord", str(news.id)))
        assert settings is not None
        assert settings.language == "en", "the channel keeps its own"


async def test_files_arrive(bot: Bot) -> None:
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        await anna.slash("subscribe", service="linkedin")
        result = await anna.slash("export")
        assert [file.filename for file in result.response.attachments] == ["smallprint.json"]
        howto = await anna.slash("howto", service="linkedin")
        pressed = await anna.click(howto.response, label="As a picture")
        [picture] = pressed.response.attachments
        assert picture.filename == "linkedin-ai-training.png"
        assert str(picture.description).startswith(
            "Open Data for Generative AI Improvement. Or on the web: Me ›"
        )


async def test_a_slow_answer_is_announced_and_comes(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates, "PROMPT_SECONDS", 0.0)
    quick, defer, announced = bot.dispatch, discord.InteractionResponse.defer, []

    async def deferring(*args: Any, **kwargs: Any) -> Any:
        announced.append(kwargs)
        return await defer(*args, **kwargs)

    monkeypatch.setattr(discord.InteractionResponse, "defer", deferring)

    async def slow(request: Any) -> Message:
        await asyncio.sleep(0.1)
        return await quick(request)

    monkeypatch.setattr(bot, "dispatch", slow)
    async with simcord.run(bot.client(), shard_count=1) as env:
        anna = env.create_user("anna")
        result = await anna.slash("howto", service="linkedin")
        assert announced == [{"ephemeral": False, "thinking": True}]
        texts = [
            text
            for said in (result.response, *result.followups)
            if said
            for text in words({"components": said.components})
        ]
        assert "Data for Generative AI Improvement" in "\n".join(texts)


async def test_the_commands_that_are_registered_keep_discords_rules(bot: Bot) -> None:
    """Names in lower case, required options first, for people and servers, in eight languages."""
    async with simcord.run(bot.client(), shard_count=1) as env:
        tree = bot.running.tree
        assert tree.translator
        offered = [*tree.get_commands(), *tree.get_commands(type=discord.AppCommandType.message)]
        registered = [await each.get_translated_payload(tree, tree.translator) for each in offered]
        assert env
    judges.discord_commands(registered)
    for payload in registered:
        judges.discord_schema("ApplicationCommandUpdateRequest", payload)
    by_name = {payload["name"]: payload for payload in registered}
    assert {command.entry.name for command in handlers.COMMANDS if command.entry.listed} - {
        "channel"
    } <= set(by_name)
    for payload in registered:
        assert payload["integration_types"] == [0, 1]
        assert payload["contexts"] == [0, 1, 2]
    manage = str(discord.Permissions(manage_guild=True).value)
    for command in handlers.COMMANDS:
        if command.entry.name in by_name:
            given = by_name[command.entry.name].get("default_member_permissions")
            assert str(given or "") == (manage if command.entry.manages else "")
    assert by_name["subscribe"]["name_localizations"]["de"] == "folgen"
    assert by_name["subscribe"]["description_localizations"]["fr"].startswith("Être prévenu")
    assert by_name["How to opt out of this"]["name_localizations"]["pl"] == "Jak się sprzeciwić"
