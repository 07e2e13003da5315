"""A Telegram Bot API server for tests: strict about what it is sent, scriptable in how it fails."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

from aiohttp import web

from tests import judges

BOT = {"id": 1, "is_bot": True, "first_name": "Smallprint", "username": "smallprint_bot"}
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX"


class TelegramStandIn:
    """`sent` are the messages it accepted; `faults` are answers (status, body) for the sends to come."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.commands: list[dict[str, str]] = []
        self.answered: list[str] = []
        self.faults: deque[tuple[int, dict[str, Any]]] = deque()
        self.admins: set[int] = set()
        self.down = False
        self.conflict = False
        self._updates: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._number = 0
        self._arrived = asyncio.Condition()

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        return app

    # -- what people do

    def says(self, text: str, chat: int = 7, user: int = 7, kind: str = "private", **more: Any) -> None:
        message = {**self._message(chat, kind, **more), "from": _user(user), "text": text}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        self._push({"message": message})

    def presses(self, data: str, chat: int = 7, user: int = 7, kind: str = "private") -> None:
        query = {"id": str(self._next()), "from": _user(user), "chat_instance": "1", "data": data}
        self._push({"callback_query": {**query, "message": {**self._message(chat, kind), "text": "before"}}})

    async def message(self, number: int, timeout: float = 10) -> dict[str, Any]:
        """The message with that number, counted from 1, once it has come."""
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= number)
        return self.sent[number - 1]

    # -- the API

    async def _call(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            raise web.HTTPBadGateway
        if request.match_info["token"] != TOKEN:
            return _error(401, "Unauthorized")
        given = {key: _value(str(value)) for key, value in (await request.post()).items()}
        method = request.match_info["method"]
        judges.telegram_call(method, given)
        handler = getattr(self, f"_{method}", None)
        return await handler(given) if handler else _ok(True)

    async def _getMe(self, _: dict[str, Any]) -> web.Response:
        return _ok(BOT)

    async def _setMyCommands(self, given: dict[str, Any]) -> web.Response:
        self.commands = given["commands"]
        return _ok(True)

    async def _getUpdates(self, given: dict[str, Any]) -> web.Response:
        if self.conflict:
            return _error(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        try:
            first = await asyncio.wait_for(self._updates.get(), min(given.get("timeout", 0), 0.5))
        except TimeoutError:
            return _ok([])
        return _ok([first])

    async def _answerCallbackQuery(self, given: dict[str, Any]) -> web.Response:
        self.answered.append(given["callback_query_id"])
        return _ok(True)

    async def _getChatMember(self, given: dict[str, Any]) -> web.Response:
        status = "administrator" if given["user_id"] in self.admins else "member"
        rights = dict.fromkeys(
            ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
             "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
             "can_edit_stories", "can_delete_stories"), False)  # fmt: skip
        return _ok({"user": _user(given["user_id"]), "status": status, **(rights if status == "administrator" else {})})

    async def _sendMessage(self, given: dict[str, Any]) -> web.Response:
        if self.faults:
            status, body = self.faults.popleft()
            return web.json_response({"ok": False, "error_code": status, **body}, status=status)
        parsed = judges.telegram_text(given["text"])
        async with self._arrived:
            self.sent.append({**given, "plain": parsed["text"], "entities": parsed["entities"]})
            self._arrived.notify_all()
        return _ok({**self._message(given["chat_id"], "private"), "text": parsed["text"]})

    def _message(self, chat: int, kind: str, **more: Any) -> dict[str, Any]:
        named = {"title": "A group"} if kind != "private" else {"first_name": "A person"}
        return {"message_id": self._next(), "date": 1762200000, "chat": {"id": chat, "type": kind, **named}, **more}

    def _push(self, update: dict[str, Any]) -> None:
        self._updates.put_nowait({"update_id": self._next(), **update})

    def _next(self) -> int:
        self._number += 1
        return self._number


def _user(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "A person"}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(status: int, description: str) -> web.Response:
    return web.json_response({"ok": False, "error_code": status, "description": description}, status=status)
