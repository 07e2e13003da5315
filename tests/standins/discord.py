"""A Discord server for tests: the REST calls a bot without privileged intents makes, and a gateway."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

from aiohttp import WSMsgType, web

from tests import judges

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"
_ME = {"id": "123456789012345678", "username": "smallprint", "discriminator": "0", "avatar": None, "bot": True}
_APPLICATION = {
    "id": _ME["id"], "name": "Smallprint", "icon": None, "description": "", "flags": 0, "verify_key": "0",
    "bot_public": True, "bot_require_code_grant": False, "owner": _ME, "team": None, "summary": "",
}  # fmt: skip


class DiscordStandIn:
    """`sent` are (channel, body) of accepted messages; a nonce that came before is answered, not posted again."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.commands: list[dict[str, Any]] = []
        self.intents: list[int] = []
        self.faults: deque[tuple[int, dict[str, Any], bool]] = deque()
        self._nonces: dict[tuple[str, str], dict[str, Any]] = {}
        self._arrived = asyncio.Condition()

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/users/@me", self._me)
        app.router.add_get("/gateway/bot", self._gateway_bot)
        app.router.add_get("/oauth2/applications/@me", self._application)
        app.router.add_get("/applications/@me", self._application)
        app.router.add_put("/applications/{id}/commands", self._put_commands)
        app.router.add_post("/channels/{channel}/messages", self._post_message)
        app.router.add_get("/ws/", self._gateway)
        app.router.add_get("/ws", self._gateway)
        return app

    async def message(self, number: int, timeout: float = 10) -> tuple[str, dict[str, Any]]:
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= number)
        return self.sent[number - 1]

    def fails_next(self, status: int, body: dict[str, Any], after_posting: bool = False) -> None:
        """`after_posting`: the message is posted all the same, and only the answer is lost."""
        self.faults.append((status, body, after_posting))

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
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
        return _json([{**command, **made, "id": str(n + 1)} for n, command in enumerate(self.commands)])

    async def _post_message(self, request: web.Request) -> web.Response:
        body = await request.json()
        judges.discord_body("MessageCreateRequest", body)
        assert body["allowed_mentions"]["parse"] == [], "nobody may be mentioned"
        assert body["enforce_nonce"] is True
        channel = request.match_info["channel"]
        status, answer, posts = self.faults.popleft() if self.faults else (200, {}, True)
        if posts:
            answer_of_post = await self._post(channel, body)
        return _json(answer_of_post if status == 200 else answer, status)

    async def _post(self, channel: str, body: dict[str, Any]) -> dict[str, Any]:
        key = (channel, str(body["nonce"]))
        if key not in self._nonces:
            async with self._arrived:
                self.sent.append((channel, body))
                self._arrived.notify_all()
            self._nonces[key] = {
                "id": str(10**17 + len(self.sent)), "channel_id": channel, "author": _ME, "content": "",
                "timestamp": "2025-11-03T12:00:00+00:00", "edited_timestamp": None, "tts": False, "mention_everyone": False,
                "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0,
            }  # fmt: skip
        return self._nonces[key]

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}, "s": None, "t": None})
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
        return socket


def _json(body: Any, status: int = 200) -> web.Response:
    """Exactly `application/json`: with a charset behind it the library takes the body for text."""
    return web.Response(body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json"})
