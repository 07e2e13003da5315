"""The response formats of Discord."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web
from discord.utils import time_snowflake, utcnow

# The stand-in's own.
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"  # noqa: S105
ME = {
    "id": "123456789012345678",
    "username": "smallprint",
    "discriminator": "0",
    "avatar": None,
    "bot": True,
}
APPLICATION = {
    "id": ME["id"],
    "name": "Smallprint",
    "icon": None,
    "description": "",
    "flags": 0,
    "verify_key": "0",
    "bot_public": True,
    "bot_require_code_grant": False,
    "owner": ME,
    "team": None,
    "summary": "",
}


def command(given: dict[str, Any], number: int) -> dict[str, Any]:
    """A command as uploaded, with the fields that Discord adds."""
    unsaid = {"description": "", "default_member_permissions": None}
    made = {"application_id": ME["id"], "version": "1", "id": str(number)}
    return {**unsaid, **given, **made}


def interaction(
    number: int, name: str, options: list[dict[str, Any]], channel: str, user: str
) -> dict[str, Any]:
    """The interaction of a command in a direct chat."""
    return {
        "id": str(number),
        "application_id": ME["id"],
        "type": 2,
        "token": f"t{number}",
        "version": 1,
        "channel_id": channel,
        "locale": "en-US",
        "context": 1,
        "entitlements": [],
        "authorizing_integration_owners": {},
        "attachment_size_limit": 1,
        "app_permissions": "0",
        "channel": {"id": channel, "type": 1, "recipients": []},
        "user": {"id": user, "username": "a", "discriminator": "0", "avatar": None},
        "data": {"id": "1", "type": 1, "name": name, "options": options},
    }


def message(number: int, channel: str, body: dict[str, Any]) -> dict[str, Any]:
    """The message of a posted body."""
    return {
        "id": str(time_snowflake(utcnow()) + number),
        "channel_id": channel,
        "author": ME,
        "content": body.get("content", ""),
        "timestamp": "2025-11-03T12:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": body.get("embeds") or [],
        "components": body.get("components") or [],
        "pinned": False,
        "type": 0,
    }


def ready(host: str, identified: dict[str, Any]) -> dict[str, Any]:
    """The gateway's first event for a client that has identified itself."""
    return {
        "v": 10,
        "user": ME,
        "guilds": [],
        "session_id": "1",
        "resume_gateway_url": f"ws://{host}/ws",
        "shard": identified.get("shard", [0, 1]),
        "application": {"id": ME["id"], "flags": 0},
    }


def parts(body: dict[str, Any]) -> list[dict[str, Any]]:
    """A posted body, its embeds and its components."""
    return [body, *(body.get("embeds") or []), *(body.get("components") or [])]


def words(given: list[dict[str, Any]]) -> Iterator[str]:
    """The texts in a message's parts."""
    for part in given:
        for key in ("content", "description"):
            if part.get(key):
                yield str(part[key])
        if "type" in part:
            yield from words(part.get("components") or [])


def answer(body: Any, status: int = 200) -> web.Response:
    """A JSON response with exactly `application/json`.

    With a charset, the library would take the body for text.
    """
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers)


def unauthorized() -> web.Response:
    """The response to a wrong token."""
    return answer({"message": "401: Unauthorized", "code": 0}, 401)


def wait(seconds: float, scope: str) -> web.Response:
    """The response to a rate-limited call; the seconds in the body are exact."""
    body = {
        "message": "You are being rate limited.",
        "retry_after": seconds,
        "global": scope == "global",
    }
    made = answer(body, 429)
    made.headers.update({"Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": scope})
    return made
