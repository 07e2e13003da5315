"""The routes of the operator's pages; no cache keeps any of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web

from bot.rate_limit import Flood
from bot.watch.announcement import AnnouncementError, draft
from bot.web import html
from bot.web.access import CHECK, ClosedError, refuse_foreign, refuse_forged
from bot.web.answers import PRIVATE, Answer, Answers
from bot.web.asked import Asked
from bot.web.errors import Handler, NothingError
from bot.web.forms import form_of
from bot.web.operate.deeds import DEEDS, do
from bot.web.operate.entrance import Desk, Entrance, TooOftenError
from bot.web.operate.views import VIEWS
from bot.web.site import Site

log = structlog.get_logger()

ROOT = "/admin"
#: Operators read English, like the log.
ASKED = Asked("en", "", "")
#: Names of the local machine in a browser.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
#: The most sessions whose confirmations are kept.
MOST_DESKS = 100
#: The characters of a field that are read.
MOST = 10_000
#: The page that follows each action.
_BEHIND = {"send again": "queue", "announce": "announce"}


class OperatorPages:
    """Handlers for the operator."""

    def __init__(self, site: Site, answers: Answers) -> None:
        self._site = site
        self._answers = answers
        self._entrance = Entrance(site)
        self._flood = Flood()
        #: Confirmations, until the page after the press is shown.
        self._said: dict[str, str] = {}

    def add_to(self, app: web.Application) -> None:
        """Add the routes, if there is a token."""
        if not self._entrance.is_there:
            return
        app.router.add_get(ROOT, self.show)
        for path in ("/", "/login", "/logout", "/draft", "/do"):
            app.router.add_get(ROOT + path, _home)
        app.router.add_get(f"{ROOT}/{{page}}", self.show)
        app.router.add_post(f"{ROOT}/login", self.open)
        for name, press in (("logout", self.leave), ("draft", self.draft), ("do", self.do)):
            app.router.add_post(f"{ROOT}/{name}", self._or_door(press))

    async def show(self, request: web.Request) -> web.Response:
        """A page, or the login if there is no session."""
        try:
            desk = await self._desk(request)
        except ClosedError:
            return self._door(request, "")
        name = request.match_info.get("page", "overview")
        said = self._said.pop(desk.who, "")
        return await self._shown(request, desk, name, said, _clean(request.query))

    async def open(self, request: web.Request) -> web.Response:
        """Log in with the token."""
        self._refuse_foreign(request)
        form = _clean(await form_of(request))
        peer = request.remote or ""
        try:
            desk = await self._answers.fresh(
                lambda: self._entrance.open(form.get("token", ""), peer)
            )
        except TooOftenError:
            return self._door(request, "Too many tries. Wait a minute, please.", 429)
        await self._note(desk.who if desk else "", "login" if desk else "login refused", "")
        if desk is None:
            log.warning("operator.refused")
            return self._door(request, "That is not the token.", 403)
        log.info("operator.came", who=desk.who)
        response = web.Response(status=303, headers={"Location": ROOT, **PRIVATE})
        self._entrance.begin(response, desk)
        return response

    async def leave(self, request: web.Request) -> web.Response:
        """Log out."""
        desk, _form = await self._form(request)
        await self._answers.fresh(lambda: self._entrance.close(desk))
        await self._note(desk.who, "logout", "")
        response = web.Response(status=303, headers={"Location": ROOT, **PRIVATE})
        self._entrance.end(response)
        return response

    async def draft(self, request: web.Request) -> web.Response:
        """Count the recipients of an announcement, and show it as typed."""
        desk, form = await self._form(request)
        return await self._drafted(request, desk, form.get("text", ""), "")

    async def do(self, request: web.Request) -> web.Response:
        """Perform an action, and redirect to its page."""
        desk, form = await self._form(request)
        name = form.get("do", "")
        if name not in DEEDS:
            raise web.HTTPBadRequest
        try:
            said = await self._answers.fresh(lambda: do(name, form, desk.who, self._site))
        except AnnouncementError as error:
            return await self._drafted(request, desk, form.get("text", ""), str(error))
        log.info("operator.did", who=desk.who, did=name)
        # Reloading that page performs nothing again.
        if len(self._said) >= MOST_DESKS:
            self._said.clear()
        self._said[desk.who] = said
        headers = {"Location": f"{ROOT}/{_BEHIND.get(name, 'sources')}", **PRIVATE}
        return web.Response(status=303, headers=headers)

    # -- shared steps

    def _or_door(self, press: Handler) -> Handler:
        """A handler that shows the login if the session is over."""

        async def handle(request: web.Request) -> web.StreamResponse:
            """Handle the press."""
            try:
                return await press(request)
            except ClosedError:
                return self._door(request, "You are not logged in any more.", 403)

        return handle

    async def _desk(self, request: web.Request) -> Desk:
        return await self._answers.fresh(lambda: self._entrance.desk(request))

    async def _form(self, request: web.Request) -> tuple[Desk, Mapping[str, str]]:
        """The session, and the fields of a form that belongs to it.

        Raises ForeignError, ClosedError and HTTPException.
        """
        self._refuse_foreign(request)
        desk = await self._desk(request)
        form = _clean(await form_of(request))
        refuse_forged(form.get(CHECK), desk.check)
        if not self._flood.takes(desk.who):
            raise web.HTTPTooManyRequests
        return desk, form

    def _refuse_foreign(self, request: web.Request) -> None:
        """Raise ForeignError for a form of another site.

        Through a tunnel, the site is at a loopback address of the operator's machine. The Host
        header is then what the browser there asked for, and no other site has such a name.
        """
        here = request.host.rpartition(":")[0] or request.host
        if here in LOOPBACK and request.headers.get("Origin") == f"http://{request.host}":
            return
        refuse_foreign(request, self._site)

    async def _drafted(
        self, request: web.Request, desk: Desk, text: str, said: str
    ) -> web.Response:
        """The announcement page with the text as typed, and its recipients if it is valid."""
        made = None
        try:
            made = await self._answers.fresh(lambda: draft(text, self._site.store))
        except AnnouncementError as error:
            said = str(error)
        return await self._shown(request, desk, "announce", said, {}, draft=made, text=text)

    async def _shown(
        self,
        request: web.Request,
        desk: Desk,
        name: str,
        said: str,
        query: Mapping[str, str],
        **more: Any,
    ) -> web.Response:
        """A page in its current state. Raises NothingError if there is none of that name."""
        if name not in VIEWS:
            raise NothingError
        title, view = VIEWS[name]

        def build() -> Answer:
            """Render the page."""
            values = {**view(self._site, query), **more}
            return _page(name, title, said=said, desk=desk, **values)

        return (await self._answers.fresh(build)).to(request, PRIVATE)

    def _door(self, request: web.Request, said: str, status: int = 200) -> web.Response:
        page = html.page(
            "operate/login.html", ASKED, said=said, title="Operator", name="", desk=None
        )
        headers = {**PRIVATE, "Retry-After": "60"} if status == 429 else PRIVATE
        return Answer.of(page, status=status).to(request, headers)

    async def _note(self, who: str, did: str, what: str) -> None:
        note, now = self._site.store.operators.note, self._site.clock()
        await self._answers.fresh(lambda: note(who, did, what, now))


async def _home(_request: web.Request) -> web.Response:
    """Redirect from a form's address, which has no page."""
    return web.Response(status=303, headers={"Location": ROOT, **PRIVATE})


def _clean(fields: Mapping[str, Any]) -> dict[str, str]:
    """The fields that are text, without characters that no database stores."""
    found = {}
    for name, value in fields.items():
        if isinstance(value, str):
            found[name] = value[:MOST].replace("\0", "").encode("utf-8", "replace").decode()
    return found


def _page(name: str, title: str, **values: Any) -> Answer:
    menu = [(each, words) for each, (words, _view) in VIEWS.items()]
    made = html.page(
        f"operate/{name}.html", ASKED, name=name, title=title, menu=menu, root=ROOT, **values
    )
    return Answer.of(made)
