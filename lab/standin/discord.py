"""A Discord server: the REST calls that a bot without privileged intents makes, with their limits, and a gateway."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import WSMsgType, web

from lab.standin.control import Controlled
from lab.standin.faults import Fault, strike
from lab.standin.limits import Rolling

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"  # noqa: S105 - the stand-in's own
_ME = {
    "id": "123456789012345678",
    "username": "smallprint",
    "discriminator": "0",
    "avatar": None,
    "bot": True,
}
_APPLICATION = {
    "id": _ME["id"], "name": "Smallprint", "icon": None, "description": "", "flags": 0, "verify_key": "0",
    "bot_public": True, "bot_require_code_grant": False, "owner": _ME, "team": None, "summary": "",
}  # fmt: skip


class DiscordStandIn(Controlled):
    """`sent` are (channel, body) of accepted messages; a nonce that came before is answered, not posted again.

    `strict`: 50 requests a second, five messages in five seconds for each channel, ten publications an hour.
    A nonce is known for `memory` seconds. `judge` raises where Discord would refuse a body.
    """

    def __init__(
        self, strict: bool = False, round_trip: float = 0.0, judge: Callable[[dict[str, Any]], None] = lambda _: None,
        token: str = TOKEN, memory: float = 120.0,
    ) -> None:  # fmt: skip
        super().__init__(round_trip)
        self.token, self.memory, self._judge = token, memory, judge
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.published: list[tuple[str, str]] = []
        self.looked = 0
        self.commands: list[dict[str, Any]] = []
        self.intents: list[int] = []
        #: Answers to interactions, and connections of the gateway.
        self.callbacks: list[dict[str, Any]] = []
        self._sockets: list[web.WebSocketResponse] = []
        self._strict = strict
        self._all, self._channel = Rolling(50, 1.0), Rolling(5, 5.0)
        self._hourly = Rolling(10, 3600.0)
        self._nonces: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}
        self._posted: dict[str, list[dict[str, Any]]] = {}
        self._arrived = asyncio.Condition()

    def application(self) -> web.Application:
        app = self.controls()
        app.router.add_get("/users/@me", self._me)
        app.router.add_get("/gateway/bot", self._gateway_bot)
        app.router.add_get("/oauth2/applications/@me", self._application)
        app.router.add_get("/applications/@me", self._application)
        app.router.add_put("/applications/{id}/commands", self._put_commands)
        app.router.add_post("/channels/{channel}/messages", self._post_message)
        app.router.add_get("/channels/{channel}/messages", self._messages)
        app.router.add_post("/channels/{channel}/messages/{message}/crosspost", self._crosspost)
        app.router.add_post("/interactions/{id}/{token}/callback", self._callback)
        app.router.add_get("/ws/", self._gateway)
        app.router.add_get("/ws", self._gateway)
        return app

    async def happens(self, event: str, data: Any) -> None:
        """An event for everybody who is connected."""
        for socket in self._sockets:
            await socket.send_json({"op": 0, "d": data, "s": 2, "t": event})

    async def until(self, true: Callable[[], Any], patience: float = 10) -> None:
        """Wait until something that arrived makes it true."""
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(true)

    async def message(self, number: int, patience: float = 10) -> tuple[str, dict[str, Any]]:
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= number)
        return self.sent[number - 1]

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        return _json(_ME)

    async def _gateway_bot(self, request: web.Request) -> web.Response:
        limits = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
        return _json({"url": f"ws://{request.host}/ws", "shards": 1, "session_start_limit": limits})

    async def _application(self, _: web.Request) -> web.Response:
        return _json(_APPLICATION)

    async def _put_commands(self, request: web.Request) -> web.Response:
        self.commands = await request.json()
        made = {"application_id": _ME["id"], "version": "1", "default_member_permissions": None}
        return _json(
            [
                {"description": "", **command, **made, "id": str(n + 1)}
                for n, command in enumerate(self.commands)
            ]
        )

    async def _post_message(self, request: web.Request) -> web.StreamResponse:
        answer = await self._limited(request)
        self.counts.answers[answer.status] += 1
        return answer

    async def _limited(self, request: web.Request) -> web.StreamResponse:
        channel = request.match_info["channel"]
        self.counts.calls += 1
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        await self.travel()
        if (wait := self.blocks.left(channel, "*")) > 0:
            return _wait(wait, "user")
        if self._strict and (wait := self._all.wait()) > 0:
            return _wait(wait, "global")
        if self._strict and (wait := self._channel.wait(channel)) > 0:
            return _wait(wait, "user")
        self._all.take()
        self._channel.take(channel)
        fault = self.script.next(channel)
        if fault and not fault.posted:
            return await strike(self._noted(fault, channel), request, _json({}))
        body = await request.json()
        self._judge(body)
        answer = _json(await self._post(channel, body))
        await self.travel()
        return await strike(fault, request, answer) if fault else answer

    def _noted(self, fault: Fault, channel: str) -> Fault:
        """A scripted wait is kept: who calls during it is counted."""
        body = fault.body or {}
        if fault.status == 429 and "retry_after" in body:
            self.blocks.begin("*" if body.get("global") else channel, float(body["retry_after"]))
        return fault

    async def _post(self, channel: str, body: dict[str, Any]) -> dict[str, Any]:
        key, now = (channel, str(body.get("nonce"))), time.monotonic()
        if (
            body.get("enforce_nonce")
            and key in self._nonces
            and now - self._nonces[key][0] < self.memory
        ):
            self.counts.suppressed += 1
            return self._nonces[key][1]
        embeds, components = body.get("embeds") or [], body.get("components") or []
        self.counts.accept(channel, " ".join(_words([body, *embeds, *components])))
        async with self._arrived:
            self.sent.append((channel, body))
            self._arrived.notify_all()
        message = {
            "id": str(10**17 + len(self.sent)), "channel_id": channel, "author": _ME, "content": body.get("content", ""),
            "timestamp": "2025-11-03T12:00:00+00:00", "edited_timestamp": None, "tts": False, "mention_everyone": False,
            "mentions": [], "mention_roles": [], "attachments": [], "embeds": embeds, "components": components, "pinned": False, "type": 0,
        }  # fmt: skip
        self._nonces[key] = now, message
        self._posted.setdefault(channel, []).append(message)
        return message

    async def _messages(self, request: web.Request) -> web.Response:
        """What the channel holds, the newest first; without nonces, which Discord does not promise to keep."""
        self.looked += 1
        return _json(self._posted.get(request.match_info["channel"], [])[:-51:-1])

    async def _crosspost(self, request: web.Request) -> web.Response:
        channel, message = request.match_info["channel"], request.match_info["message"]
        if (wait := self._hourly.wait(channel)) > 0:
            return _wait(wait, "shared")
        self._hourly.take(channel)
        self.published.append((channel, message))
        return _json({"id": message})

    async def _callback(self, request: web.Request) -> web.Response:
        form = await request.post() if request.content_type.startswith("multipart") else {}
        given = json.loads(str(form["payload_json"])) if form else await request.json()
        async with self._arrived:
            self.callbacks.append(given)
            self._arrived.notify_all()
        return _json({"interaction": {"id": request.match_info["id"], "type": 2}})

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(
            {"op": 10, "d": {"heartbeat_interval": 41_250}, "s": None, "t": None}
        )
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT and frame.type is not WSMsgType.BINARY:
                break
            said = json.loads(frame.data)
            if said["op"] == 1:
                await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
            elif said["op"] == 2:
                self.intents.append(said["d"]["intents"])
                ready = {
                    "v": 10, "user": _ME, "guilds": [], "session_id": "1", "resume_gateway_url": f"ws://{request.host}/ws",
                    "shard": said["d"].get("shard", [0, 1]), "application": {"id": _ME["id"], "flags": 0},
                }  # fmt: skip
                await socket.send_json({"op": 0, "d": ready, "s": 1, "t": "READY"})
                self._sockets.append(socket)
        return socket


def _words(parts: list[dict[str, Any]]) -> Iterator[str]:
    """What people read of a message's parts."""
    for part in parts:
        yield from (str(part[key]) for key in ("content", "description") if part.get(key))
        if "type" in part:
            yield from _words(part.get("components") or [])


def _json(body: Any, status: int = 200) -> web.Response:
    """Exactly `application/json`: with a charset behind it the library takes the body for text."""
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json"}
    )


def _wait(seconds: float, scope: str) -> web.Response:
    """What Discord answers to those who are too fast; the body is exact."""
    body = {
        "message": "You are being rate limited.",
        "retry_after": seconds,
        "global": scope == "global",
    }
    answer = _json(body, 429)
    answer.headers.update({"Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": scope})
    return answer
