"""Access to personal pages: one-time links, sessions, and forms bound to a session."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.store.pages import OpenPage
from bot.web.site import Site

#: How long a session lasts.
OPEN = timedelta(hours=1)
#: The characters of a key that are read.
MOST = 100
_USUAL_PORTS = {"http": ":80", "https": ":443"}
#: The hidden field that binds a form to this session.
CHECK = "check"


@dataclass(frozen=True, slots=True)
class Session:
    """An open session, with the secret that only the browser has."""

    key: str
    page: OpenPage

    @property
    def check(self) -> str:
        """The token in every form of this session."""
        return check_of(self.key)


class ForeignError(Exception):
    """The form came from another site, or from another session."""


class ClosedError(Exception):
    """There is no open session."""


def session_of(request: web.Request, site: Site) -> Session:
    """The session of a request. Raises ClosedError; use it in a worker thread."""
    key = request.cookies.get(cookie_name(site), "")
    page = site.store.pages.session(key[:MOST], site.clock()) if key else None
    if page is None:
        raise ClosedError
    return Session(key[:MOST], page)


def begin(response: web.StreamResponse, key: str, site: Site) -> None:
    """Set the session cookie; no script and no other site ever sees it."""
    age = int(OPEN.total_seconds())
    response.set_cookie(cookie_name(site), key, max_age=age, **kept(site))


def end(response: web.StreamResponse, site: Site) -> None:
    """Delete the session cookie."""
    response.del_cookie(cookie_name(site), **kept(site))


def kept(site: Site) -> dict[str, Any]:
    """The attributes of the session cookie."""
    return {"path": "/", "secure": _is_secure(site), "httponly": True, "samesite": "Strict"}


def check_of(key: str) -> str:
    """The token in a session's forms; it does not reveal the session."""
    return hmac.digest(key.encode(), b"form", "sha256").hex()


def cookie_name(site: Site) -> str:
    """The cookie's name; the __Host- prefix keeps other hosts from setting it."""
    return "__Host-smallprint" if _is_secure(site) else "smallprint"


def refuse_foreign(request: web.Request, site: Site) -> None:
    """Raise ForeignError if another site sent the form, according to two browser headers."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != _origin(site):
        raise ForeignError
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise ForeignError


def refuse_forged(form_check: object, check: str) -> None:
    """Raise ForeignError if a form was not made for the session with this check."""
    given = form_check if isinstance(form_check, str) else ""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), check.encode()):
        raise ForeignError


def _is_secure(site: Site) -> bool:
    return site.base.startswith("https://")


def _origin(site: Site) -> str:
    """The origin of the site as browsers send it: lower-case, without the default port."""
    parts = urlsplit(site.base)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host.removesuffix(_USUAL_PORTS[parts.scheme])}"
