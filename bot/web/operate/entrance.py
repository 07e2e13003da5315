"""Access to the operator's pages: the token, rate-limited attempts, and sessions."""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.store.operators import shown
from bot.store.pages import new_key
from bot.web import access
from bot.web.access import MOST, ClosedError
from bot.web.site import Site

#: How long a session lasts.
OPEN = timedelta(hours=8)
#: The most wrong tokens from one address in this many seconds.
TRIES = 5
TRIES_SECONDS = 60.0
#: The most addresses remembered; the one silent for longest is forgotten first.
ADDRESSES_KEPT = 10_000


class TooOftenError(Exception):
    """There were too many wrong tokens from that address."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An open session of an operator, with the secret that only the browser has."""

    key: str

    @property
    def check(self) -> str:
        """The token in every form of this session."""
        return access.check_of(self.key)

    @property
    def who(self) -> str:
        """The name of the session in the record."""
        return shown(self.key)


class Entrance:
    """Checks tokens and keeps sessions."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    @property
    def is_there(self) -> bool:
        """Whether this instance has operator's pages at all."""
        return bool(self._site.admin_token)

    def open(self, token: str, peer: str) -> Desk | None:
        """A new session for the right token, else None. Use it in a worker thread.

        Raises TooOftenError even for the right token, so that guessing reveals nothing.
        """
        tries = self._tries.pop(peer, deque(maxlen=TRIES))
        self._tries[peer] = tries
        if len(self._tries) > ADDRESSES_KEPT:
            self._tries.popitem(last=False)
        now = time.monotonic()
        if len(tries) == TRIES and now - tries[0] < TRIES_SECONDS:
            raise TooOftenError
        if not is_same(token, self._site.admin_token):
            tries.append(now)
            return None
        desk, opened = Desk(new_key()), self._site.clock()
        self._site.store.operators.open(self._sealed(desk.key), opened + OPEN, opened)
        return desk

    def desk(self, request: web.Request) -> Desk:
        """The session of a request. Raises ClosedError; use it in a worker thread."""
        key = request.cookies.get(self.cookie, "")[:MOST]
        is_open = self._site.store.operators.is_open
        if not key or not is_open(self._sealed(key), self._site.clock()):
            raise ClosedError
        return Desk(key)

    def close(self, desk: Desk) -> None:
        """End a session. Raises StoreError."""
        self._site.store.operators.close(self._sealed(desk.key))

    def _sealed(self, key: str) -> str:
        """The stored form of a session key, keyed by the token: a new token ends all sessions."""
        return hmac.digest(self._site.admin_token.encode(), key.encode(), "sha256").hex()

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return access.cookie_name(self._site) + "-operator"

    def begin(self, response: web.StreamResponse, desk: Desk) -> None:
        """Set the session cookie; no script and no other site ever sees it."""
        age = int(OPEN.total_seconds())
        response.set_cookie(self.cookie, desk.key, max_age=age, **access.kept(self._site))

    def end(self, response: web.StreamResponse) -> None:
        """Delete the session cookie."""
        response.del_cookie(self.cookie, **access.kept(self._site))


def is_same(given: str, right: str) -> bool:
    """Whether a secret is right, compared in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
