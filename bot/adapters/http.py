"""Single HTTP requests to a platform, without retries.

The platforms' own libraries would retry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.outcomes import Later

#: The timeout of a whole exchange; platforms answer in well under a second.
PATIENCE_SECONDS = 20.0
#: The bounds of a wait that a platform asks for, and the wait if it is unreadable.
SHORTEST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 3600
UNREADABLE_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Answer:
    """The response of a platform."""

    status: int
    #: The JSON object, or None if the body is not one.
    body: Mapping[str, Any] | None
    headers: Mapping[str, str]
    #: The objects of a JSON list, or None if the body is not one.
    array: Sequence[Mapping[str, Any]] | None = None


async def call(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: Mapping[str, Any] | None = None,
    patience: float | None = None,
    **headers: str,
) -> Answer | Later:
    """Make one request; Later if there was no response.

    `Later.certain` is False if the platform may have acted on the request. `patience` is in
    seconds. Errors are named by their type only, because an address can hold a token.
    """
    if session.closed:
        # The library raises a bare RuntimeError here; the platform was just lost, and nothing was
        # sent.
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
    """The outcome of a server error, or of a response that is not JSON.

    The server may have posted the message all the same.
    """
    why = f"the server answered {answer.status}"
    if not answer.body:
        why += " without JSON"
    return Later(None, why, certain=False)


def seconds(value: object) -> timedelta:
    """A wait as platforms give it, from 0.1 seconds to an hour; 30 seconds if unreadable."""
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
