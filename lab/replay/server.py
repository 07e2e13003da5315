"""The collection API of Open Terms Archive, and GitHub's commit feeds, over an archive and a clock."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha1
from typing import Any

from aiohttp import web

from bot.model import Record
from lab.replay import shapes
from lab.replay.archive import Archive, Version

FEED_LIMIT, GITHUB_LIMIT = 100, 20
MOST_LISTED = 500
#: What the engine's own description declares.
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


class Clock:
    """Runs from `start` to `end`, `speed` times as fast as the wall; it stands still until the first feed is asked."""

    def __init__(self, start: datetime, end: datetime, speed: float) -> None:
        self._from, self._end, self._speed = start, end, speed
        self._since: float | None = None

    @property
    def now(self) -> datetime:
        if self._since is None:
            return self._from
        return min(
            self._from + timedelta(seconds=(time.monotonic() - self._since) * self._speed),
            self._end,
        )

    def go(self) -> None:
        if self._since is None:
            self._since = time.monotonic()

    def move(self, to: datetime) -> None:
        self._from, self._since = (
            min(to, self._end),
            time.monotonic() if self._since is not None else None,
        )


Page = Callable[[datetime], bytes]


def application(
    archive: Archive,
    clock: Clock,
    pages: dict[str, Page] | None = None,
    has_feed: bool = True,
    branch: str = "main",
    by_id: bool = True,
) -> web.Application:
    """`pages` are further feeds by path, made for a moment; without `has_feed` /feed answers 404.

    `branch` is the one that the repository has, beside HEAD; without `by_id` the collection is of an
    engine that gives versions by their dates only.
    """
    server = _Server(archive, clock, pages or {}, branch)
    app = web.Application()
    if has_feed:
        app.router.add_get("/feed", server.feed)
        app.router.add_get("/feed/{service}", server.feed)
        app.router.add_get("/feed/{service}/{type}", server.feed)
    if by_id:
        app.router.add_get("/version/{id}", server.version_by_id)
    app.router.add_get("/version/{service}/{type}/latest", server.latest)
    app.router.add_get("/version/{service}/{type}/{date}", server.version)
    app.router.add_get("/versions", server.listed)
    app.router.add_get("/versions/{service}", server.listed)
    app.router.add_get("/versions/{service}/{type}", server.listed)
    app.router.add_get("/metadata", server.metadata)
    app.router.add_get("/services", server.services)
    app.router.add_get("/service/{service}", server.service)
    app.router.add_get("/docs", server.docs)
    app.router.add_get("/clock", server.clock)
    app.router.add_put("/clock", server.set_clock)
    app.router.add_get("/{owner}/{repo}/commits.atom", server.commits)
    app.router.add_get("/{owner}/{repo}/commits/{ref}/{path:.+}.atom", server.commits)
    app.router.add_get("/{owner}/{repo}/commit/{commit}.diff", server.diff)
    app.router.add_get("/raw/{owner}/{repo}/{commit}/{path:.+\\.md}", server.raw)
    for path in pages or {}:
        app.router.add_get(path, server.page)
    return app


class _Server:
    def __init__(self, archive: Archive, clock: Clock, pages: dict[str, Page], branch: str) -> None:
        self._archive, self._clock, self._pages, self._branch = archive, clock, pages, branch

    def _until_now(self, service: str = "", terms_type: str = "") -> list[Version]:
        """Newest first, as a feed has them."""
        now = self._clock.now
        return [
            v for v in reversed(self._archive.versions)
            if v.when <= now and service in ("", v.service) and terms_type in ("", v.terms_type)
        ]  # fmt: skip

    async def feed(self, request: web.Request) -> web.Response:
        self._clock.go()
        service, terms_type = (
            request.match_info.get("service", ""),
            request.match_info.get("type", ""),
        )
        versions = [
            v for v in self._until_now(service, terms_type) if v.record is not Record.UPGRADE
        ][:FEED_LIMIT]
        if service and not versions:
            raise web.HTTPNotFound
        base = f"{request.scheme}://{request.host}/"
        entries = [shapes.entry(self._archive.name, base, version) for version in versions]
        return _conditional(
            request, shapes.atom(self._archive.name, self._clock.now, versions, entries), versions
        )

    async def commits(self, request: web.Request) -> web.Response:
        self._clock.go()
        if request.match_info.get("ref", "HEAD") not in ("HEAD", self._branch):
            raise web.HTTPNotFound
        path = request.match_info.get("path", "")
        versions = [v for v in self._until_now() if shapes.is_under(v, path)][:GITHUB_LIMIT]
        if path and not versions:
            raise web.HTTPNotFound
        repository = "{owner}/{repo}".format(**request.match_info)
        entries = [shapes.commit(repository, version) for version in versions]
        return _conditional(
            request, shapes.atom(self._archive.name, self._clock.now, versions, entries), versions
        )

    async def version(self, request: web.Request) -> web.Response:
        try:
            wanted = datetime.fromisoformat(request.match_info["date"])
        except ValueError:
            raise web.HTTPBadRequest from None
        if wanted > self._clock.now:
            return web.json_response({"error": "Requested version is in the future"}, status=416)
        versions = self._until_now(request.match_info["service"], request.match_info["type"])
        found = next((v for v in versions if v.when <= wanted), None)
        return await self._answer(found, f"No version found for date {request.match_info['date']}")

    async def version_by_id(self, request: web.Request) -> web.Response:
        wanted = request.match_info["id"]
        found = next((v for v in self._until_now() if v.commit == wanted), None)
        return await self._answer(found, f'No version found with ID "{wanted}"', links=True)

    async def latest(self, request: web.Request) -> web.Response:
        versions = self._until_now(request.match_info["service"], request.match_info["type"])
        return await self._answer(next(iter(versions), None), "No version found", links=True)

    async def _answer(
        self, found: Version | None, missing: str, links: bool = False
    ) -> web.Response:
        if found is None:
            return web.json_response({"error": missing}, status=404)
        answer = shapes.listed(found) | {
            "content": await asyncio.to_thread(self._archive.text, found)
        }
        if links:
            answer["links"] = shapes.links(found, self._until_now(found.service, found.terms_type))
        return web.json_response(answer)

    async def listed(self, request: web.Request) -> web.Response:
        """The versions of everything, a service or a document, newest first, a page of them."""
        service, terms_type = (
            request.match_info.get("service", ""),
            request.match_info.get("type", ""),
        )
        try:
            limit, offset = (
                int(request.query.get("limit", 100)),
                int(request.query.get("offset", 0)),
            )
        except ValueError:
            limit, offset = 0, 0
        if not 1 <= limit <= MOST_LISTED or offset < 0:
            return web.json_response({"error": "Invalid limit or offset parameter."}, status=400)
        versions = self._until_now(service, terms_type)
        if service and not versions:
            return web.json_response(
                {"error": f'No versions found for service "{service}"'}, status=404
            )
        data = [shapes.listed(version) for version in versions[offset : offset + limit]]
        return web.json_response(
            {"data": data, "count": len(versions), "limit": limit, "offset": offset}
        )

    async def metadata(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"id": self._archive.name, "languages": ["en"], "jurisdictions": ["IE"]}
        )

    async def services(self, request: web.Request) -> web.Response:
        return web.json_response(
            [shapes.service(name, types) for name, types in self._declared().items()]
        )

    async def service(self, request: web.Request) -> web.Response:
        name = request.match_info["service"]
        types = self._declared().get(name)
        if types is None:
            return web.json_response({"error": "Service not found"}, status=404)
        return web.json_response(shapes.service(name, types))

    def _declared(self) -> dict[str, list[str]]:
        """The terms types of each service, both in alphabetical order."""
        known = sorted({(version.service, version.terms_type) for version in self._until_now()})
        return {name: [kind for service, kind in known if service == name] for name, _ in known}

    async def docs(self, request: web.Request) -> web.Response:
        """What can be asked, for machines; the real one has a page for people besides."""
        paths: dict[str, Any] = {path: {"get": {}} for path in DECLARED}
        info = {"title": "Open Terms Archive API [Beta]", "version": "1.0.0"}
        return web.json_response({"openapi": "3.1.0", "info": info, "paths": paths})

    async def raw(self, request: web.Request) -> web.Response:
        wanted = (request.match_info["commit"], request.match_info["path"])
        for version in self._archive.versions:
            if (version.commit, f"{version.service}/{version.terms_type}.md") == wanted:
                return web.Response(text=await asyncio.to_thread(self._archive.text, version))
        raise web.HTTPNotFound

    async def diff(self, request: web.Request) -> web.Response:
        return web.Response(
            text=await asyncio.to_thread(self._archive.diff, request.match_info["commit"])
        )

    async def page(self, request: web.Request) -> web.Response:
        return web.Response(
            body=self._pages[request.path](self._clock.now), content_type="application/rss+xml"
        )

    async def clock(self, request: web.Request) -> web.Response:
        return web.json_response({"now": shapes.stamp(self._clock.now)})

    async def set_clock(self, request: web.Request) -> web.Response:
        try:
            self._clock.move(
                datetime.fromisoformat(json.loads(await request.text())["now"]).astimezone(UTC)
            )
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest(text='send {"now": "2025-11-03T12:00:00Z"}') from None
        return await self.clock(request)


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
