"""What opens somebody's own page: links that work once, sessions, and forms that are its own."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.store.pages import OpenPage
from bot.web.site import Site

#: How long a page stays open.
OPEN = timedelta(hours=1)
#: Characters that are read of a key.
MOST = 100
_USUAL_PORTS = {"http": ":80", "https": ":443"}
#: The hidden field with which a form shows that it was made for this session.
CHECK = "check"


@dataclass(frozen=True, slots=True)
class Session:
    """An open page, by the secret that only the browser has."""

    key: str
    page: OpenPage

    @property
    def check(self) -> str:
        """What every form of this session carries."""
        return check_of(self.key)


class ForeignError(Exception):
    """Another site sent this, or another session's form."""


class ClosedError(Exception):
    """There is no open page."""


def session_of(request: web.Request, site: Site) -> Session:
    """The session of a request. Raises ClosedError; use it in a worker thread."""
    key = request.cookies.get(cookie_name(site), "")
    page = site.store.pages.session(key[:MOST], site.clock()) if key else None
    if page is None:
        raise ClosedError
    return Session(key[:MOST], page)


def begin(response: web.StreamResponse, key: str, site: Site) -> None:
    """Give the browser its session; no script and no other site ever sees it."""
    age = int(OPEN.total_seconds())
    response.set_cookie(cookie_name(site), key, max_age=age, **kept(site))


def end(response: web.StreamResponse, site: Site) -> None:
    """Take the session from the browser."""
    response.del_cookie(cookie_name(site), **kept(site))


def kept(site: Site) -> dict[str, Any]:
    """How browsers keep what opens a page."""
    return {"path": "/", "secure": _is_secure(site), "httponly": True, "samesite": "Strict"}


def check_of(key: str) -> str:
    """What the forms of a session carry: who has it does not have the session."""
    return hmac.digest(key.encode(), b"form", "sha256").hex()


def cookie_name(site: Site) -> str:
    """The cookie's name; with this prefix no other host can set one in its place."""
    return "__Host-smallprint" if _is_secure(site) else "smallprint"


def refuse_foreign(request: web.Request, site: Site) -> None:
    """Raise ForeignError where another site sent a form; browsers say so in two headers."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != _origin(site):
        raise ForeignError
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise ForeignError


def refuse_forged(form_check: object, check: str) -> None:
    """Raise ForeignError where a form was not made for the session with this check."""
    given = form_check if isinstance(form_check, str) else ""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), check.encode()):
        raise ForeignError


def _is_secure(site: Site) -> bool:
    return site.base.startswith("https://")


def _origin(site: Site) -> str:
    """The site as browsers name it: in small letters, without the usual port."""
    parts = urlsplit(site.base)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host.removesuffix(_USUAL_PORTS[parts.scheme])}"
