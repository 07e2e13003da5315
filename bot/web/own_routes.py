"""The routes of personal pages and feeds; no shared cache keeps any of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from bot import locales
from bot.locales import _
from bot.message import File, Message
from bot.model import Address
from bot.render.blocks import say
from bot.store.pages import new_key
from bot.web import access, feeds, html
from bot.web.access import MOST, ClosedError, Session, refuse_foreign, refuse_forged
from bot.web.answers import PRIVATE, Answer, Answers, BusyError
from bot.web.asked import Asked, read
from bot.web.dates import dates
from bot.web.errors import NothingError
from bot.web.follower import follower_of
from bot.web.forms import form_of
from bot.web.own_page import Chat, Moment, brief, chat_of, in_own_language, own_page, request_of
from bot.web.site import Site
from bot.web.start_page import coming_for
from bot.web.wishes import lines_of

#: Seconds between two attempts to show the page after a press.
PATIENCE_SECONDS = 0.2


class OwnPages:
    """Handlers for those with a one-time link, a session or a personal feed."""

    def __init__(self, site: Site, answers: Answers) -> None:
        self._site = site
        self._answers = answers

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
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
        """Ask before a link is used up, because chat apps open links for previews."""
        key, asked, site = request.match_info["key"][:MOST], read(request), self._site

        def build() -> Answer:
            """Show the button that opens the page. Raises ClosedError if the link is invalid."""
            if not site.store.pages.is_offered(key, site.clock()):
                raise ClosedError
            with locales.speaking(asked.language):
                return Answer.of(html.page("open.html", asked, site=site, key=key, address="/"))

        return (await self._answers.fresh(build)).to(request, PRIVATE)

    async def open(self, request: web.Request) -> web.Response:
        """Use up a link and start a session of an hour."""
        refuse_foreign(request, self._site)
        asked, site, session = read(request), self._site, new_key()
        key = request.match_info["key"][:MOST]
        now = site.clock()
        until = now + access.OPEN
        if not await self._answers.fresh(lambda: site.store.pages.open(key, session, until, now)):
            raise ClosedError
        response = web.Response(status=303, headers={"Location": asked.to("/me"), **PRIVATE})
        access.begin(response, session, site)
        return response

    async def show(self, request: web.Request) -> web.Response:
        """The page in its current state."""
        session = await self._session(request)
        return (await self._answers.fresh(await self._page(request, session))).to(request, PRIVATE)

    async def do(self, request: web.Request) -> web.Response:
        """Run the commands of a form, as in the chat, and show the result."""
        session, form = await self._form(request)
        chat, asked = await self._read(request, session)
        lines = lines_of(form, chat.settings, chat.followed, self._site.known.names)
        said = await self._say(lines, session, chat, asked)
        for each in said:
            if each.file is not None:
                return _download(each.file)
        if form.get("about"):
            said = brief(said)
        return await self._shown(request, Moment(said))

    async def export(self, request: web.Request) -> web.Response:
        """A download of everything that is kept."""
        session, _form = await self._form(request)
        chat, asked = await self._read(request, session)
        [said] = await self._say(["export"], session, chat, asked)
        if said.file is None:
            return await self._shown(request, Moment([said]))
        return _download(said.file)

    async def feed(self, request: web.Request) -> web.Response:
        """Give the personal feeds a new address, which is shown once, or remove it."""
        session, form = await self._form(request)
        address, pages, key = session.page.address, self._site.store.pages, ""
        if form.get("feed") == "drop":
            await self._answers.fresh(lambda: pages.drop_feed(address))
        else:
            key, now = new_key(), self._site.clock()
            await self._answers.fresh(lambda: pages.offer_feed(address, key, now))
        return await self._shown(request, Moment(feed=key))

    async def leave(self, request: web.Request) -> web.Response:
        """End the session."""
        session, _form = await self._form(request)
        await self._answers.fresh(lambda: self._site.store.pages.close(session.key))
        headers = {"Location": read(request).to("/"), **PRIVATE}
        response = web.Response(status=303, headers=headers)
        access.end(response, self._site)
        return response

    async def mine(self, request: web.Request) -> web.Response:
        """The personal feed or calendar of what a chat follows."""
        site, key, path = self._site, request.match_info["key"][:MOST], request.path

        def build() -> Answer:
            """Make the feed. Raises NothingError if nobody has this address."""
            address = site.store.pages.of_feed(key, site.clock())
            if address is None:
                raise NothingError
            return _own_feed(path, address, site)

        return (await self._answers.fresh(build)).to(request)

    # -- shared steps

    async def _session(self, request: web.Request) -> Session:
        """The session of a request. Raises ClosedError."""
        return await self._answers.fresh(lambda: access.session_of(request, self._site))

    async def _form(self, request: web.Request) -> tuple[Session, _Fields]:
        """The session, and the fields of a form that was made for it.

        Nothing is read without a session. Raises ForeignError, ClosedError and HTTPException.
        """
        refuse_foreign(request, self._site)
        session = await self._session(request)
        form = await form_of(request)
        refuse_forged(form.get(access.CHECK), session.check)
        return session, _Fields(form)

    async def _read(self, request: web.Request, session: Session) -> tuple[Chat, Asked]:
        asked = read(request)
        chat = await self._answers.fresh(lambda: chat_of(session, asked, self._site))
        return chat, in_own_language(asked, chat.settings)

    async def _say(
        self,
        lines: Sequence[str],
        session: Session,
        chat: Chat,
        asked: Asked,
        looks: bool = False,
    ) -> list[Message]:
        """The answers to lines, or that nothing has changed if there are none."""
        if not lines:
            with locales.speaking(asked.language):
                return [say(_("Nothing has changed yet."))]
        requests = [request_of(line, session, chat.settings, asked, looks) for line in lines]
        return await self._site.dispatch(requests)

    async def _shown(self, request: web.Request, moment: Moment) -> web.Response:
        """The page after a press; because the press is done, this waits as long as needed."""
        while True:
            try:
                session = await self._session(request)
                build = await self._page(request, session, moment)
                return (await self._answers.fresh(build)).to(request, PRIVATE)
            except BusyError:
                await asyncio.sleep(PATIENCE_SECONDS)
            except ClosedError:
                return self._erased(request, moment)

    async def _page(
        self,
        request: web.Request,
        session: Session,
        moment: Moment = Moment(),  # noqa: B008
    ) -> Callable[[], Answer]:
        """A function that renders the page with the last answers."""
        chat, asked = await self._read(request, session)
        if chat.subscriptions:
            [checklist] = await self._say(["checklist"], session, chat, asked, looks=True)
            moment = replace(moment, checklist=checklist)

        def build() -> Answer:
            """Render the page."""
            with locales.speaking(asked.language):
                return Answer.of(own_page(session, chat, moment, asked, self._site))

        return build

    def _erased(self, request: web.Request, moment: Moment) -> web.Response:
        """The last answer, after which there is no page any more."""
        asked = read(request)
        with locales.speaking(asked.language):
            words = " ".join(each.text for each in moment.answers)
            named = {"title": _("Your page"), "said": words, "address": "/"}
            page = html.page("message.html", asked, site=self._site, **named)
        response = Answer.of(page).to(request, PRIVATE)
        access.end(response, self._site)
        return response


class _Fields:
    """The fields of a form that are text."""

    def __init__(self, form: Any) -> None:
        self._form = form

    def get(self, name: str, default: str = "") -> str:
        """One value."""
        value = self._form.get(name, default)
        return value if isinstance(value, str) else default

    def getall(self, name: str, default: Sequence[str] = ()) -> Sequence[str]:
        """All values."""
        return [each for each in self._form.getall(name, default) if isinstance(each, str)]


def _own_feed(path: str, address: Address, site: Site) -> Answer:
    """A feed of a chat: what matters of what it follows, in its language and region."""
    follower = follower_of(address, site)
    language = locales.best(follower.settings.language)
    [region, *others] = follower.settings.regions or [""]
    asked = Asked(language, follower.settings.language, "" if others else region)
    with locales.speaking(language):
        if path.endswith(".ics"):
            return dates(coming_for(address, asked, site), site, mine=True)
        title = _("Smallprint: what you follow")
        make = feeds.atom if path.endswith(".atom") else feeds.json_feed
        stories = feeds.stories_of(address, site)
        return make(feeds.Feed(asked, site, stories, path, follower.services, title))


def _download(file: File) -> web.Response:
    """A file to download, never displayed inline."""
    name = "".join(each for each in file.name if each.isalnum() or each in "-_.")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **PRIVATE}
    return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)
