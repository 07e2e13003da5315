"""The server of the Discord stand-in: REST calls with their limits, and a gateway."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from lab.standin.control import Controlled
from lab.standin.discord import shapes
from lab.standin.discord.shapes import TOKEN
from lab.standin.faults import Fault, strike
from lab.standin.limits import Rolling

#: The most messages of a channel that are listed at once.
MOST_LISTED = 50
HEARTBEAT_MILLISECONDS = 41_250
#: The type of an interaction response that is a message.
MESSAGE = 4


class DiscordStandIn(Controlled):
    """The Discord stand-in. `sent` are (channel, body) of accepted messages.

    A nonce seen within `memory` seconds gets the earlier answer, without another post. `strict`
    applies 50 requests a second, five messages in five seconds per channel, and ten publications an
    hour. `judge` raises if Discord would refuse a body.
    """

    def __init__(
        self,
        strict: bool = False,
        round_trip: float = 0.0,
        judge: Callable[[dict[str, Any]], None] = lambda _: None,
        token: str = TOKEN,
        memory: float = 120.0,
    ) -> None:
        super().__init__(round_trip)
        self.token = token
        self.memory = memory
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.published: list[tuple[str, str]] = []
        #: Edits: the channel, the message, and its new body.
        self.edited: list[tuple[str, str, dict[str, Any]]] = []
        #: How often the messages of a channel were listed.
        self.looked = 0
        #: Scripted answers to listings, which come first.
        self.looks: deque[tuple[int, Any]] = deque()
        #: Whether the bot may not read channels: Discord then lists nothing.
        self.hides_history = False
        self.commands: list[dict[str, Any]] = []
        self.uploads = 0
        #: The status that refuses an upload of commands; 0 accepts it.
        self.refuses_commands = 0
        self.intents: list[int] = []
        #: Responses to interactions.
        self.callbacks: list[dict[str, Any]] = []
        self._judge = judge
        #: The number of the last command given, and events that are being sent.
        self._given = 0
        self._happening: set[asyncio.Task[None]] = set()
        #: Gateway connections.
        self.sockets: list[web.WebSocketResponse] = []
        self._strict = strict
        self._all = Rolling(50, 1.0)
        self._channel = Rolling(5, 5.0)
        self._hourly = Rolling(10, 3600.0)
        self._nonces: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}
        self._posted: dict[str, list[dict[str, Any]]] = {}
        self._arrived = asyncio.Condition()

    def application(self) -> web.Application:
        """The web application, to be served at any address."""
        app = self.controls()
        app.router.add_get("/users/@me", self._me)
        app.router.add_get("/gateway/bot", self._gateway_bot)
        app.router.add_get("/oauth2/applications/@me", self._application)
        app.router.add_get("/applications/@me", self._application)
        app.router.add_get("/applications/{id}/commands", self._get_commands)
        app.router.add_put("/applications/{id}/commands", self._put_commands)
        app.router.add_get("/channels/{channel}", self._channel_of)
        app.router.add_post("/channels/{channel}/messages", self._post_message)
        app.router.add_get("/channels/{channel}/messages", self._messages)
        app.router.add_patch("/channels/{channel}/messages/{message}", self._edit)
        app.router.add_post("/channels/{channel}/messages/{message}/crosspost", self._crosspost)
        app.router.add_post("/interactions/{id}/{token}/callback", self._callback)
        app.router.add_post("/webhooks/{id}/{token}", self._follow_up)
        app.router.add_get("/ws/", self._gateway)
        app.router.add_get("/ws", self._gateway)
        return app

    async def happens(self, event: str, data: Any) -> None:
        """Send an event to every connection."""
        for socket in self.sockets:
            await socket.send_json({"op": 0, "d": data, "s": 2, "t": event})

    def says(self, text: str, chat: int = 5, user: int = 7, **_more: Any) -> None:
        """Let somebody give a command, such as "/howto linkedin", in a direct chat."""
        name, _space, rest = text.removeprefix("/").partition(" ")
        known = {each["name"]: each.get("options") or [] for each in self.commands}
        options = []
        if rest and known.get(name):
            options = [{"name": known[name][0]["name"], "type": 3, "value": rest}]
        self._given += 1
        given = shapes.interaction(self._given, name, options, str(chat), str(user))
        task = asyncio.get_running_loop().create_task(self.happens("INTERACTION_CREATE", given))
        self._happening.add(task)
        task.add_done_callback(self._happening.discard)

    async def until(self, true: Callable[[], Any], patience: float = 10) -> None:
        """Wait until an arrival makes a condition true."""
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(true)

    async def message(self, number: int, patience: float = 10) -> tuple[str, dict[str, Any]]:
        """The (channel, body) with that number, counted from 1, once it has arrived."""
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= number)
        return self.sent[number - 1]

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return shapes.unauthorized()
        return shapes.answer(shapes.ME)

    async def _gateway_bot(self, request: web.Request) -> web.Response:
        limits = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
        url = f"ws://{request.host}/ws"
        return shapes.answer({"url": url, "shards": 1, "session_start_limit": limits})

    async def _application(self, _request: web.Request) -> web.Response:
        return shapes.answer(shapes.APPLICATION)

    async def _get_commands(self, _request: web.Request) -> web.Response:
        return shapes.answer(self._made_commands())

    async def _put_commands(self, request: web.Request) -> web.Response:
        if self.refuses_commands:
            return shapes.answer({"message": "no", "code": 0}, self.refuses_commands)
        self.commands = await request.json()
        self.uploads += 1
        return shapes.answer(self._made_commands())

    def _made_commands(self) -> list[dict[str, Any]]:
        return [shapes.command(each, number) for number, each in enumerate(self.commands, 1)]

    async def _post_message(self, request: web.Request) -> web.StreamResponse:
        answer = await self._limited(request)
        self.counts.answers[answer.status] += 1
        return answer

    async def _limited(self, request: web.Request) -> web.StreamResponse:
        channel = request.match_info["channel"]
        self.counts.calls += 1
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return shapes.unauthorized()
        await self.travel()
        too_fast = self._too_fast(channel)
        if too_fast is not None:
            return too_fast
        self._all.take()
        self._channel.take(channel)
        fault = self.script.next(channel)
        if fault and not fault.posted:
            return await strike(self._noted(fault, channel), request, shapes.answer({}))
        body = await request.json()
        self._judge(body)
        answer = shapes.answer(await self._post(channel, body))
        await self.travel()
        if fault:
            return await strike(fault, request, answer)
        return answer

    def _too_fast(self, channel: str) -> web.Response | None:
        blocked = self.blocks.left(channel, "*")
        if blocked > 0:
            return shapes.wait(blocked, "user")
        if not self._strict:
            return None
        of_all = self._all.wait()
        if of_all > 0:
            return shapes.wait(of_all, "global")
        of_channel = self._channel.wait(channel)
        if of_channel > 0:
            return shapes.wait(of_channel, "user")
        return None

    def _noted(self, fault: Fault, channel: str) -> Fault:
        """Note a scripted wait, so that calls during it are counted."""
        body = fault.body or {}
        if fault.status == 429 and "retry_after" in body:
            blocked = "*" if body.get("global") else channel
            self.blocks.begin(blocked, float(body["retry_after"]))
        return fault

    async def _post(self, channel: str, body: dict[str, Any]) -> dict[str, Any]:
        key = (channel, str(body.get("nonce")))
        now = time.monotonic()
        if body.get("enforce_nonce") and key in self._nonces:
            posted_at, posted = self._nonces[key]
            if now - posted_at < self.memory:
                self.counts.suppressed += 1
                return posted
        self.counts.accept(channel, " ".join(shapes.words(shapes.parts(body))))
        async with self._arrived:
            self.sent.append((channel, body))
            self._arrived.notify_all()
            message = shapes.message(len(self.sent), channel, body)
        self._nonces[key] = now, message
        self._posted.setdefault(channel, []).append(message)
        return message

    async def _edit(self, request: web.Request) -> web.Response:
        """Edit a message of ours; fields that belong only to posting are refused."""
        channel = request.match_info["channel"]
        wait = self._too_fast(channel)
        if wait is not None:
            return wait
        body = await request.json()
        self._judge(body)
        if {"nonce", "enforce_nonce", "message_reference"} & body.keys():
            return shapes.answer({"code": 50035, "message": "Invalid Form Body"}, 400)
        for message in self._posted.get(channel, []):
            if message["id"] == request.match_info["message"]:
                self.edited.append((channel, message["id"], body))
                return shapes.answer(message)
        return shapes.answer({"code": 10008, "message": "Unknown Message"}, 404)

    async def _messages(self, request: web.Request) -> web.Response:
        """The messages of a channel, the newest first.

        They have no nonces, because Discord does not promise to keep them.
        """
        self.looked += 1
        if self.looks:
            status, body = self.looks.popleft()
            return shapes.answer(body, status)
        if self.hides_history:
            return shapes.answer([])
        posted = self._posted.get(request.match_info["channel"], [])
        after = int(request.query.get("after", 0))
        newer = [message for message in posted if int(message["id"]) > after]
        return shapes.answer(newer[: -MOST_LISTED - 1 : -1])

    async def _channel_of(self, request: web.Request) -> web.Response:
        """A channel, with the id of its newest message even for those who may not read it."""
        channel = request.match_info["channel"]
        posted = self._posted.get(channel, [])
        newest = posted[-1]["id"] if posted else None
        return shapes.answer({"id": channel, "type": 0, "last_message_id": newest})

    async def _crosspost(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        message = request.match_info["message"]
        wait = self._hourly.wait(channel)
        if wait > 0:
            return shapes.wait(wait, "shared")
        self._hourly.take(channel)
        self.published.append((channel, message))
        return shapes.answer({"id": message})

    async def _callback(self, request: web.Request) -> web.Response:
        if request.content_type.startswith("multipart"):
            form = await request.post()
            given = json.loads(str(form["payload_json"]))
        else:
            given = await request.json()
        self.counts.answered += given["type"] == MESSAGE
        async with self._arrived:
            self.callbacks.append(given)
            self._arrived.notify_all()
        return shapes.answer({"interaction": {"id": request.match_info["id"], "type": 2}})

    async def _follow_up(self, request: web.Request) -> web.Response:
        """A follow-up response to an interaction."""
        self.counts.answered += 1
        return shapes.answer(shapes.message(len(self.sent), "5", await request.json()))

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = {"heartbeat_interval": HEARTBEAT_MILLISECONDS}
        await socket.send_json({"op": 10, "d": hello, "s": None, "t": None})
        async for frame in socket:
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            said = json.loads(frame.data)
            if said["op"] == 1:
                await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
            elif said["op"] == 2:
                self.intents.append(said["d"]["intents"])
                ready = shapes.ready(request.host, said["d"])
                await socket.send_json({"op": 0, "d": ready, "s": 1, "t": "READY"})
                self.sockets.append(socket)
        return socket
