"""The response formats of Telegram."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

BOT = {"id": 1, "is_bot": True, "first_name": "Smallprint", "username": "smallprint_bot"}
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX"  # noqa: S105 - the stand-in's own

#: The rights of a chat's administrator; here, none are granted.
_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_SENT_AT = 1762200000


def user(number: int) -> dict[str, Any]:
    """A person."""
    return {"id": number, "is_bot": False, "first_name": "A person"}


def member(number: int, is_admin: bool) -> dict[str, Any]:
    """A person as a member of a chat."""
    if is_admin:
        rights = dict.fromkeys(_RIGHTS, False)
        return {"user": user(number), "status": "administrator", **rights}
    return {"user": user(number), "status": "member"}


def message(number: int, chat: int, kind: str, **more: Any) -> dict[str, Any]:
    """A message in a chat of a kind ("private", "group" and so on)."""
    named = {"first_name": "A person"} if kind == "private" else {"title": "A group"}
    where = {"id": chat, "type": kind, **named}
    return {"message_id": number, "date": _SENT_AT, "chat": where, **more}


async def parameters(request: web.Request) -> dict[str, Any]:
    """The parameters of a call, sent as JSON or as a form whose values may be JSON."""
    if request.content_type == "application/json":
        found: dict[str, Any] = await request.json()
        return found
    return {key: _value(str(value)) for key, value in (await request.post()).items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def result(found: Any) -> web.Response:
    """The answer to a call that succeeded."""
    return web.json_response({"ok": True, "result": found})


def error(status: int, description: str, **parameters: Any) -> web.Response:
    """The answer to a call that is refused."""
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return web.json_response(body, status=status)


def too_many(wait: float) -> web.Response:
    """The response to a rate-limited call, with the wait in whole seconds."""
    seconds = max(1, round(wait + 0.5))
    return error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
