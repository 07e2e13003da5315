"""The addresses of somebody's own page and feeds: nothing of them is kept by anybody between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot import locales
from bot.locales import _
from bot.message import File, Message
from bot.model import Address
from bot.web import access, feeds, html
from bot.web.access import MOST, ClosedError, Session, refuse_foreign, refuse_forged
from bot.web.answers import PRIVATE, Answer, Answers
from bot.web.asked import Asked, read
from bot.web.dates import dates
from bot.web.own_page import Chat, Moment, chat_of, in_own_language, own_page, request_of
from bot.web.site import Site
from bot.web.wishes import lines_of

#: Lines that one form may stand for.
MOST_LINES = 12


class OwnPages:
    """Handlers for who has a link, a session or an address of their own."""

    def __init__(self, site: Site, answers: Answers) -> None:
        self._site = site
        self._answers = answers

    def add_to(self, app: web.Application) -> None:
        """Serve them."""
        app.router.add_get("/page/{key}", self.offer)
        app.router.add_post("/page/{key}", self.open)
        app.router.add_get("/me", self.show)
        app.router.add_post("/me", self.do)
        app.router.add_post("/me/export", self.export)
        app.router.add_post("/me/feed", self.feed)
        app.router.add_post("/me/leave", self.leave)
        for name in ("feed.atom", "feed.json", "dates.ics"):
            app.router.add_get(f"/mine/{{key}}/{name}", self.mine)

    async def offer(self, request: web.Request) -> web.Response:
        """Ask before a link is used up: chats look at links by themselves."""
        key, asked, site = request.match_info["key"][:MOST], read(request), self._site

        def build() -> Answer:
            """Show the button that opens the page."""
            with locales.speaking(asked.language):
                if not site.store.pages.is_offered(key, site.clock()):
                    return _closed(asked, site)
                page = html.page("open.html", asked, site=site, key=key, address="/")
                return Answer.of(page)

        return (await self._answers.fresh(build)).to(request, PRIVATE)

    async def open(self, request: web.Request) -> web.Response:
        """Use a link up; the page is open for an hour."""
        refuse_foreign(request, self._site)
        asked, site, session = read(request), self._site, access.new_key()
        key = request.match_info["key"][:MOST]
        now = site.clock()
        until = now + access.OPEN
        opened = await self._answers.fresh(lambda: site.store.pages.open(key, session, until, now))
        if not opened:
            return self._sorry(request)
        response = web.Response(status=303, headers={"Location": asked.to("/me"), **PRIVATE})
        access.begin(response, session, site)
        return response

    async def show(self, request: web.Request) -> web.Response:
        """The page as things stand."""
        try:
            session = await self._session(request)
        except ClosedError:
            return self._sorry(request)
        return await self._page(request, session, [])

    async def do(self, request: web.Request) -> web.Response:
        """Say what was pressed, as in the chat, and show what that changed."""
        session, form = await self._form(request)
        if session is None:
            return self._sorry(request)
        chat, asked = await self._read(request, session)
        lines = lines_of(form, chat.settings, chat.followed, self._site.known.names)
        said = [await self._say(line, session, chat, asked) for line in lines[:MOST_LINES]]
        for each in said:
            if each.file is not None:
                return _download(each.file)
        return await self._page(request, session, said)

    async def export(self, request: web.Request) -> web.Response:
        """A file of all that is kept."""
        session, _form = await self._form(request)
        if session is None:
            return self._sorry(request)
        chat, asked = await self._read(request, session)
        said = await self._say("export", session, chat, asked)
        if said.file is None:
            return await self._page(request, session, [said])
        return _download(said.file)

    async def feed(self, request: web.Request) -> web.Response:
        """Give one's own feeds a new address, which is shown once, or give it up."""
        session, form = await self._form(request)
        if session is None:
            return self._sorry(request)
        address, pages, key = session.page.address, self._site.store.pages, ""
        if form.get("feed") == "drop":
            await self._answers.fresh(lambda: pages.drop_feed(address))
        else:
            key = access.new_key()
            now = self._site.clock()
            await self._answers.fresh(lambda: pages.offer_feed(address, key, now))
        return await self._page(request, session, [], key)

    async def leave(self, request: web.Request) -> web.Response:
        """Close the page."""
        session, _form = await self._form(request)
        if session is not None:
            key = session.key
            await self._answers.fresh(lambda: self._site.store.pages.close(key))
        headers = {"Location": read(request).to("/"), **PRIVATE}
        response = web.Response(status=303, headers=headers)
        access.end(response, self._site)
        return response

    async def mine(self, request: web.Request) -> web.Response:
        """The stories and dates of what a chat follows, for its own feed reader or calendar."""
        site, asked = self._site, read(request)
        key = request.match_info["key"][:MOST]

        def build() -> Answer | None:
            """Make the feed; None where nobody has this address."""
            address = site.store.pages.of_feed(key, site.clock())
            if address is None:
                return None
            with locales.speaking(asked.language):
                return _own_feed(request.path, address, asked, site)

        made = await self._answers.fresh(build)
        if made is None:
            raise web.HTTPNotFound
        return made.to(request)

    # -- steps of several

    async def _form(self, request: web.Request) -> tuple[Session | None, Any]:
        """The session and the fields of a form that was made for it. Raises ForeignError."""
        refuse_foreign(request, self._site)
        form = await request.post()
        try:
            session = await self._session(request)
        except ClosedError:
            return None, form
        refuse_forged(form.get(access.CHECK), session)
        return session, _Fields(form)

    async def _session(self, request: web.Request) -> Session:
        """The session of a request. Raises ClosedError."""
        return await self._answers.fresh(lambda: access.session_of(request, self._site))

    async def _read(self, request: web.Request, session: Session) -> tuple[Chat, Asked]:
        asked = read(request)
        chat = await self._answers.fresh(lambda: chat_of(session, asked, self._site))
        return chat, in_own_language(asked, chat.settings)

    async def _say(self, line: str, session: Session, chat: Chat, asked: Asked) -> Message:
        return await self._site.dispatch(request_of(line, session, chat.settings, asked))

    async def _page(
        self, request: web.Request, session: Session, said: list[Message], feed: str = ""
    ) -> web.Response:
        """The page with what was just answered."""
        chat, asked = await self._read(request, session)
        checklist = None
        if chat.subscriptions:
            checklist = await self._say("checklist", session, chat, asked)

        def build() -> Answer:
            """Render it."""
            with locales.speaking(asked.language):
                moment = Moment(said, checklist, feed)
                return Answer.of(own_page(session, chat, moment, asked, self._site))

        return (await self._answers.fresh(build)).to(request, PRIVATE)

    def _sorry(self, request: web.Request) -> web.Response:
        asked = read(request)
        with locales.speaking(asked.language):
            return _closed(asked, self._site).to(request, PRIVATE)


