"""One request, one answer: what a platform said to a single try, without a library that tries again by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.platform import Later

#: Seconds for a whole exchange; both platforms answer in well under one.
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The status; `body` where it is a JSON object, `array` where it is a list of them; `headers` for the rest."""

    status: int
    body: Mapping[str, Any] | None
    headers: Mapping[str, str]
    array: list[Mapping[str, Any]] | None = None


async def call(
    session: aiohttp.ClientSession, method: str, url: str, body: Mapping[str, Any] | None = None, patience: float | None = None,
    **headers: str,
) -> Answer | Later:  # fmt: skip
    """Later where there was no answer; `certain` there tells whether the platform can have acted on the request.

    Errors are named by their type only, because an address can hold a token.
    """
    if session.closed:
        # The library raises a bare RuntimeError here; the platform was just lost, and nothing went out.
        return Later(None, "the connection was closed")
    try:
        timeout = aiohttp.ClientTimeout(total=patience or PATIENCE)
        async with session.request(
            method, url, json=body, headers=headers, timeout=timeout
        ) as response:
            found = _json(await response.read())
            array: list[Mapping[str, Any]] | None = (
                [each for each in found if isinstance(each, dict)]
                if isinstance(found, list)
                else None
            )
            return Answer(
                response.status, found if isinstance(found, dict) else None, response.headers, array
            )
    except aiohttp.ClientConnectorError as error:
        return Later(None, type(error).__name__)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return Later(None, type(error).__name__, certain=False)


def unanswered(answer: Answer) -> Later:
    """What a failing server, or one that talks nonsense, means: it may have posted the message all the same."""
    return Later(
        None,
        f"the server answered {answer.status}" + ("" if answer.body else " without JSON"),
        certain=False,
    )


def seconds(value: object) -> timedelta:
    """A wait as platforms give it; half a minute where it is unreadable, and never more than an hour."""
    try:
        return timedelta(seconds=min(max(float(str(value)), 0.1), 3600))
    except ValueError:
        return timedelta(seconds=30)


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None
