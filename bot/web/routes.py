"""What answers at which address."""

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

#: Makes an answer out of what is asked for; raises NothingError where there is none.
Page = Callable[[Asked, Site, Mapping[str, str]], Answer]


def application(site: Site) -> web.Application:
    """All addresses of the web side."""
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
    """What is the same for everybody who asks for the same; it takes these fields of an address."""

    async def handle(request: web.Request) -> web.Response:
        """Answer from memory, or make it now."""
        whole = read(request)
        if whole.wrong and request.path.startswith(_SAID_BY_PROGRAMS):
            return api.problem(f"{whole.wrong}: not understood", 400).to(request)
        asked, match = whole.only(fields), dict(request.match_info)

        def build() -> Answer:
            """Make the answer, in a thread."""
            with locales.speaking(asked.language):
                return page(asked, site, match)

        key = (errors.pattern_of(request), *sorted(match.items()), asked)
        return (await answers.public(key, build)).to(request)

    return handle


def _static(answer: Answer) -> errors.Handler:
    async def handle(request: web.Request) -> web.Response:
        """Answer with what does not change while we run."""
        return answer.to(request)

    return handle


# -- the pages


def _page(build: Callable[[Asked, Site], str]) -> Page:
    """A page that is about nothing in particular."""
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
    """A feed of what an address narrows to; of a service that nobody knows there is none."""

    def feed(asked: Asked, site: Site, _match: Mapping[str, str]) -> Answer:
        """Make it."""
        _refuse_unknown(asked, site)
        mine = [asked.service] if asked.service else []
        stories = feeds.stories_for(asked, site)
        return make(feeds.Feed(asked, site, stories, asked.same(path), mine))

    return feed


def _dates(asked: Asked, site: Site, _match: Mapping[str, str]) -> Answer:
    _refuse_unknown(asked, site)
    return dates(coming(asked, site), site)


def _refuse_unknown(asked: Asked, site: Site) -> None:
    """Raise NothingError where a feed is asked for of a service that there is not."""
    if asked.service and asked.service not in site.known.listings:
        raise NothingError


def _api(build: Callable[[Asked, Site], Answer]) -> Page:
    return lambda asked, site, _match: build(asked, site)


def _api_of_service(build: Callable[[Listing, Asked, Site], Answer]) -> Page:
    return lambda asked, site, match: build(_listing(match, site), asked, site)


def _api_story(asked: Asked, site: Site, match: Mapping[str, str]) -> Answer:
    return api.story(_story(match, site), asked, site)


_NARROWED = ("region", "service", "role", "severity")
#: By its address each page, with the fields of an address that it takes.
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
    """The story of a number. Raises NothingError where there is none for people."""
    number = match["story"]
    if not (number.isascii() and number.isdecimal()) or len(number) > MOST_DIGITS:
        raise NothingError
    story = site.store.stories.get(int(number))
    if story is None or not story.lead.services:
        raise NothingError
    return story


def _listing(match: Mapping[str, str], site: Site) -> Listing:
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
        "/robots.txt": Answer.of(
            "User-agent: *\nDisallow: /me\nDisallow: /page/\nDisallow: /admin\n", "text/plain"
        ),
    }


def _file(name: str) -> bytes:
    return resources.files("bot.web").joinpath("static", name).read_bytes()
