"""The routes of the web side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import resources

from aiohttp import web

from bot import locales
from bot.catalogue import Listing, export
from bot.model import Story
from bot.render.picture import card
from bot.render.story_picture import story_picture
from bot.web import api, errors, feeds
from bot.web.about_pages import about_page, feeds_page, privacy_page, terms_page
from bot.web.answers import OPEN, Answer, Answers
from bot.web.asked import Asked, read
from bot.web.dates import dates
from bot.web.errors import NothingError
from bot.web.howto_page import control_of, howto_page
from bot.web.listing import regions_of
from bot.web.openapi import openapi
from bot.web.operate.routes import OperatorPages
from bot.web.own_routes import OwnPages
from bot.web.service_page import service_page
from bot.web.site import Site
from bot.web.start_page import coming, search_page, services_page, start_page
from bot.web.story_page import story_page

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
#: Seconds for which resources that change only with a release may be cached.
RELEASE_SECONDS = 3600
#: Chat apps fetch a link's picture themselves, from another origin.
PICTURE = {
    "Cache-Control": "public, max-age=600",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: The most bytes of a form.
FORM_BYTES = 200_000
#: The most digits of a story's number.
MOST_DIGITS = 15
_SAID_BY_PROGRAMS = ("/api/", "/feed.", "/dates.")

#: Makes an answer from a query; raises NothingError if there is none.
Page = Callable[[Asked, Site, Mapping[str, str]], Answer]


def application(site: Site) -> web.Application:
    """The web application with all routes."""
    answers = Answers()
    app = web.Application(middlewares=[errors.guard(site)], client_max_size=FORM_BYTES)
    for path, (fields, page) in PAGES.items():
        app.router.add_get(path, _public(page, fields, site, answers))
    for path, answer in _files(site).items():
        app.router.add_get(path, _static(answer))
    OwnPages(site, answers).add_to(app)
    OperatorPages(site, answers).add_to(app)
    app.on_cleanup.append(answers.close)
    return app


def _public(page: Page, fields: Sequence[str], site: Site, answers: Answers) -> errors.Handler:
    """A handler for a public page, which takes these fields of a query."""

    async def handle(request: web.Request) -> web.Response:
        """Answer from the cache, or render it."""
        whole = read(request)
        if whole.wrong and request.path.startswith(_SAID_BY_PROGRAMS):
            return api.problem(f"{whole.wrong}: not understood", 400).to(request)
        asked, match = whole.only(fields), dict(request.match_info)

        def build() -> Answer:
            """Render the answer, in a thread."""
            with locales.speaking(asked.language):
                return page(asked, site, match)

        key = (errors.pattern_of(request), *sorted(match.items()), asked)
        return (await answers.public(key, build)).to(request)

    return handle


def _static(answer: Answer) -> errors.Handler:
    async def handle(request: web.Request) -> web.Response:
        """Answer with a resource that does not change while we run."""
        return answer.to(request)

    return handle


# -- the pages


def _page(build: Callable[[Asked, Site], str]) -> Page:
    """A page without a subject."""
    return lambda asked, site, _match: Answer.of(build(asked, site))


def _of_service(build: Callable[[Listing, Asked, Site], str]) -> Page:
    return lambda asked, site, match: Answer.of(build(_listing(match, site), asked, site))


def _story_page(asked: Asked, site: Site, match: Mapping[str, str]) -> Answer:
    return Answer.of(story_page(_story(match, site), asked, site))


def _story_picture(asked: Asked, site: Site, match: Mapping[str, str]) -> Answer:
    drawn = story_picture(_story(match, site), regions_of(asked), site.known)
    return Answer.of(drawn, "image/png", PICTURE)


def _howto_picture(asked: Asked, site: Site, match: Mapping[str, str]) -> Answer:
    listing = _listing(match, site)
    control = control_of(listing, match["control"], asked, site)
    if control is None:
        raise NothingError
    drawn = card(listing.name, control, regions_of(asked))
    return Answer.of(drawn, "image/png", PICTURE)


def _feed(make: Callable[[feeds.Feed], Answer], path: str) -> Page:
    """A feed of what a query selects; 404 for an unknown service."""

    def feed(asked: Asked, site: Site, _match: Mapping[str, str]) -> Answer:
        """Make the feed."""
        _refuse_unknown(asked, site)
        mine = [asked.service] if asked.service else []
        stories = feeds.stories_for(asked, site)
        return make(feeds.Feed(asked, site, stories, asked.same(path), mine))

    return feed


def _dates(asked: Asked, site: Site, _match: Mapping[str, str]) -> Answer:
    _refuse_unknown(asked, site)
    return dates(coming(asked, site), site)


def _refuse_unknown(asked: Asked, site: Site) -> None:
    """Raise NothingError if a feed is requested for an unknown service."""
    if asked.service and asked.service not in site.known.listings:
        raise NothingError


def _api(build: Callable[[Asked, Site], Answer]) -> Page:
    return lambda asked, site, _match: build(asked, site)


def _api_of_service(build: Callable[[Listing, Asked, Site], Answer]) -> Page:
    return lambda asked, site, match: build(_listing(match, site), asked, site)


def _api_story(asked: Asked, site: Site, match: Mapping[str, str]) -> Answer:
    return api.story(_story(match, site), asked, site)


_NARROWED = ("region", "service", "role", "severity")
#: The pages by address, with the query fields that each takes.
PAGES: dict[str, tuple[Sequence[str], Page]] = {
    "/": (["region"], _page(start_page)),
    "/services": (["region", "letter"], _page(services_page)),
    "/search": (["region", "text"], _page(search_page)),
    "/story/{story}": (["region", "view", "page"], _story_page),
    "/story/{story}/picture.png": (["region"], _story_picture),
    "/service/{service}": (["region", "page"], _of_service(service_page)),
    "/howto/{service}": (["region"], _of_service(howto_page)),
    "/howto/{service}/{control}.png": (["region"], _howto_picture),
    "/feeds": (_NARROWED, _page(feeds_page)),
    "/about": (["region"], _page(about_page)),
    "/privacy": (["region"], _page(privacy_page)),
    "/terms": (["region"], _page(terms_page)),
    "/feed.atom": (_NARROWED, _feed(feeds.atom, "/feed.atom")),
    "/feed.json": (_NARROWED, _feed(feeds.json_feed, "/feed.json")),
    "/dates.ics": (_NARROWED, _dates),
    f"{api.ROOT}/stories": ([*_NARROWED, "page"], _api(api.stories)),
    f"{api.ROOT}/stories/{{story}}": (["region"], _api_story),
    f"{api.ROOT}/services": (["text", "page"], _api(api.services)),
    f"{api.ROOT}/services/{{service}}": ([], _api_of_service(api.service)),
    f"{api.ROOT}/howtos/{{service}}": (["region"], _api_of_service(api.howto)),
}


def _story(match: Mapping[str, str], site: Site) -> Story:
    """The story of a number. Raises NothingError if there is none for people."""
    number = match["story"]
    if not (number.isascii() and number.isdecimal()) or len(number) > MOST_DIGITS:
        raise NothingError
    story = site.store.stories.get(int(number))
    if story is None or not story.lead.services:
        raise NothingError
    return story


def _listing(match: Mapping[str, str], site: Site) -> Listing:
    """The listing of a service id or former id. Raises NothingError."""
    service = site.known.names.get(match["service"])
    if service is None:
        raise NothingError
    return site.known.listings[service.id]


# -- resources that do not change while we run


def _files(site: Site) -> dict[str, Answer]:
    """The catalogue and its schema, the OpenAPI document, and static files."""
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
        "/robots.txt": Answer.of(
            "User-agent: *\nDisallow: /me\nDisallow: /page/\nDisallow: /admin\n", "text/plain"
        ),
    }


def _file(name: str) -> bytes:
    return resources.files("bot.web").joinpath("static", name).read_bytes()
