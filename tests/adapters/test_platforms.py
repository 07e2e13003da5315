"""The same alert through Telegram and Discord in one process, against strict stand-ins."""

from __future__ import annotations

import asyncio
import re
from html import escape
from typing import Any

import structlog

from bot.adapters.discord.layout import words
from bot.adapters.discord.platform import Discord
from bot.adapters.telegram.platform import Telegram
from bot.app import App
from bot.model import Address, Subscription
from lab.standin import discord as discord_standin
from lab.standin import telegram as telegram_standin
from tests.adapters.world import CHANGED, START, World
from tests.support.shared import SEEDS, needs_shared
from tests.support.world import verdicts

#: Discord's number of a row of buttons.
ROW = 1


async def settled(app: App, uid_count: int) -> None:
    """Until so many changes have been understood."""
    async with asyncio.timeout(15):
        while sum(verdicts(app.store).values()) < uid_count:
            await asyncio.sleep(0.05)


async def test_one_alert_on_both_platforms(
    world: World, served: Any, telegram: Any, discord: Any
) -> None:
    base = await served(world.application())
    (t, t_base), (d, d_base) = telegram, discord
    chats = (Telegram(telegram_standin.TOKEN, t_base), Discord(discord_standin.TOKEN, d_base))
    async with world.running(base, *chats) as app:
        t.says("/subscribe linkedin eu")
        assert "You now follow LinkedIn" in (await t.message(1))["plain"]
        app.store.subscriptions.add(
            Subscription(Address("discord", "555"), "linkedin", frozenset({"EU"})), START
        )
        app.store.subscriptions.add(
            Subscription(Address("discord", "556"), "tiktok", frozenset({"EU"})), START
        )
        world.clock.move(CHANGED)
        told, (channel, body) = await t.message(2), await d.message(1)
        shown = "\n".join(words(body))
        for text in (told["plain"], shown):
            for expected in (
                "LinkedIn",
                "Privacy Policy",
                "Data for Generative AI Improvement",
                "UK, Switzerland",
                "Unsubscribe",
            ):
                assert expected.casefold() in text.casefold(), expected
        links = {entity["type"].get("url") for entity in told["entities"]}
        assert "https://www.linkedin.com/mypreferences/d/settings/data-for-ai-improvement" in links
        assert "https://www.linkedin.com/mypreferences/d/settings/data-for-ai-improvement" in shown
        assert channel == "555"
        pressed = [
            b["callback_data"] for row in told["reply_markup"]["inline_keyboard"] for b in row
        ]
        below = ["howto linkedin", "story 1", "why 1", "unsubscribe linkedin"]
        assert pressed == [*below, "done 1", "dismiss 1"]
        rows = [each for each in body["components"][0]["components"] if each["type"] == ROW]
        buttons = [button for row in rows for button in row["components"]]
        assert [b["custom_id"] for b in buttons] == [f"sp:{line}" for line in pressed]
        await asyncio.sleep(0.5)
        assert (len(t.sent), len(d.sent)) == (2, 1), "once, and to nobody else"
    assert {command["command"] for command in t.commands} >= {
        "subscribe",
        "howto",
        "privacy",
        "forget",
    }
    assert {command["name"] for command in d.commands} >= {
        "subscribe",
        "howto",
        "privacy",
        "forget",
    }
    assert d.intents == [1 | 1 << 12], "servers and direct messages: no privileged intent"


async def test_one_platform_with_a_bad_token_leaves_the_other_running(
    world: World, served: Any, telegram: Any, discord: Any
) -> None:
    base = await served(world.application())
    chats = (Telegram("1:wrong", telegram[1]), Discord(discord_standin.TOKEN, discord[1]))
    with structlog.testing.capture_logs() as logs:
        async with world.running(base, *chats) as app:
            for address in (Address("discord", "555"), Address("telegram", "7")):
                app.store.subscriptions.add(
                    Subscription(address, "linkedin", frozenset({"EU"})), START
                )
            world.clock.move(CHANGED)
            await discord[0].message(1)
            await asyncio.sleep(0.3)
            assert app.store.outbox.depth() == {"sent": 1, "queued": 1}, (
                "what cannot be sent now waits"
            )
    said = [entry for entry in logs if entry["event"] == "platform.down"]
    assert said[0]["why"] == "Telegram refuses TELEGRAM_TOKEN: ask @BotFather for the right one"
    assert said[0]["retry_in"] >= 1


