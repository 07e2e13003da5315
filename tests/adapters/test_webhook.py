"""The Telegram webhook against any kind of request."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.adapters.telegram.webhook import HEADER, Webhook


@pytest.fixture
async def door(served: Any) -> tuple[Webhook, str, list[dict[str, Any]]]:
    """A webhook, its address on this machine, and the updates that came through."""
    taken: list[dict[str, Any]] = []

    async def take(update: dict[str, Any]) -> None:
        taken.append(update)

    webhook = Webhook("1:a", "https://bot.example.org", "127.0.0.1:1", take)
    base = await served(webhook.application())
    return webhook, f"{base.rstrip('/')}{webhook.path}", taken


@pytest.mark.parametrize("secret", [b"\xff\xfe", b"caf\xe9", b"\x80" * 40])
async def test_a_secret_of_any_bytes_is_only_wrong(door: Any, secret: bytes) -> None:
    _webhook, address, taken = door
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n{HEADER}: "
    writer.write(head.encode() + secret + b"\r\n\r\n{}")
    status = await reader.readline()
    writer.close()
    assert b" 401 " in status
    assert taken == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"update_id": 1e999}',
        b'{"update_id": NaN}',
        b'{"update_id": null}',
        b"[" * 100_000,
        b'{"update_id": ' + b"[" * 100_000,
        b"\xff\xfe",
        b"7",
    ],
)
async def test_what_is_no_update_is_taken_off_telegrams_hands(door: Any, body: bytes) -> None:
    """Any other answer than 200, and Telegram would bring it again and again."""
    webhook, address, taken = door
    good = {HEADER: webhook.secret}
    async with aiohttp.ClientSession(headers=good) as session:
        assert (await session.post(address, data=body)).status == 200
        update = {"update_id": 5}
        assert (await session.post(address, data=json.dumps(update))).status == 200
    assert taken == [update]
