"""The collection API of Open Terms Archive, and GitHub's commit feeds, over an archive and a clock."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha1
from xml.sax.saxutils import escape, quoteattr

from aiohttp import web

from bot.model import Record
from bot.replay.archive import Archive, Version

FEED_LIMIT, GITHUB_LIMIT = 100, 20


class Clock:
    """Runs from `start` to `end`, `speed` times as fast as the wall; it stands still until the first feed is asked."""

    def __init__(self, start: datetime, end: datetime, speed: float) -> None:
        self._from, self._end, self._speed = start, end, speed
        self._since: float | None = None

    @property
    def now(self) -> datetime:
        if self._since is None:
            return self._from
        return min(self._from + timedelta(seconds=(time.monotonic() - self._since) * self._speed), self._end)

    def go(self) -> None:
        if self._since is None:
            self._since = time.monotonic()

    def move(self, to: datetime) -> None:
        self._from, self._since = min(to, self._end), time.monotonic() if self._since is not None else None


Page = Callable[[datetime], bytes]


def application(archive: Archive, clock: Clock, pages: dict[str, Page] | None = None, has_feed: bool = True) -> web.Application:
    """`pages` are further feeds by path, made for a moment; without `has_feed` /feed answers 404."""
    server = _Server(archive, clock, pages or {})
    app = web.Application()
    if has_feed:
        app.router.add_get("/feed", server.feed)
        app.router.add_get("/feed/{service}", server.feed)
        app.router.add_get("/feed/{service}/{type}", server.feed)
    app.router.add_get("/version/{service}/{type}/{date}", server.version)
    app.router.add_get("/metadata", server.metadata)
    app.router.add_get("/services", server.services)
    app.router.add_get("/clock", server.clock)
    app.router.add_put("/clock", server.set_clock)
    app.router.add_get("/{owner}/{repo}/commits.atom", server.commits)
    app.router.add_get("/{owner}/{repo}/commits/main/{path:.+}.atom", server.commits)
    app.router.add_get("/{owner}/{repo}/commit/{commit}.diff", server.diff)
    app.router.add_get("/raw/{owner}/{repo}/{commit}/{service}/{type}.md", server.raw)
    for path in pages or {}:
        app.router.add_get(path, server.page)
    return app


class _Server:
    def __init__(self, archive: Archive, clock: Clock, pages: dict[str, Page]) -> None:
        self._archive, self._clock, self._pages = archive, clock, pages

    def _until_now(self, service: str = "", terms_type: str = "") -> list[Version]:
        """Newest first, as a feed has them."""
        now = self._clock.now
        return [
            v for v in reversed(self._archive.versions)
            if v.when <= now and service in ("", v.service) and terms_type in ("", v.terms_type)
        ]  # fmt: skip

    async def feed(self, request: web.Request) -> web.Response:
        self._clock.go()
        service, terms_type = request.match_info.get("service", ""), request.match_info.get("type", "")
        versions = [v for v in self._until_now(service, terms_type) if v.record is not Record.UPGRADE][:FEED_LIMIT]
        if service and not versions:
            raise web.HTTPNotFound
        base = f"{request.scheme}://{request.host}/"
        entries = [_entry(self._archive.name, base, version) for version in versions]
        return _conditional(request, _atom(self._archive.name, self._clock.now, versions, entries), versions)

    async def commits(self, request: web.Request) -> web.Response:
        self._clock.go()
        service, _, file = request.match_info.get("path", "").partition("/")
        versions = self._until_now(service, file.removesuffix(".md"))[:GITHUB_LIMIT]
        repository = "{owner}/{repo}".format(**request.match_info)
        entries = [_commit(repository, version) for version in versions]
        return _conditional(request, _atom(self._archive.name, self._clock.now, versions, entries), versions)

    async def version(self, request: web.Request) -> web.Response:
        try:
            wanted = datetime.fromisoformat(request.match_info["date"])
        except ValueError:
            raise web.HTTPBadRequest from None
        if wanted > self._clock.now:
            return web.json_response({"error": "Requested version is in the future"}, status=416)
        versions = self._until_now(request.match_info["service"], request.match_info["type"])
        found = next((v for v in versions if v.when <= wanted), None)
        if found is None:
            return web.json_response({"error": f"No version found for date {request.match_info['date']}"}, status=404)
        content = await asyncio.to_thread(self._archive.text, found)
        return web.json_response({"id": found.commit, "fetchDate": _stamp(found.when), "content": content})

    async def metadata(self, request: web.Request) -> web.Response:
        return web.json_response({"id": self._archive.name, "languages": ["en"], "jurisdictions": ["IE"]})

    async def services(self, request: web.Request) -> web.Response:
        names = sorted({version.service for version in self._until_now()})
        return web.json_response([{"id": name, "name": name} for name in names])

    async def raw(self, request: web.Request) -> web.Response:
        wanted = (request.match_info["commit"], request.match_info["service"], request.match_info["type"])
        for version in self._archive.versions:
            if (version.commit, version.service, version.terms_type) == wanted:
                return web.Response(text=await asyncio.to_thread(self._archive.text, version))
        raise web.HTTPNotFound

    async def diff(self, request: web.Request) -> web.Response:
        return web.Response(text=await asyncio.to_thread(self._archive.diff, request.match_info["commit"]))

    async def page(self, request: web.Request) -> web.Response:
        return web.Response(body=self._pages[request.path](self._clock.now), content_type="application/rss+xml")

    async def clock(self, request: web.Request) -> web.Response:
        return web.json_response({"now": _stamp(self._clock.now)})

    async def set_clock(self, request: web.Request) -> web.Response:
        try:
            self._clock.move(datetime.fromisoformat(json.loads(await request.text())["now"]).astimezone(UTC))
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest(text='send {"now": "2025-11-03T12:00:00Z"}') from None
        return await self.clock(request)


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(collection: str, base: str, version: Version) -> str:
    scheme = "tag:opentermsarchive.org,2026:scheme:"
    record = "First record" if version.record is Record.FIRST else "Change"
    said = (("service", version.service), ("terms-type", version.terms_type), ("record-type", record))
    categories = "".join(f"<category term={quoteattr(term)} scheme={quoteattr(scheme + kind)}/>" for kind, term in said)
    link = f"{base}version/{version.service}/{version.terms_type}/{_stamp(version.when)}".replace(" ", "%20")
    return (
        f"<entry><id>tag:opentermsarchive.org,2026:version:{escape(collection)}:git:{version.commit}</id>"
        f'<link rel="alternate" type="application/json" href={quoteattr(link)}/>'
        f"<title>{escape(version.subject)}</title><updated>{_stamp(version.when)}</updated>{categories}</entry>"
    )


def _commit(repository: str, version: Version) -> str:
    link = f"https://github.com/{repository}/commit/{version.commit}"
    return (
        f"<entry><id>tag:github.com,2008:Grit::Commit/{version.commit}</id>"
        f'<link type="text/html" rel="alternate" href={quoteattr(link)}/><title>\n  {escape(version.subject[:60])}\n</title>'
        f"<updated>{_stamp(version.when)}</updated>"
        f'<content type="html">{escape(f"<pre>{escape(_message(version))}</pre>")}</content></entry>'
    )


def _message(version: Version) -> str:
    """A commit message as the engine writes it."""
    made = f"\n\nThis version was recorded after extracting from and assembling the following snapshots from {version.pages} source documents:"
    return version.subject + (made if version.pages else "")


def _atom(name: str, now: datetime, versions: Sequence[Version], entries: Sequence[str]) -> bytes:
    updated = _stamp(versions[0].when if versions else now)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(name)}</title><id>tag:opentermsarchive.org,2026:feed:{escape(name)}</id><updated>{updated}</updated>"
        + "\n".join(entries)
        + "</feed>"
    ).encode()


def _conditional(request: web.Request, body: bytes, versions: Sequence[Version]) -> web.Response:
    etag = f'W/"{sha1(body).hexdigest()[:16]}"'  # noqa: S324 - an entity tag, not a secret
    headers = {"ETag": etag}
    if versions:
        headers["Last-Modified"] = format_datetime(versions[0].when, usegmt=True)
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers, content_type="application/atom+xml", charset="utf-8")
