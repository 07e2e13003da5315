"""Who may see the operator's pages: the token, few tries, and sessions with forms of their own."""

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

#: How long the pages stay open.
OPEN = timedelta(hours=8)
#: So many wrong tokens from one address in so many seconds; then it waits.
TRIES = 5
TRIES_SECONDS = 60.0
#: Addresses that are remembered; the one that was silent for longest goes first.
ADDRESSES_KEPT = 10_000


class TooOftenError(Exception):
    """Too many wrong tokens came from there."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The open pages of an operator, by the secret that only the browser has."""

    key: str

    @property
    def check(self) -> str:
        """What every form of this session carries."""
        return access.check_of(self.key)

    @property
    def who(self) -> str:
        """How the record names it."""
        return shown(self.key)


class Entrance:
    """Lets in who has the token."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    @property
    def is_there(self) -> bool:
        """Whether there are such pages at all."""
        return bool(self._site.admin_token)

    def open(self, token: str, peer: str) -> Desk | None:
        """The pages of who has the token; None for another. Use it in a worker thread.

        Raises TooOftenError, also for the right one: who guesses learns nothing.
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
        """The open pages of a request. Raises ClosedError; use it in a worker thread."""
        key = request.cookies.get(self.cookie, "")[:MOST]
        is_open = self._site.store.operators.is_open
        if not key or not is_open(self._sealed(key), self._site.clock()):
            raise ClosedError
        return Desk(key)

    def close(self, desk: Desk) -> None:
        """End a session. Raises StoreError."""
        self._site.store.operators.close(self._sealed(desk.key))

    def _sealed(self, key: str) -> str:
        """What is kept of a session: another token opens none of those that this one did."""
        return hmac.digest(self._site.admin_token.encode(), key.encode(), "sha256").hex()

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return access.cookie_name(self._site) + "-operator"

    def begin(self, response: web.StreamResponse, desk: Desk) -> None:
        """Give the browser its session; no script and no other site ever sees it."""
        age = int(OPEN.total_seconds())
        response.set_cookie(self.cookie, desk.key, max_age=age, **access.kept(self._site))

    def end(self, response: web.StreamResponse) -> None:
        """Take it back."""
        response.del_cookie(self.cookie, **access.kept(self._site))


def is_same(given: str, right: str) -> bool:
    """Whether a secret is the right one, in the same time whatever it is."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
