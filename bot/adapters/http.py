"""One request, one answer: what a platform said to a single try.

The platforms' own libraries would try again by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.outcomes import Later

#: For a whole exchange; platforms answer in well under one.
PATIENCE_SECONDS = 20.0
#: The shortest and the longest wait that a platform may ask for, and what an unreadable one means.
SHORTEST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 3600
UNREADABLE_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered."""

    status: int
    #: The JSON object, None where it is none.
    body: Mapping[str, Any] | None
    headers: Mapping[str, str]
    #: The objects of a JSON list, None where it is none.
    array: Sequence[Mapping[str, Any]] | None = None


async def call(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: Mapping[str, Any] | None = None,
    patience: float | None = None,
    **headers: str,
) -> Answer | Later:
    """Make one request; Later where there was no answer.

    Its `certain` tells whether the platform can have acted on the request. `patience` is in
    seconds. Errors are named by their type only, because an address can hold a token.
    """
    if session.closed:
        # The library raises a bare RuntimeError here; the platform was just lost, and nothing went
        # out.
        return Later(None, "the connection was closed")
    try:
        timeout = aiohttp.ClientTimeout(total=patience or PATIENCE_SECONDS)
        request = session.request(method, url, json=body, headers=headers, timeout=timeout)
        async with request as response:
            found = _json(await response.read())
            return _answer(response, found)
    except aiohttp.ClientConnectorError as error:
        return Later(None, type(error).__name__)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return Later(None, type(error).__name__, certain=False)


def unanswered(answer: Answer) -> Later:
    """What a failing server means, or one that talks nonsense.

    It may have posted the message all the same.
    """
    why = f"the server answered {answer.status}"
    if not answer.body:
        why += " without JSON"
    return Later(None, why, certain=False)


def seconds(value: object) -> timedelta:
    """A wait as platforms give it; half a minute where it is unreadable, an hour at most."""
    try:
        asked = float(str(value))
        wait = min(max(asked, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
        return timedelta(seconds=wait)
    except ValueError:
        return UNREADABLE_WAIT


def _answer(response: aiohttp.ClientResponse, found: object) -> Answer:
    if isinstance(found, dict):
        return Answer(response.status, found, response.headers)
    if isinstance(found, list):
        objects = [each for each in found if isinstance(each, dict)]
        return Answer(response.status, None, response.headers, objects)
    return Answer(response.status, None, response.headers)


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None
