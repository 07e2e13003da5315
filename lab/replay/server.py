"""The collection API of Open Terms Archive and GitHub's commit feeds, served from an archive."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha1
from typing import Any

from aiohttp import web

from bot.model import Record
from lab.replay import shapes
from lab.replay.archive import Archive, Version
from lab.replay.clock import Clock

__all__ = ["Clock", "application"]

FEED_LIMIT = 100
GITHUB_LIMIT = 20
#: The default number of versions on a page of a list.
LISTED = 100
MOST_LISTED = 500
#: The paths in the engine's own description.
DECLARED = (
    "/feed",
    "/feed/{serviceId}",
    "/feed/{serviceId}/{termsType}",
    "/metadata",
    "/services",
    "/service/{serviceId}",
    "/versions",
    "/versions/{serviceId}",
    "/versions/{serviceId}/{termsType}",
    "/version/{versionId}",
    "/version/{serviceId}/{termsType}/latest",
    "/version/{serviceId}/{termsType}/{date}",
)
#: Makes a feed as of a time.
Page = Callable[[datetime], bytes]


def application(
    archive: Archive,
    clock: Clock,
    pages: dict[str, Page] | None = None,
    has_feed: bool = True,
    branch: str = "main",
    by_id: bool = True,
) -> web.Application:
    """The server of an archive.

    `pages` are further feeds by path. Without `has_feed`, /feed answers 404. `branch` is the
    repository's only branch beside HEAD. Without `by_id` the collection is of an engine that gives
    versions only by date.
    """
    pages = pages or {}
    server = _Server(archive, clock, pages, branch)
    app = web.Application()
    routes = app.router
    if has_feed:
        for path in ("/feed", "/feed/{service}", "/feed/{service}/{type}"):
            routes.add_get(path, server.feed)
    if by_id:
        routes.add_get("/version/{id}", server.version_by_id)
    routes.add_get("/version/{service}/{type}/latest", server.latest)
    routes.add_get("/version/{service}/{type}/{date}", server.version)
    for path in ("/versions", "/versions/{service}", "/versions/{service}/{type}"):
        routes.add_get(path, server.listed)
    routes.add_get("/metadata", server.metadata)
    routes.add_get("/services", server.services)
    routes.add_get("/service/{service}", server.service)
    routes.add_get("/docs", server.docs)
    face = _ClockFace(clock)
    routes.add_get("/clock", face.show)
    routes.add_put("/clock", face.move)
    routes.add_get("/{owner}/{repo}/commits.atom", server.commits)
    routes.add_get("/{owner}/{repo}/commits/{ref}/{path:.+}.atom", server.commits)
    routes.add_get("/{owner}/{repo}/commit/{commit}.diff", server.diff)
    routes.add_get("/raw/{owner}/{repo}/{commit}/{path:.+\\.md}", server.raw)
    for path in pages:
        routes.add_get(path, server.page)
    return app


class _Server:
    def __init__(self, archive: Archive, clock: Clock, pages: dict[str, Page], branch: str) -> None:
        self._archive = archive
        self._clock = clock
        self._pages = pages
        self._branch = branch

    def _until_now(self, service: str = "", terms_type: str = "") -> Iterator[Version]:
        """The versions recorded so far, newest first, as in a feed."""
        now = self._clock.now
        for version in reversed(self._archive.versions):
            if version.when > now:
                continue
            if service in ("", version.service) and terms_type in ("", version.terms_type):
                yield version

    # -- feeds

    async def feed(self, request: web.Request) -> web.Response:
        """The feed of everything, of a service or of a document; 404 if there is no such record."""
        self._clock.go()
        versions: list[Version] = []
        for version in self._until_now(*_asked(request)):
            if version.record is not Record.UPGRADE:
                versions.append(version)
            if len(versions) == FEED_LIMIT:
                break
        if not versions and "service" in request.match_info:
            raise web.HTTPNotFound
        base = f"{request.scheme}://{request.host}/"
        entries = [shapes.entry(self._archive.name, base, version) for version in versions]
        return self._atom(request, versions, entries)

    async def commits(self, request: web.Request) -> web.Response:
        """GitHub's feed of the repository's commits, or of those to a folder or file."""
        self._clock.go()
        if request.match_info.get("ref", "HEAD") not in ("HEAD", self._branch):
            raise web.HTTPNotFound
        path = request.match_info.get("path", "")
        versions = [each for each in self._until_now() if shapes.is_under(each, path)]
        versions = versions[:GITHUB_LIMIT]
        if path and not versions:
            raise web.HTTPNotFound
        repository = "{owner}/{repo}".format(**request.match_info)
        entries = [shapes.commit(repository, version) for version in versions]
        return self._atom(request, versions, entries)

    def _atom(
        self, request: web.Request, versions: Sequence[Version], entries: Sequence[str]
    ) -> web.Response:
        body = shapes.atom(self._archive.name, self._clock.now, versions, entries)
        return _conditional(request, body, versions)

    async def page(self, request: web.Request) -> web.Response:
        """One of the further feeds."""
        body = self._pages[request.path](self._clock.now)
        return web.Response(body=body, content_type="application/rss+xml")

    # -- the collection's API

    async def version(self, request: web.Request) -> web.Response:
        """The newest version of a document at a time."""
        date = request.match_info["date"]
        try:
            wanted = datetime.fromisoformat(date)
        except ValueError:
            raise web.HTTPBadRequest from None
        if wanted > self._clock.now:
            return _error(416, "Requested version is in the future")
        for version in self._until_now(*_asked(request)):
            if version.when <= wanted:
                return await self._found(version, links=False)
        return _error(404, f"No version found for date {date}")

    async def version_by_id(self, request: web.Request) -> web.Response:
        """The version of a commit, with its neighbours."""
        wanted = request.match_info["id"]
        for version in self._until_now():
            if version.commit == wanted:
                return await self._found(version)
        return _error(404, f'No version found with ID "{wanted}"')

    async def latest(self, request: web.Request) -> web.Response:
        """The newest version of a document, with its neighbours."""
        for version in self._until_now(*_asked(request)):
            return await self._found(version)
        return _error(404, "No version found")

    async def _found(self, version: Version, links: bool = True) -> web.Response:
        answer = shapes.listed(version)
        answer["content"] = await asyncio.to_thread(self._archive.text, version)
        if links:
            beside = list(self._until_now(version.service, version.terms_type))
            answer["links"] = shapes.links(version, beside)
        return web.json_response(answer)

    async def listed(self, request: web.Request) -> web.Response:
        """A page of the versions of everything, of a service or of a document, newest first."""
        try:
            limit = int(request.query.get("limit", LISTED))
            offset = int(request.query.get("offset", 0))
        except ValueError:
            return _error(400, "Invalid limit or offset parameter.")
        if not 1 <= limit <= MOST_LISTED or offset < 0:
            return _error(400, "Invalid limit or offset parameter.")
        service, terms_type = _asked(request)
        versions = list(self._until_now(service, terms_type))
        if service and not versions:
            return _error(404, f'No versions found for service "{service}"')
        data = [shapes.listed(version) for version in versions[offset : offset + limit]]
        page = {"data": data, "count": len(versions), "limit": limit, "offset": offset}
        return web.json_response(page)

    async def metadata(self, _request: web.Request) -> web.Response:
        """The collection's description of itself."""
        said = {"id": self._archive.name, "languages": ["en"], "jurisdictions": ["IE"]}
        return web.json_response(said)

    async def services(self, _request: web.Request) -> web.Response:
        """The services recorded so far, with their terms types."""
        declared = self._declared().items()
        return web.json_response([shapes.service(name, types) for name, types in declared])

    async def service(self, request: web.Request) -> web.Response:
        """One service, with its terms types."""
        name = request.match_info["service"]
        types = self._declared().get(name)
        if types is None:
            return _error(404, "Service not found")
        return web.json_response(shapes.service(name, types))

    def _declared(self) -> dict[str, list[str]]:
        """The terms types of each service, both in alphabetical order."""
        declared: dict[str, list[str]] = {}
        for name, kind in sorted({(each.service, each.terms_type) for each in self._until_now()}):
            declared.setdefault(name, []).append(kind)
        return declared

    async def docs(self, _request: web.Request) -> web.Response:
        """The OpenAPI document; the real API also has a page for people."""
        paths: dict[str, Any] = {path: {"get": {}} for path in DECLARED}
        info = {"title": "Open Terms Archive API [Beta]", "version": "1.0.0"}
        return web.json_response({"openapi": "3.1.0", "info": info, "paths": paths})

    # -- the repository

    async def raw(self, request: web.Request) -> web.Response:
        """A file of the repository at a commit."""
        commit = request.match_info["commit"]
        path = request.match_info["path"]
        for version in self._archive.versions:
            if version.commit == commit and shapes.file_of(version) == path:
                return web.Response(text=await asyncio.to_thread(self._archive.text, version))
        raise web.HTTPNotFound

    async def diff(self, request: web.Request) -> web.Response:
        """The diff of a commit."""
        commit = request.match_info["commit"]
        return web.Response(text=await asyncio.to_thread(self._archive.diff, commit))


class _ClockFace:
    """The clock, over HTTP."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def show(self, _request: web.Request) -> web.Response:
        """GET /clock: the current time."""
        return web.json_response({"now": shapes.stamp(self._clock.now)})

    async def move(self, request: web.Request) -> web.Response:
        """PUT /clock {"now": ...}: set the time."""
        try:
            given = json.loads(await request.text())
            moment = datetime.fromisoformat(given["now"]).astimezone(UTC)
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest(text='send {"now": "2025-11-03T12:00:00Z"}') from None
        self._clock.move(moment)
        return await self.show(request)


def _asked(request: web.Request) -> tuple[str, str]:
    """The service and the terms type in a path, "" if missing."""
    return request.match_info.get("service", ""), request.match_info.get("type", "")


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)


def _conditional(request: web.Request, body: bytes, versions: Sequence[Version]) -> web.Response:
    etag = f'W/"{sha1(body).hexdigest()[:16]}"'  # noqa: S324 - an entity tag, not a secret
    headers = {"ETag": etag}
    if versions:
        headers["Last-Modified"] = format_datetime(versions[0].when, usegmt=True)
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    return web.Response(
        body=body, headers=headers, content_type="application/atom+xml", charset="utf-8"
    )
