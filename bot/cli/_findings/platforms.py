"""The checks of platforms: the tokens, and the webhooks by which they reach us."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import aiohttp

from bot.cli._findings.finding import Finding, Seen, bad, warning, well
from bot.feeds.headers import date_of
from bot.platform_settings import Door, PlatformSettings
from bot.settings import variable_of

TIMEOUT = aiohttp.ClientTimeout(total=10)
#: More waiting updates than a short stop leaves.
MANY_WAIT = 100
#: How recent a failure must be, as Telegram reports the last one for ever.
LATELY = timedelta(hours=1)


async def token_finding(platform: PlatformSettings, seen: Seen | None = None) -> Finding:
    """Whether the platform accepts the token, which is never printed."""
    variable = variable_of(type(platform), "token")
    if not platform.token.get_secret_value():
        return well(platform.title, f"off, because {variable} is not set")
    asked = platform.identity()
    try:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as session,
            session.get(asked.url, headers=asked.headers) as response,
        ):
            status = response.status
            if seen:
                seen.answer(date_of(response.headers.get("Date", "")), datetime.now(UTC))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        words = f"cannot be reached ({type(error).__name__})"
        return bad(platform.title, words, "look at the network, and at the platform's own status")
    if status == HTTPStatus.OK:
        return well(platform.title, "the token is good")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        words = f"answers {status} at the moment"
        return warning(platform.title, words, "look again later, and at the platform's own status")
    words = f"refuses {variable} ({status})"
    return bad(platform.title, words, f"copy it again {platform.copied_from}")


async def door_findings(platform: PlatformSettings) -> AsyncIterator[Finding]:
    """Whether the platform reaches our webhook, if it has one."""
    door = platform.door() if platform.token.get_secret_value() else None
    if door is None:
        return
    what = f"{platform.title}'s webhook"
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        yield await _from_outside(session, what, door)
        yield await _as_known(session, what, door)


async def _from_outside(session: aiohttp.ClientSession, what: str, door: Door) -> Finding:
    """Whether we answer there, and refuse callers without the secret."""
    todo = f"let the proxy lead {door.shown} to {door.listens}, and start the bot"
    try:
        async with session.post(door.url, json={}, allow_redirects=False) as response:
            status = response.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        words = f"nobody answers at {door.shown} ({type(error).__name__})"
        return bad(what, words, todo)
    if status != HTTPStatus.UNAUTHORIZED:
        words = f"{door.shown} answers {status} where it should refuse a stranger (401)"
        return bad(what, words, todo)
    return well(what, f"{door.shown} answers, and refuses strangers")


async def _as_known(session: aiohttp.ClientSession, what: str, door: Door) -> Finding:
    """The platform's own report on the webhook."""
    try:
        async with session.get(door.known.url, headers=door.known.headers) as response:
            state = door.read(await response.json(content_type=None))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        words = f"the platform does not say how it is ({type(error).__name__})"
        return warning(what, words, "look again later")
    if state.url != door.url:
        words = "the platform calls another address" if state.url else "the platform calls nobody"
        return warning(what, words, "start the bot, which says where it is; stop others")
    if state.failed_at and datetime.now(UTC) - state.failed_at < LATELY:
        words = f"when the platform called last, it failed: {state.error[:200]}"
        return warning(what, words, "mend the proxy or its certificate")
    if state.waiting > MANY_WAIT:
        return warning(what, f"{state.waiting} updates wait", "see whether the bot runs")
    return well(what, f"the platform calls it, {state.waiting} updates wait")
