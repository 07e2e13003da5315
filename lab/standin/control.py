"""The common base of both stand-ins: faults, counts, latency, and a control API."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from lab.standin.counts import Counts
from lab.standin.faults import Script
from lab.standin.limits import Blocks


class Controlled:
    """A stand-in that another process can control; `round_trip` is in seconds, half each way."""

    def __init__(self, round_trip: float) -> None:
        self.round_trip = round_trip
        self.script = Script()
        self.counts = Counts()
        self.blocks = Blocks(on_its_way=round_trip + 0.1)

    def controls(self) -> web.Application:
        """A web application with the control routes."""
        app = web.Application(client_max_size=2**20)
        app.router.add_get("/control", self._report)
        app.router.add_post("/control", self._told)
        return app

    async def travel(self) -> None:
        """Wait for the latency of one way."""
        if self.round_trip:
            await asyncio.sleep(self.round_trip / 2)

    def says(self, *_: Any, **__: Any) -> None:
        """Let somebody write, if the stand-in has people."""
        raise NotImplementedError

    async def _report(self, request: web.Request) -> web.Response:
        """GET /control: the counts.

        With ?chats=1 how often each chat got each message, with ?order=1 all in order.
        """
        report = self.counts.report(self.blocks.broken)
        if request.query.get("chats"):
            report["chats"] = [
                [chat, words[:80], count] for (chat, words), count in self.counts.accepted.items()
            ]
        if request.query.get("order"):
            report["order"] = self.counts.order
        return web.json_response(report)

    async def _told(self, request: web.Request) -> web.Response:
        """POST /control {"fault": {...}}, {"faults": []}, {"says": [{...}]} or {"counts": 0}."""
        said = await request.json()
        try:
            if "fault" in said:
                self.script.add(**said["fault"])
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        if "faults" in said:
            self.script.faults.clear()
        for each in said.get("says", ()):
            self.says(**each)
        if "counts" in said:
            self.counts = Counts()
        return web.json_response({"faults": len(self.script.faults)})
