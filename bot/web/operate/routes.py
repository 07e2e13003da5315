"""The addresses of the operator's pages: nothing of them is kept by anybody between."""

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
#: What a browser calls the machine on which it runs.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
#: Sessions for which words are kept.
MOST_DESKS = 100
#: Characters that are read of one field.
MOST = 10_000
#: The page behind each deed.
_BEHIND = {"send again": "queue", "announce": "announce"}


class OperatorPages:
    """Handlers for who has the operator's token."""

    def __init__(self, site: Site, answers: Answers) -> None:
        self._site = site
        self._answers = answers
        self._entrance = Entrance(site)
        self._flood = Flood()
        #: What was done, until the page behind the press is shown.
        self._said: dict[str, str] = {}

    def add_to(self, app: web.Application) -> None:
        """Serve them, where there is a token."""
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
        """A page, or the door where it is shut."""
        try:
            desk = await self._desk(request)
        except ClosedError:
            return self._door(request, "")
        name = request.match_info.get("page", "overview")
        said = self._said.pop(desk.who, "")
        return await self._shown(request, desk, name, said, _clean(request.query))

    async def open(self, request: web.Request) -> web.Response:
        """Let in who has the token."""
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
        """Shut the door."""
        desk, _form = await self._form(request)
        await self._answers.fresh(lambda: self._entrance.close(desk))
        await self._note(desk.who, "logout", "")
        response = web.Response(status=303, headers={"Location": ROOT, **PRIVATE})
        self._entrance.end(response)
        return response

    async def draft(self, request: web.Request) -> web.Response:
        """Count whom an announcement would reach, and show it as it was typed."""
        desk, form = await self._form(request)
        return await self._drafted(request, desk, form.get("text", ""), "")

    async def do(self, request: web.Request) -> web.Response:
        """Do what was pressed, and show the page as it is then."""
        desk, form = await self._form(request)
        name = form.get("do", "")
        if name not in DEEDS:
            raise web.HTTPBadRequest
        try:
            said = await self._answers.fresh(lambda: do(name, form, desk.who, self._site))
        except AnnouncementError as error:
            return await self._drafted(request, desk, form.get("text", ""), str(error))
        log.info("operator.did", who=desk.who, did=name)
        # To load that page again presses nothing.
        if len(self._said) >= MOST_DESKS:
            self._said.clear()
        self._said[desk.who] = said
        headers = {"Location": f"{ROOT}/{_BEHIND.get(name, 'sources')}", **PRIVATE}
        return web.Response(status=303, headers=headers)

    # -- steps of several

    def _or_door(self, press: Handler) -> Handler:
        """A press, or the door where the session is over."""

        async def handle(request: web.Request) -> web.StreamResponse:
            """Answer it."""
            try:
                return await press(request)
            except ClosedError:
                return self._door(request, "You are not logged in any more.", 403)

        return handle

    async def _desk(self, request: web.Request) -> Desk:
        return await self._answers.fresh(lambda: self._entrance.desk(request))

    async def _form(self, request: web.Request) -> tuple[Desk, Mapping[str, str]]:
        """The open pages, and a form that was made for them.

        Raises ForeignError, ClosedError, HTTPException.
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

        Who comes through a tunnel has the site at an address of their own machine: its name in the
        request is what a browser there asked, and no other site has such a name.
        """
        here = request.host.rpartition(":")[0] or request.host
        if here in LOOPBACK and request.headers.get("Origin") == f"http://{request.host}":
            return
        refuse_foreign(request, self._site)

    async def _drafted(
        self, request: web.Request, desk: Desk, text: str, said: str
    ) -> web.Response:
        """An announcement as it was typed, counted where it can be one."""
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
        """A page as things stand. Raises NothingError where there is none of that name."""
        if name not in VIEWS:
            raise NothingError
        title, view = VIEWS[name]

        def build() -> Answer:
            """Render it."""
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
    """Where a form was sent to, there is no page."""
    return web.Response(status=303, headers={"Location": ROOT, **PRIVATE})


def _clean(fields: Mapping[str, Any]) -> dict[str, str]:
    """The fields that are text, without what no database takes."""
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
