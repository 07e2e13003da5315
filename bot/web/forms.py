"""Parsing of submitted forms, with one content type and a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import web

#: Seconds within which a form must arrive.
FORM_SECONDS = 10.0


async def form_of(request: web.Request) -> Mapping[str, Any]:
    """The fields of a form, which need not be text. Raises HTTPException."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        async with asyncio.timeout(FORM_SECONDS):
            return await request.post()
    except (ValueError, LookupError):
        raise web.HTTPBadRequest from None
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
