"""What answers at which address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import resources
from typing import Any

import structlog
from aiohttp import web

from bot import locales
from bot.catalogue import Listing, export
from bot.locales import _
from bot.model import Story
from bot.render.picture import card
from bot.render.story_picture import story_picture
from bot.store import StoreError
from bot.web import api, feeds, html
from bot.web.about_pages import about_page, feeds_page, privacy_page, terms_page
from bot.web.access import ForeignError
from bot.web.answers import OPEN, SECURITY, Answer, Answers, BusyError
from bot.web.asked import Asked, read
from bot.web.dates import dates
from bot.web.howto_page import control_of, howto_page
from bot.web.listing import regions_of
from bot.web.openapi import openapi
from bot.web.own_routes import OwnPages
from bot.web.service_page import service_page
from bot.web.site import Site
from bot.web.start_page import search_page, services_page, start_page
from bot.web.story_page import story_page

log = structlog.get_logger()

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
#: For so long a copy of what changes with a release only is good.
RELEASE_SECONDS = 3600
#: Chats draw a link's picture by themselves, from elsewhere.
PICTURE = {
    "Cache-Control": "public, max-age=600",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: The largest form.
FORM_BYTES = 200_000
#: Digits of the number of a story.
MOST_DIGITS = 15
_SAID_BY_PROGRAMS = ("/api/", "/feed.", "/dates.")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
#: Makes an answer out of what is asked for; raises NothingError where there is none.
Page = Callable[[Asked, Site, web.UrlMappingMatchInfo], Answer]


class NothingError(Exception):
    """There is nothing at this address."""


def application(site: Site) -> web.Application:
    """All addresses of the web side."""
    answers = Answers()
    app = web.Application(middlewares=[_guard(site)], client_max_size=FORM_BYTES)
    for path, page in PAGES.items():
        app.router.add_get(path, _public(page, site, answers))
    for path, answer in _files(site).items():
        app.router.add_get(path, _static(answer))
    OwnPages(site, answers).add_to(app)
    return app


def _public(page: Page, site: Site, answers: Answers) -> Handler:
    """What is the same for everybody who asks for the same."""

    async def handle(request: web.Request) -> web.Response:
        """Answer from memory, or make it now."""
        asked = read(request)
        if asked.wrong and request.path.startswith(_SAID_BY_PROGRAMS):
            return api.problem(f"{asked.wrong}: not understood", 400).to(request)

        def build() -> Answer:
            """Make the answer, in a thread."""
            with locales.speaking(asked.language):
                return page(asked, site, request.match_info)

        answer = await answers.public((request.path, asked), build)
        return answer.to(request)

    return handle


def _static(answer: Answer) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        """Answer with what does not change while we run."""
        return answer.to(request)

    return handle


def _guard(site: Site) -> Any:
    """What stands around every answer: headers, and words where there is none."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer, whatever goes wrong."""
        try:
            response = await handler(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, who asked gets words
            response = _sorry(request, site, error)
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        return response

    return guard


def _pattern(request: web.Request) -> str:
    """The address as it is routed: what stands in it can be somebody's secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


def _status(error: Exception, path: str) -> int:
    """The status of what went wrong; what is our fault is logged."""
    match error:
        case NothingError():
            return 404
        case web.HTTPException():
            return error.status
        case BusyError():
            return 503
        case ForeignError():
            return 403
        case StoreError():
            log.error("web.failed", path=path, why=str(error))
        case _:
            log.error("web.failed", path=path, exc_info=error)
    return 500


def _sorry(request: web.Request, site: Site, error: Exception) -> web.Response:
    """Why there is no answer, in words for people or for programs."""
    status = _status(error, _pattern(request))
    asked = read(request)
    with locales.speaking(asked.language):
        not_taken = _("This address does not take that.")
        said = {
            400: not_taken,
            404: _("There is nothing at this address."),
            403: _("This was not sent by your own page. Open it anew and try again."),
            405: not_taken,
            413: not_taken,
            503: _("Too much is asked of me at the moment. Please try again in a few seconds."),
        }.get(status, _("Something went wrong on my side; it has been noted."))
        if request.path.startswith("/api/"):
            answer = api.problem(said, status)
        else:
            named = {"title": str(status), "said": said, "address": "/"}
            page = html.page("message.html", asked, site=site, **named)
            answer = Answer.of(page, status=status)
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, web.HTTPMethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    if isinstance(error, BusyError):
        headers["Retry-After"] = "2"
    return answer.to(request, headers)


# -- the pages


def _page(build: Callable[[Asked, Site], str]) -> Page:
    """A page that is about nothing in particular."""
    return lambda asked, site, _match: Answer.of(build(asked, site))


def _of_service(build: Callable[[Listing, Asked, Site], str]) -> Page:
    return lambda asked, site, match: Answer.of(build(_listing(match, site), asked, site))


def _story_page(asked: Asked, site: Site, match: web.UrlMappingMatchInfo) -> Answer:
    return Answer.of(story_page(_story(match, site), asked, site))


def _story_picture(asked: Asked, site: Site, match: web.UrlMappingMatchInfo) -> Answer:
    drawn = story_picture(_story(match, site), regions_of(asked), site.known)
    return Answer.of(drawn, "image/png", PICTURE)


def _howto_picture(asked: Asked, site: Site, match: web.UrlMappingMatchInfo) -> Answer:
    listing = _listing(match, site)
    control = control_of(listing, match["control"], asked, site)
    if control is None:
        raise NothingError
    drawn = card(listing.name, control, regions_of(asked))
    return Answer.of(drawn, "image/png", PICTURE)


def _atom(asked: Asked, site: Site, _match: web.UrlMappingMatchInfo) -> Answer:
    found = feeds.stories_for(asked, site)
    return feeds.atom(asked, site, found, asked.filtered("/feed.atom"))


def _json_feed(asked: Asked, site: Site, _match: web.UrlMappingMatchInfo) -> Answer:
    found = feeds.stories_for(asked, site)
    return feeds.json_feed(asked, site, found, asked.filtered("/feed.json"))


def _dates(asked: Asked, site: Site, _match: web.UrlMappingMatchInfo) -> Answer:
    return dates(asked, site)


def _api(build: Callable[[Asked, Site], Answer]) -> Page:
    return lambda asked, site, _match: build(asked, site)


def _api_of_service(build: Callable[[Listing, Asked, Site], Answer]) -> Page:
    return lambda asked, site, match: build(_listing(match, site), asked, site)


def _api_story(asked: Asked, site: Site, match: web.UrlMappingMatchInfo) -> Answer:
    return api.story(_story(match, site), asked, site)


PAGES: dict[str, Page] = {
    "/": _page(start_page),
    "/services": _page(services_page),
    "/search": _page(search_page),
    "/story/{story}": _story_page,
    "/story/{story}/picture.png": _story_picture,
    "/service/{service}": _of_service(service_page),
    "/howto/{service}": _of_service(howto_page),
    "/howto/{service}/{control}.png": _howto_picture,
    "/feeds": _page(feeds_page),
    "/about": _page(about_page),
    "/privacy": _page(privacy_page),
    "/terms": _page(terms_page),
    "/feed.atom": _atom,
    "/feed.json": _json_feed,
    "/dates.ics": _dates,
    "/api/v1/stories": _api(api.stories),
    "/api/v1/stories/{story}": _api_story,
    "/api/v1/services": _api(api.services),
    "/api/v1/services/{service}": _api_of_service(api.service),
    "/api/v1/howtos/{service}": _api_of_service(api.howto),
}


def _story(match: web.UrlMappingMatchInfo, site: Site) -> Story:
    """The story of a number. Raises NothingError where there is none for people."""
    number = match["story"]
    if not (number.isascii() and number.isdecimal()) or len(number) > MOST_DIGITS:
        raise NothingError
    story = site.store.stories.get(int(number))
    if story is None or not story.lead.services:
        raise NothingError
    return story


def _listing(match: web.UrlMappingMatchInfo, site: Site) -> Listing:
    """The service of an id, or of one that earlier releases had. Raises NothingError."""
    service = site.known.names.get(match["service"])
    if service is None:
        raise NothingError
    return site.known.listings[service.id]


# -- what does not change while we run


def _files(site: Site) -> dict[str, Answer]:
    """The catalogue and its form, the document of the interface, and what pages look like."""
    cache = {"Cache-Control": f"public, max-age={RELEASE_SECONDS}"}
    shared = {**cache, **OPEN}
    catalogue = export.written(export.document(site.known))
    form = export.written(export.schema())
    link = f'<{LICENCE_URL}>; rel="license"'
    return {
        "/catalogue.json": Answer.of(catalogue, api.JSON, {**shared, "Link": link}),
        "/service.schema.json": Answer.of(form, api.JSON, shared),
        f"{api.ROOT}/openapi.json": openapi(site),
        "/static/style.css": Answer.of(_file("style.css"), "text/css", cache),
        "/static/icon.svg": Answer.of(_file("icon.svg"), "image/svg+xml", cache),
        "/robots.txt": Answer.of("User-agent: *\nDisallow: /me\nDisallow: /page/\n", "text/plain"),
    }


def _file(name: str) -> bytes:
    return resources.files("bot.web").joinpath("static", name).read_bytes()
