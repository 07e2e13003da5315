"""Error handling and security headers of all responses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from bot import locales
from bot.locales import _
from bot.runtime.metrics import PAGES, timed
from bot.store import StoreError
from bot.web import api, html
from bot.web.access import ClosedError, ForeignError
from bot.web.answers import PRIVATE, SECURITY, Answer, BusyError
from bot.web.asked import read
from bot.web.site import Site

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class NothingError(Exception):
    """There is nothing at this address (404)."""


def guard(site: Site) -> Any:
    """A middleware that handles all errors and sets the security headers."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request."""
        with timed(PAGES, pattern_of(request)):
            try:
                response = await handler(request)
            except Exception as error:  # noqa: BLE001 - whatever it is, who asked gets words
                response = _sorry(request, site, error)
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        return response

    return guarded


def pattern_of(request: web.Request) -> str:
    """The route pattern of a request, because its address can contain a secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


def _status(error: Exception, path: str) -> int:
    """The status of an error; internal errors are logged."""
    match error:
        case NothingError():
            return 404
        case web.HTTPException():
            return error.status
        case BusyError():
            return 503
        case ForeignError() | ClosedError():
            return 403
        case StoreError():
            log.error("web.failed", path=path, why=str(error))
        case _:
            log.error("web.failed", path=path, exc_info=error)
    return 500


def _sorry(request: web.Request, site: Site, error: Exception) -> web.Response:
    """An error response, for people or for programs."""
    status = _status(error, pattern_of(request))
    asked = read(request)
    with locales.speaking(asked.language):
        said = _closed() if isinstance(error, ClosedError) else _words(status)
        if request.path.startswith("/api/"):
            answer = api.problem(said, status)
        else:
            named = {"title": said, "said": "", "address": "/"}
            answer = Answer.of(html.page("message.html", asked, site=site, **named), status=status)
    headers = dict(PRIVATE)
    if isinstance(error, web.HTTPMethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    if isinstance(error, BusyError):
        headers["Retry-After"] = "2"
    return answer.to(request, headers)


def _words(status: int) -> str:
    match status:
        case 404:
            return _("There is nothing at this address.")
        case 403:
            return _("This was not sent by your own page. Open it anew and try again.")
        case 503:
            return _("Too much is asked of me at the moment. Please try again in a few seconds.")
        case 500:
            return _("Something went wrong on my side; it has been noted.")
        case _:
            return _("This address does not take that.")


def _closed() -> str:
    return _(
        "This page is not open: the link was used, or is too old. Say /page in your chat with me "
        "for a new one."
    )