async def test_discord_posts_once_although_the_answer_is_lost(
    world: World, served: Any, discord: Any
) -> None:
    base = await served(world.application())
    standin = discord[0]
    async with world.running(base, Discord(discord_standin.TOKEN, discord[1])) as app:
        app.store.subscriptions.add(
            Subscription(Address("discord", "555"), "linkedin", frozenset({"EU"})), START
        )
        standin.script.add(kind="reset", posted=True)
        world.clock.move(CHANGED)
        async with asyncio.timeout(20):
            while app.store.outbox.depth() != {"sent": 1}:
                await asyncio.sleep(0.1)
    assert len(standin.sent) == 1
    assert standin.counts.suppressed == 1


@needs_shared
async def test_memo_and_article_join_the_story(world: World, served: Any, telegram: Any) -> None:
    """Both seeds, as feed entries, after the change was told.

    Nobody is told twice, and `story` shows them.
    """
    base = await served(world.application())
    t, t_base = telegram
    memo = (SEEDS / "ota-memo-linkedin.md").read_text()
    body = memo.split("---", 2)[2].replace(
        "50dcbecfd7c391c0aaa4cf0db72ffc9763f85cd3", world.change.commit
    )
    blog_title, _, blog = (SEEDS / "blog-linkedin-opt-out.txt").read_text().partition("\n")
    async with world.running(base, Telegram(telegram_standin.TOKEN, t_base)) as app:
        t.says("/subscribe linkedin eu")
        await t.message(1)
        world.clock.move(CHANGED)
        await t.message(2)
        world.adds(
            "memo",
            "LinkedIn now uses profile details to train AI",
            f"<p>LinkedIn ▪ Privacy Policy ▪ November 3, 2025</p>{_html(body)}",
        )
        title = "LinkedIn now uses profile details to train AI."
        await t.until(lambda: any(title in each["plain"] for each in t.edited))
        world.adds("news", blog_title, _html(blog), day="Mon, 22 Sep 2025 09:00:00 +0000")
        await settled(app, 3)
        noted = t.edited[-1]["plain"]
        assert noted.splitlines()[2] == title
        assert "Explained by Open Terms Archive" in noted
        story = app.store.stories.get(1)
        assert story is not None
        assert [part.record.value for part in story.parts] == ["change", "memo", "article"]
        t.presses("story 1")
        shown = (await t.message(3))["plain"]
        assert "Explained by Open Terms Archive: LinkedIn now uses profile details" in shown
        assert "In the news: LinkedIn Will Use Your Data" in shown
        assert app.store.outbox.depth() == {"sent": 2}, (
            "the alert, and one quiet note for the first explanation"
        )
        assert len(t.answered) == 1


@needs_shared
async def test_an_early_article_is_told_and_the_change_joins_it(
    world: World, served: Any, telegram: Any
) -> None:
    base = await served(world.application())
    t, t_base = telegram
    blog_title, _, blog = (SEEDS / "blog-linkedin-opt-out.txt").read_text().partition("\n")
    async with world.running(base, Telegram(telegram_standin.TOKEN, t_base)) as app:
        t.says("/subscribe linkedin ireland")
        await t.message(1)
        world.adds("news", blog_title, _html(blog), day="Mon, 22 Sep 2025 09:00:00 +0000")
        early = (await t.message(2))["plain"]
        assert "LinkedIn Will Use Your Data to Train AI" in early
        assert "Data for Generative AI Improvement" in early
        world.clock.move(CHANGED)
        await settled(app, 2)
        story = app.store.stories.get(1)
        assert story
        assert len(story.parts) == 2
        assert app.store.outbox.depth() == {"sent": 1}


def _html(markdown: str) -> str:
    linked = re.sub(
        r"\[([^\]]*)\]\(([^)]*)\)", r'<a href="\2">\1</a>', escape(markdown, quote=False)
    )
    return "".join(f"<p>{part}</p>" for part in linked.strip().split("\n\n"))
