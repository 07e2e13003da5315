"""A Telegram Bot API server: strict about limits and, with a judge, about what it is sent."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from lab.standin.control import Controlled
from lab.standin.faults import Fault, strike
from lab.standin.limits import Rolling

BOT = {"id": 1, "is_bot": True, "first_name": "Smallprint", "username": "smallprint_bot"}
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX"  # noqa: S105 - the stand-in's own

#: Letters of the words below a file, and of what is shown to who pressed a button.
CAPTION, ALERT = 1024, 200
_MENU = re.compile(r"(get|set)My(Commands|Description|ShortDescription)")

#: Judges a call: (method, parameters) -> what Telegram makes of its text; raises where it would be refused.
Judge = Callable[[str, dict[str, Any]], dict[str, Any]]


def _plainly(_: str, given: dict[str, Any]) -> dict[str, Any]:
    return {"text": str(given.get("text", "")), "entities": []}


class TelegramStandIn(Controlled):
    """`sent` are the messages it accepted, `faults` answers (status, body) for the sends to come, before `script`.

    `strict`: 30 messages a second over all chats, one a second for each, 20 a minute for a group.
    """

    def __init__(
        self,
        strict: bool = False,
        round_trip: float = 0.0,
        judge: Judge = _plainly,
        token: str = TOKEN,
    ) -> None:
        super().__init__(round_trip)
        self.token, self._judge = token, judge
        self.sent: list[dict[str, Any]] = []
        self.commands: list[dict[str, str]] = []
        #: What else it was told: edits of messages, files, answers to inline queries, menus by scope and language.
        self.edited: list[dict[str, Any]] = []
        self.files: list[bytes] = []
        self.inline: list[dict[str, Any]] = []
        self.menus: dict[tuple[str, str, str], Any] = {}
        self.chats: dict[str, int] = {}
        self.webhook: dict[str, Any] = {}
        #: Updates that are given at once.
        self.together = 1
        self.answered: list[str] = []
        #: What only the person who pressed was shown, or the link that was opened for them.
        self.alerts: list[dict[str, Any]] = []
        self.faults: deque[tuple[int, dict[str, Any]]] = deque()
        self.admins: set[int] = set()
        self.down = self.conflict = False
        self._strict = strict
        self._all, self._chat, self._group = Rolling(30, 1.0), Rolling(1, 1.0), Rolling(20, 60.0)
        self._updates: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._number = 0
        self._arrived = asyncio.Condition()

    def application(self) -> web.Application:
        app = self.controls()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        return app

    # -- what people do

    def says(
        self, text: str, chat: int = 7, user: int = 7, kind: str = "private", **more: Any
    ) -> None:
        message = {"from": _user(user), **self._message(chat, kind, **more), "text": text}
        if text.startswith("/"):
            message["entities"] = [
                {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
            ]
        self.happens({"channel_post" if kind == "channel" else "message": message})

    def presses(
        self, data: str, chat: int = 7, user: int = 7, kind: str = "private",
        keyboard: Sequence[str] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        """A press of a button of a message that has it, or of one that has only the `keyboard`: a
        client can send what it likes as pressed."""
        query = {"id": str(self._next()), "from": _user(user), "chat_instance": "1", "data": data}
        shown = [data] if keyboard is None else keyboard
        rows = [[{"text": "A button", "callback_data": each}] for each in shown]
        message = {
            **self._message(chat, kind),
            "text": "before",
            "reply_markup": {"inline_keyboard": rows},
        }
        self.happens({"callback_query": {**query, "message": message, **more}})

    def asks_inline(self, text: str, user: int = 7) -> None:
        self.happens(
            {
                "inline_query": {
                    "id": str(self._next()),
                    "from": _user(user),
                    "query": text,
                    "offset": "",
                }
            }
        )

    def happens(self, update: dict[str, Any]) -> None:
        self._updates.put_nowait({"update_id": self._next(), **update})

    async def until(self, true: Callable[[], Any], patience: float = 10) -> None:
        """Wait until something that arrived makes it true."""
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(true)

    async def message(self, number: int, patience: float = 10) -> dict[str, Any]:
        """The message with that number, counted from 1, once it has come."""
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= number)
        return self.sent[number - 1]

    # -- the API

    async def _call(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            raise web.HTTPBadGateway
        if request.match_info["token"] != self.token:
            self.counts.answers[401] += 1
            return _error(401, "Unauthorized")
        method = request.match_info["method"]
        if method in ("sendDocument", "sendPhoto"):
            return await self._take_file(request, method.removeprefix("send").casefold())
        given = await _parameters(request)
        if method != "sendMessage":
            if method != "editMessageText":
                self._judge(method, given)
            if found := _MENU.fullmatch(method):
                return await self._menu(found[1], found[2], given)
            handler = getattr(self, f"_{method}", None)
            return await handler(given) if handler else _ok(True)
        answer = await self._sendMessage(request, given)
        self.counts.answers[answer.status] += 1
        return answer

    async def _getMe(self, _: dict[str, Any]) -> web.Response:
        return _ok(BOT)

    async def _menu(self, verb: str, what: str, given: dict[str, Any]) -> web.Response:
        """What is shown of the bot, kept by scope and language as Telegram does."""
        key = (
            what,
            str((given.pop("scope", None) or {}).get("type", "")),
            str(given.pop("language_code", "")),
        )
        if verb == "get":
            return _ok(self.menus.get(key, [] if what == "Commands" else {}))
        self.menus[key] = given["commands"] if what == "Commands" else given
        self.commands = self.menus.get(("Commands", "all_private_chats", ""), [])
        return _ok(True)

    async def _editMessageText(self, given: dict[str, Any]) -> web.Response:
        parsed = self._judge("editMessageText", given)
        async with self._arrived:
            self.edited.append({**given, "plain": parsed["text"], "entities": parsed["entities"]})
            self._arrived.notify_all()
        return _ok({**self._message(int(given["chat_id"]), "private"), "text": parsed["text"]})

    async def _answerInlineQuery(self, given: dict[str, Any]) -> web.Response:
        async with self._arrived:
            self.inline.append(given)
            self._arrived.notify_all()
        return _ok(True)

    async def _getChat(self, given: dict[str, Any]) -> web.Response:
        found = self.chats.get(str(given["chat_id"]))
        return (
            _ok({"id": found, "type": "channel", "title": "A channel"})
            if found
            else _error(400, "Bad Request: chat not found")
        )

    async def _setWebhook(self, given: dict[str, Any]) -> web.Response:
        self.webhook = given
        return _ok(True)

    async def _getUpdates(self, given: dict[str, Any]) -> web.Response:
        if self.conflict:
            return _error(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        try:
            first = await asyncio.wait_for(self._updates.get(), min(given.get("timeout", 0), 0.5))
        except TimeoutError:
            return _ok([])
        more = [
            self._updates.get_nowait()
            for _n in range(min(self.together - 1, self._updates.qsize()))
        ]
        return _ok([first, *more])

    async def _answerCallbackQuery(self, given: dict[str, Any]) -> web.Response:
        if len(str(given.get("text", "")).encode("utf-16-le")) // 2 > ALERT:
            return _error(400, "Bad Request: MESSAGE_TOO_LONG")
        async with self._arrived:
            self.answered.append(given["callback_query_id"])
            self.alerts += [given] if given.get("text") or given.get("url") else []
            self._arrived.notify_all()
        return _ok(True)

    async def _getChatMember(self, given: dict[str, Any]) -> web.Response:
        status = "administrator" if given["user_id"] in self.admins else "member"
        rights = dict.fromkeys(
            ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
             "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
             "can_edit_stories", "can_delete_stories"), False)  # fmt: skip
        return _ok(
            {
                "user": _user(given["user_id"]),
                "status": status,
                **(rights if status == "administrator" else {}),
            }
        )

    async def _take_file(self, request: web.Request, kind: str) -> web.Response:
        """A document, or a photo, which is a message whose text is the caption."""
        form = await request.post()
        file, given = form[kind], {name: str(value) for name, value in form.items() if name != kind}
        message: dict[str, Any] | None = None
        if "caption" in given:
            text = {"text": given["caption"], "parse_mode": given["parse_mode"]}
            parsed = self._judge("sendMessage", {"chat_id": given["chat_id"], **text})
            if len(parsed["text"]) > CAPTION:
                return _error(400, "Bad Request: message caption is too long")
            markup = json.loads(given.get("reply_markup", "{}"))
            message = {
                **given,
                **text,
                "reply_markup": markup,
                "plain": parsed["text"],
                "entities": parsed["entities"],
            }
        async with self._arrived:
            self.files.append(
                file.file.read() if isinstance(file, web.FileField) else str(file).encode()
            )
            self.sent += [message] if message else []
            self._arrived.notify_all()
        return _ok(self._message(int(given["chat_id"]), "private"))

    async def _sendMessage(self, request: web.Request, given: dict[str, Any]) -> web.StreamResponse:
        chat = str(given["chat_id"])
        self.counts.calls += 1
        await self.travel()
        if self.faults:
            status, body = self.faults.popleft()
            return web.json_response({"ok": False, "error_code": status, **body}, status=status)
        if (wait := self.blocks.left(chat) or self._wait(chat)) > 0:
            return _too_many(wait)
        fault = self.script.next(chat)
        if fault and not fault.posted:
            return await strike(self._noted(fault, chat), request, _ok(True))
        parsed = self._judge("sendMessage", given)
        for window, key in self._windows(chat):
            window.take(key)
        self.counts.accept(chat, str(given["text"]))
        async with self._arrived:
            self.sent.append({**given, "plain": parsed["text"], "entities": parsed["entities"]})
            self._arrived.notify_all()
        answer = _ok({**self._message(int(chat), "private"), "text": parsed["text"]})
        await self.travel()
        return await strike(fault, request, answer) if fault else answer

    def _wait(self, chat: str) -> float:
        return max((window.wait(key) for window, key in self._windows(chat)), default=0.0)

    def _windows(self, chat: str) -> list[tuple[Rolling, str]]:
        group = [(self._group, chat)] if chat.startswith("-") else []
        return [(self._all, ""), (self._chat, chat), *group] if self._strict else []

    def _noted(self, fault: Fault, chat: str) -> Fault:
        """A scripted wait is kept: who calls during it is counted."""
        asked = ((fault.body or {}).get("parameters") or {}).get("retry_after")
        if fault.status == 429 and asked:
            self.blocks.begin(chat, float(asked))
        return fault

    def _message(self, chat: int, kind: str, **more: Any) -> dict[str, Any]:
        named = {"title": "A group"} if kind != "private" else {"first_name": "A person"}
        return {
            "message_id": self._next(),
            "date": 1762200000,
            "chat": {"id": chat, "type": kind, **named},
            **more,
        }

    def _next(self) -> int:
        self._number += 1
        return self._number


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found: dict[str, Any] = await request.json()
        return found
    return {key: _value(str(value)) for key, value in (await request.post()).items()}


def _user(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "A person"}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(status: int, description: str, **parameters: Any) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return web.json_response(body, status=status)


def _too_many(wait: float) -> web.Response:
    seconds = max(1, round(wait + 0.5))
    return _error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
