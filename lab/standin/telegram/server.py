"""The Bot API server of the Telegram stand-in: strict about limits and, with a judge, content."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from lab.standin.faults import Fault, strike
from lab.standin.limits import Rolling
from lab.standin.telegram import shapes
from lab.standin.telegram.people import Chats
from lab.standin.telegram.shapes import TOKEN

#: The most letters of a file's caption.
MOST_OF_CAPTION = 1024
#: The most letters, in UTF-16, of a private reply to a press.
MOST_OF_ALERT = 200
#: The longest that a call for updates waits, whatever it asks for.
POLL_SECONDS = 0.5

_MENU = re.compile(r"(get|set)My(Commands|Description|ShortDescription)")
_CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)

#: Judges a call: (method, parameters) -> the message text as Telegram parses it. Raises if the call
#: would be refused.
Judge = Callable[[str, dict[str, Any]], dict[str, Any]]


def _plainly(_method: str, given: dict[str, Any]) -> dict[str, Any]:
    return {"text": str(given.get("text", "")), "entities": []}


class TelegramStandIn(Chats):
    """The Telegram stand-in. `faults` are (status, body) for the next sends, before `script`.

    `strict` applies 30 messages a second over all chats, one a second per chat, and 20 a minute per
    group.
    """

    def __init__(
        self,
        strict: bool = False,
        round_trip: float = 0.0,
        judge: Judge = _plainly,
        token: str = TOKEN,
    ) -> None:
        super().__init__(round_trip)
        self.token = token
        self.commands: list[dict[str, str]] = []
        #: Commands and descriptions of the bot, by kind, scope and language.
        self.menus: dict[tuple[str, str, str], Any] = {}
        #: Ids of channels by their public names.
        self.chats: dict[str, int] = {}
        self.webhook: dict[str, Any] = {}
        #: Edits of the buttons below a message.
        self.keyboards: list[dict[str, Any]] = []
        #: Files that people sent, by id.
        self.uploaded: dict[str, bytes] = {}
        #: The most new updates delivered at once.
        self.together = 1
        self.faults: deque[tuple[int, dict[str, Any]]] = deque()
        self.admins: set[int] = set()
        self.down = False
        self.conflict = False
        self._judge = judge
        self._strict = strict
        self._all = Rolling(30, 1.0)
        self._chat = Rolling(1, 1.0)
        self._group = Rolling(20, 60.0)

    def application(self) -> web.Application:
        """The web application, to be served at any address."""
        app = self.controls()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{name}", self._give_file)
        return app

    async def _call(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            raise web.HTTPBadGateway
        if request.match_info["token"] != self.token:
            self.counts.answers[401] += 1
            return shapes.error(401, "Unauthorized")
        method = request.match_info["method"]
        if method in ("sendDocument", "sendPhoto"):
            return await self._take_file(request, method.removeprefix("send").casefold())
        given = await shapes.parameters(request)
        if method == "sendMessage":
            answer = await self._send_message(request, given)
            self.counts.answers[answer.status] += 1
            return answer
        if method == "editMessageText":
            return await self._edit_text(given)
        self._judge(method, given)
        return await self._answer(method, given)

    async def _answer(self, method: str, given: dict[str, Any]) -> web.Response:
        menu = _MENU.fullmatch(method)
        if menu:
            return self._menu(menu[1], menu[2], given)
        handlers = {
            "getMe": self._get_me,
            "getFile": self._get_file,
            "getChat": self._get_chat,
            "getChatMember": self._get_member,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "answerInlineQuery": self._answer_inline,
            "editMessageReplyMarkup": self._edit_keyboard,
            "answerCallbackQuery": self._answer_press,
        }
        if method not in handlers:
            return shapes.result(True)
        return await handlers[method](given)

    async def _get_me(self, _given: dict[str, Any]) -> web.Response:
        return shapes.result(shapes.BOT)

    async def _get_file(self, given: dict[str, Any]) -> web.Response:
        name = str(given["file_id"])
        if name not in self.uploaded:
            return shapes.error(400, "Bad Request: invalid file_id")
        size = len(self.uploaded[name])
        return shapes.result({"file_id": name, "file_size": size, "file_path": name})

    async def _give_file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.uploaded[request.match_info["name"]])

    async def _set_webhook(self, given: dict[str, Any]) -> web.Response:
        self.webhook = given
        return shapes.result(True)

    async def _answer_inline(self, given: dict[str, Any]) -> web.Response:
        await self._note(self.inline, given)
        return shapes.result(True)

    async def _edit_keyboard(self, given: dict[str, Any]) -> web.Response:
        await self._note(self.keyboards, given)
        return shapes.result(self.new_message(int(given["chat_id"]), "private"))

    async def _get_member(self, given: dict[str, Any]) -> web.Response:
        user = given["user_id"]
        return shapes.result(shapes.member(user, user in self.admins))

    def _menu(self, verb: str, what: str, given: dict[str, Any]) -> web.Response:
        """Commands and descriptions of the bot, stored by scope and language as in Telegram."""
        scope = given.pop("scope", None) or {}
        key = (what, str(scope.get("type", "")), str(given.pop("language_code", "")))
        is_list = what == "Commands"
        if verb == "get":
            return shapes.result(self.menus.get(key, [] if is_list else {}))
        self.menus[key] = given["commands"] if is_list else given
        self.commands = self.menus.get(("Commands", "all_private_chats", ""), [])
        return shapes.result(True)

    async def _edit_text(self, given: dict[str, Any]) -> web.Response:
        parsed = self._judge("editMessageText", given)
        edited = {**given, "plain": parsed["text"], "entities": parsed["entities"]}
        await self._note(self.edited, edited)
        message = self.new_message(int(given["chat_id"]), "private")
        message["message_id"] = int(given["message_id"])  # it stays the same message
        return shapes.result({**message, "text": parsed["text"]})

    async def _get_chat(self, given: dict[str, Any]) -> web.Response:
        found = self.chats.get(str(given["chat_id"]))
        if not found:
            return shapes.error(400, "Bad Request: chat not found")
        return shapes.result({"id": found, "type": "channel", "title": "A channel"})

    async def _get_updates(self, given: dict[str, Any]) -> web.Response:
        if self.conflict:
            return shapes.error(409, _CONFLICT)
        patience = min(given.get("timeout", 0), POLL_SECONDS)
        offset = int(given.get("offset", 0))
        return shapes.result(await self.updates(offset, patience, self.together))

    async def _answer_press(self, given: dict[str, Any]) -> web.Response:
        shown = str(given.get("text", ""))
        if len(shown.encode("utf-16-le")) // 2 > MOST_OF_ALERT:
            return shapes.error(400, "Bad Request: MESSAGE_TOO_LONG")
        async with self._arrived:
            self.answered.append(given["callback_query_id"])
            if given.get("text") or given.get("url"):
                self.alerts.append(given)
            self._arrived.notify_all()
        return shapes.result(True)

    async def _note(self, kept: list[dict[str, Any]], given: dict[str, Any]) -> None:
        """Store an arrival, and wake those who wait for it."""
        async with self._arrived:
            kept.append(given)
            self._arrived.notify_all()

    async def _take_file(self, request: web.Request, kind: str) -> web.Response:
        """Accept a document or a photo; one with a caption is a message too."""
        form = await request.post()
        file = form[kind]
        given = {name: str(value) for name, value in form.items() if name != kind}
        message = self._captioned(given) if "caption" in given else None
        if message and len(message["plain"]) > MOST_OF_CAPTION:
            return shapes.error(400, "Bad Request: message caption is too long")
        content = file.file.read() if isinstance(file, web.FileField) else str(file).encode()
        async with self._arrived:
            self.files.append(content)
            if message:
                self.sent.append(message)
            self._arrived.notify_all()
        return shapes.result(self.new_message(int(given["chat_id"]), "private"))

    def _captioned(self, given: dict[str, str]) -> dict[str, Any]:
        """The message of a file, with its caption as text."""
        text = {"text": given["caption"], "parse_mode": given["parse_mode"]}
        parsed = self._judge("sendMessage", {"chat_id": given["chat_id"], **text})
        return {
            **given,
            **text,
            "reply_markup": json.loads(given.get("reply_markup", "{}")),
            "plain": parsed["text"],
            "entities": parsed["entities"],
        }

    async def _send_message(
        self, request: web.Request, given: dict[str, Any]
    ) -> web.StreamResponse:
        chat = str(given["chat_id"])
        self.counts.calls += 1
        await self.travel()
        if self.faults:
            status, body = self.faults.popleft()
            return web.json_response({"ok": False, "error_code": status, **body}, status=status)
        wait = self.blocks.left(chat) or self._wait(chat)
        if wait > 0:
            return shapes.too_many(wait)
        fault = self.script.next(chat)
        if fault and not fault.posted:
            return await strike(self._noted(fault, chat), request, shapes.result(True))
        parsed = self._judge("sendMessage", given)
        for window, key in self._windows(chat):
            window.take(key)
        self.counts.accept(chat, str(given["text"]))
        sent = {**given, "plain": parsed["text"], "entities": parsed["entities"]}
        await self._note(self.sent, sent)
        message = self.new_message(int(chat), "private")
        answer = shapes.result({**message, "text": parsed["text"]})
        await self.travel()
        if fault:
            return await strike(fault, request, answer)
        return answer

    def _wait(self, chat: str) -> float:
        return max((window.wait(key) for window, key in self._windows(chat)), default=0.0)

    def _windows(self, chat: str) -> list[tuple[Rolling, str]]:
        """The limits on a chat, each with the key under which it counts."""
        if not self._strict:
            return []
        windows = [(self._all, ""), (self._chat, chat)]
        if chat.startswith("-"):
            windows.append((self._group, chat))
        return windows

    def _noted(self, fault: Fault, chat: str) -> Fault:
        """Note a scripted wait, so that calls during it are counted."""
        asked = None
        if fault.body:
            asked = (fault.body.get("parameters") or {}).get("retry_after")
        if fault.status == 429 and asked:
            self.blocks.begin(chat, float(asked))
        return fault
