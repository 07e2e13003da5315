"""The search for an earlier attempt without an answer, before another one is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.adapters.discord.platform import Discord
from bot.model import Address
from bot.outcomes import Later, Sent
from bot.platform import Body
from bot.render.blocks import say
from lab.standin.discord import TOKEN
from tests.support.rig import connected

HERE = Address("discord", "5")


def body(platform: Discord) -> Body:
    return platform.body(say("LinkedIn changed its terms."))


async def twice(discord: Any) -> tuple[Any, Any]:
    """Send, forget the key, and send again; the stand-in and the second outcome."""
    standin, base = discord
    standin.memory = 0.0
    began = datetime.now(UTC)
    async with connected(Discord(TOKEN, base)) as platform:
        first = await platform.send(HERE, body(platform), "1-a")
        second = await platform.send(HERE, body(platform), "1-a", look=began)
    return first, second


async def test_what_is_there_is_not_posted_again(discord: Any) -> None:
    first, second = await twice(discord)
    assert (first, len(discord[0].sent)) == (second, 1)


async def test_what_was_posted_before_the_first_try_is_another_message(discord: Any) -> None:
    standin, base = discord
    async with connected(Discord(TOKEN, base)) as platform:
        await platform.send(HERE, body(platform), "1-a")
        later = datetime.now(UTC) + timedelta(minutes=10)
        await platform.send(HERE, body(platform), "2-b", look=later)
    assert len(standin.sent) == 2


async def test_who_asks_too_often_waits_and_does_not_post(discord: Any) -> None:
    standin, _base = discord
    standin.looks.append((429, {"retry_after": 3.0, "global": False}))
    _first, second = await twice(discord)
    wait = timedelta(seconds=3)
    assert second == Later(wait, "Discord asks to wait", certain=False)
    assert len(standin.sent) == 1


async def test_a_server_that_fails_is_asked_again_later(discord: Any) -> None:
    standin, _base = discord
    standin.looks.append((502, {}))
    _first, second = await twice(discord)
    assert second == Later(None, "cannot look for an earlier try", certain=False)
    assert len(standin.sent) == 1


async def test_where_we_may_not_read_it_is_said_that_it_may_come_twice(discord: Any) -> None:
    """Without the right Discord lists nothing; that the channel has a newer message gives it away.

    Better twice than never.
    """
    standin, _base = discord
    standin.hides_history = True
    with structlog.testing.capture_logs() as logs:
        _first, second = await twice(discord)
    assert isinstance(second, Sent)
    assert [each["channel"] for each in logs if each["event"] == "discord.history_hidden"] == ["5"]


async def test_an_empty_channel_hides_nothing(discord: Any) -> None:
    standin, base = discord
    with structlog.testing.capture_logs() as logs:
        async with connected(Discord(TOKEN, base)) as platform:
            await platform.send(HERE, body(platform), "1-a", look=datetime.now(UTC))
    assert len(standin.sent) == 1
    assert not [each for each in logs if each["event"] == "discord.history_hidden"]


async def test_a_look_waits_at_the_gate(discord: Any) -> None:
    _standin, base = discord
    async with connected(Discord(TOKEN, base)) as platform:
        platform.gate.hold(0.3)
        before = datetime.now(UTC)
        await platform.send(HERE, body(platform), "1-a", look=before)
        assert datetime.now(UTC) - before > timedelta(seconds=0.25)
