"""The public web server: the catalogue as open data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256

from aiohttp import web

from bot.catalogue import Catalogue, export

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
#: For so long a copy is good: the catalogue changes with a release.
FRESH_SECONDS = 3600


def application(known: Catalogue) -> web.Application:
    """`/catalogue.json`, and the form of a service in it at `/service.schema.json`."""
    app = web.Application()
    document = export.written(export.document(known))
    app.router.add_get("/catalogue.json", _document(document, LICENCE_URL))
    app.router.add_get("/service.schema.json", _document(export.written(export.schema())))
    return app


def _document(text: str, licence: str = "") -> Callable[[web.Request], Awaitable[web.Response]]:
    """A JSON document that does not change while we run, sent to those who do not have it yet."""
    body = text.encode()
    tag = sha256(body).hexdigest()[:32]
    headers = {
        "Cache-Control": f"public, max-age={FRESH_SECONDS}",
        "ETag": f'"{tag}"',
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
    }
    if licence:
        headers["Link"] = f'<{licence}>; rel="license"'

    async def answer(request: web.Request) -> web.Response:
        """The document, or 304 for who has it."""
        known = [etag.value for etag in request.if_none_match or ()]
        if tag in known or "*" in known:
            return web.Response(status=304, headers=headers)
        response = web.Response(
            body=body, content_type="application/json", charset="utf-8", headers=headers
        )
        response.enable_compression()
        return response

    return answer