class _Fields:
    """The fields of a form that are text."""

    def __init__(self, form: Any) -> None:
        self._form = form

    def get(self, name: str, default: str = "") -> str:
        """One value."""
        value = self._form.get(name, default)
        return value if isinstance(value, str) else default

    def getall(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """All values."""
        return [each for each in self._form.getall(name, default) if isinstance(each, str)]


def _own_feed(path: str, address: Address, asked: Asked, site: Site) -> Answer:
    """One of the feeds of a chat: of what it follows and nothing else."""
    services = [each.service for each in site.store.subscriptions.of(address)]
    title = _("Smallprint: what you follow")
    if path.endswith(".ics"):
        return dates(asked, site, services or ["-"], mine=True)
    found = feeds.stories_for(asked, site, services) if services else []
    make: Callable[..., Answer] = feeds.atom if path.endswith(".atom") else feeds.json_feed
    return make(asked, site, found, path, title)


def _closed(asked: Asked, site: Site) -> Answer:
    """That there is no open page, and how to get one."""
    said = _(
        "This page is not open: the link was used, or is too old. Say /page in your chat with me "
        "for a new one."
    )
    title = _("Your page")
    page = html.page("message.html", asked, site=site, title=title, said=said, address="/")
    return Answer.of(page, status=403)


def _download(file: File) -> web.Response:
    """A file to keep, never shown in place."""
    name = "".join(each for each in file.name if each.isalnum() or each in "-_.")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **PRIVATE}
    return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)
