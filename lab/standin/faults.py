"""Scripted faults: by status, by chat, every n-th call, before or after a message is posted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from aiohttp import web

#: Longer than any caller waits.
HANG_SECONDS = 3600


@dataclass
class Fault:
    """A fault in a call.

    `kind`: status answers with `status` and `body`; reset breaks the connection; hang never
    answers; html, empty and cut answer 200 with something that is not JSON; slow answers after
    `seconds`.

    It strikes `times` times (0: always), only in `chat` if one is named, and only at every
    `every`th call. `posted`: the message arrives all the same.
    """

    kind: str = "status"
    status: int = 500
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None
    times: int = 1
    every: int = 1
    chat: str = ""
    posted: bool = False
    seconds: float = 0.0
    struck: int = 0
    seen: int = 0

    @property
    def pause(self) -> float:
        """Seconds until it answers."""
        if self.kind == "hang":
            return self.seconds or HANG_SECONDS
        return self.seconds

    def strikes(self, chat: str) -> bool:
        """Whether it strikes this call, which is counted."""
        if self.chat and self.chat != chat:
            return False
        if self.times and self.struck >= self.times:
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        self.struck += 1
        return True


class Script:
    """The scripted faults, in order; the first that strikes applies."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, **given: Any) -> Fault:
        """Append a fault, described by its fields. Raises ValueError for an unknown field."""
        unknown = set(given) - {each.name for each in fields(Fault)}
        if unknown:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        fault = Fault(**given)
        self.faults.append(fault)
        return fault

    def next(self, chat: str) -> Fault | None:
        """The fault that strikes a call for this chat, or None."""
        for fault in self.faults:
            if fault.strikes(chat):
                return fault
        return None


async def strike(fault: Fault, request: web.Request, answer: web.Response) -> web.StreamResponse:
    """The response in place of `answer`."""
    match fault.kind:
        case "reset":
            _abort(request)
            return answer
        case "hang" | "slow":
            await asyncio.sleep(fault.pause)
            return answer
        case "html":
            return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
        case "empty":
            return web.Response()
        case "cut":
            return _half(answer)
        case _:
            return web.json_response(fault.body or {}, status=fault.status, headers=fault.headers)


def _abort(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()


def _half(answer: web.Response) -> web.Response:
    whole = b"{}"
    if isinstance(answer.body, bytes):
        whole = answer.body
    return web.Response(body=whole[: len(whole) // 2], content_type="application/json")
