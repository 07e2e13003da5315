"""Whether a platform counts as reached, even while a loop keeps retrying."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.adapters.discord.platform import Discord
from bot.adapters.telegram.platform import Telegram
from bot.message import Message
from tests.conftest import Serve
from tests.web.conftest import free_port


async def nobody(_request: Any) -> Message:
    return Message(())


@pytest.mark.parametrize("kind", [Telegram, Discord])
async def test_an_outage_is_known_and_its_end(kind: Any, served: Serve) -> None:
    answers = [200, 502, 200]

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True}, status=answers.pop(0))

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    base = await served(app)
    platform = kind("123:secret", base)
    async with aiohttp.ClientSession() as platform._session:
        ask = ("getMe",) if kind is Telegram else ("GET", "/users/@me")
        found = []
        for _ in range(3):
            await platform._call(*ask)
            found.append(platform.reached)
        assert found == [True, False, True]
        platform._api = f"http://127.0.0.1:{free_port()}"
        await platform._call(*ask)
        assert not platform.reached


async def test_discord_is_not_reached_while_it_tells_us_nothing() -> None:
    platform = Discord("unused")
    assert platform.reached, "a process that only sends has no such connection"
    client = platform._client = platform.client([], nobody)
    assert not platform.reached
    await client.on_connect()
    assert platform.reached
    await client.on_disconnect()
    assert not platform.reached
    await client.on_resumed()
    assert platform.reached
