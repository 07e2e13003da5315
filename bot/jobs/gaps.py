"""Filling gaps: searching narrower feeds for entries that a feed dropped before it was polled.

It goes through the feeds of followed services and, if such a feed does not reach far enough back,
of their documents. Each poll's part is bounded; the next poll goes on with the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot import feeds
from bot.feeds import branches, ota
from bot.feeds.fetch import FetchError, Page
from bot.feeds.github import BRANCHES
from bot.jobs.gap import MISSED, OPEN, SAID_FOR, SPENT, Gap, Place, Purse
from bot.jobs.resources import Resources
from bot.model import Cursor, Item, Source, SourceKind
from bot.runtime.bounded import OverLimitError
from bot.store import StoreError

log = structlog.get_logger()

#: Trackers record in bursts and slightly out of order. Entries of a service's feed from before this
#: margin are old news.
OUT_OF_ORDER = timedelta(days=1)
#: A feed with fewer entries is complete: GitHub's pages have this many, and a collection's are
#: longer.
CUT_AT = 20
#: How long a collection's list of services is cached.
LISTED_FOR = timedelta(days=1)
#: After this many failures at one poll the server is left alone until the next.
PATIENCE = 2


@dataclass(frozen=True, slots=True)
class Filled:
    """The missed entries that were found, and the notes for the source's cursor.

    `remark` tells the operator what is still missing.
    """

    items: list[Item]
    notes: dict[str, str]
    remark: str = ""


@dataclass(slots=True)
class _Walk:
    """The search for a gap's entries during one poll."""

    source: Source
    fallback: bool
    now: datetime
    gap: Gap
    purse: Purse
    branch: str
    found: dict[str, Item] = field(default_factory=dict)
    answered: bool = False
    failures: int = 0
    missed: str = ""

    @property
    def goes_on(self) -> bool:
        """Whether another feed may be requested at this poll."""
        return self.failures < PATIENCE and self.purse.is_open


class Gaps:
    """Finds and fills gaps between two polls of a source of versions."""

    def __init__(self, resources: Resources) -> None:
        self._store = resources.store
        self._fetcher = resources.fetcher
        self._names = resources.names
        self._worker = resources.worker
        #: The services of collections, each with when they were listed.
        self._services: dict[str, tuple[datetime, list[str]]] = {}

    @staticmethod
    def are_open(cursor: Cursor) -> bool:
        """Whether a gap is open, which must be searched even if the page is unchanged."""
        return OPEN in cursor.notes

    async def fill(
        self, source: Source, cursor: Cursor, found: list[Item], fallback: bool, now: datetime
    ) -> Filled:
        """Search for what was missed between the last poll and this page, or go on with that.

        A failure is left for the next poll and does not affect the page's own items. Raises
        StoreError.
        """
        gap, purse = Gap.load(cursor.notes), Purse(cursor.notes, now)
        if _is_gap(source, cursor, found):
            log.warning("source.gap", source=source.id, entries=len(found))
            since = datetime.fromisoformat(cursor.notes["newest"]) - OUT_OF_ORDER
            left = await self._places(source, found, fallback, purse, now)
            gap = gap.widened(since, left) if gap else Gap(since, now, left)
        if gap is None:
            return Filled([], _without(cursor.notes, OPEN), _said(cursor.notes, now))
        walk = _Walk(source, fallback, now, gap, purse, cursor.notes.get(branches.NOTE, ""))
        await self._go(walk)
        return _filled(cursor.notes, walk)

    # -- where to look

    async def _places(
        self, source: Source, found: list[Item], fallback: bool, purse: Purse, now: datetime
    ) -> tuple[Place, ...]:
        """The feeds that may hold missing entries; none for a source narrowed to a document."""
        if source.terms_type:
            return ()
        watched = await asyncio.to_thread(self._store.subscriptions.watched, now)
        if source.service:
            if self._names.of_folder(source.service) not in watched:
                return ()
            return await self._documents(source, source.service, found)
        if not fallback:
            listed = await self._listed(source, purse, now)
            if listed:
                return tuple(map(Place, self._followed(listed, watched)))
        folders = {item.document.service for item in found if item.document}
        folders = set(self._followed(folders, watched))
        for service in filter(None, map(self._names.get, watched)):
            folders.update(service.folders)
        return tuple(map(Place, sorted(folders)))

    def _followed(self, folders: Iterable[str], watched: frozenset[str]) -> list[str]:
        """The folders of followed services, in the given order."""
        return [folder for folder in folders if self._names.of_folder(folder) in watched]

    async def _listed(self, source: Source, purse: Purse, now: datetime) -> list[str]:
        """The names of a collection's services; empty if it does not list them."""
        if source.kind is not SourceKind.COLLECTION:
            return []
        asked, listed = self._services.get(source.id, (now - LISTED_FOR, []))
        if now - asked < LISTED_FOR:
            return listed
        purse.spend(pages=1)
        try:
            body = (await self._fetcher.get(ota.services_url(source))).body or b""
            purse.spend(size=len(body))
            listed = sorted(await self._worker.run(ota.services_of, body))
        except (FetchError, OverLimitError, ValueError):
            listed = []
        self._services[source.id] = (now, listed)
        return listed

    async def _documents(self, source: Source, folder: str, found: list[Item]) -> tuple[Place, ...]:
        """The feeds of a service's known documents."""
        held = await asyncio.to_thread(self._store.documents.read_of, [source.id], [folder])
        types = {document.key.removeprefix(f"{source.id}/{folder}/") for document in held}
        for item in found:
            if item.document and item.document.service == folder:
                types.add(item.document.terms_type)
        return tuple(Place(folder, terms_type) for terms_type in sorted(types))

    # -- searching

    async def _go(self, walk: _Walk) -> None:
        if walk.gap.is_too_old(walk.now):
            _give_up(walk, f"{len(walk.gap.left)} feeds could not be asked for what was missed")
            walk.gap = replace(walk.gap, left=())
        while walk.gap.left and walk.goes_on:
            place, *rest = walk.gap.left
            try:
                more = await self._look(walk, place)
            except StoreError:
                raise
            except feeds.UNREADABLE as error:
                more = _put_off(walk, place, error)
            except Exception as error:  # a bug of ours costs that feed, not the page
                log.exception("source.gap_broke", source=walk.source.id, folder=place.folder)
                more = _put_off(walk, place, FetchError(type(error).__name__))
            walk.gap = replace(walk.gap, left=tuple(dict.fromkeys((*rest, *more))))

    async def _look(self, walk: _Walk, place: Place) -> tuple[Place, ...]:
        """Take the missing entries of one feed; return further feeds if it is too short."""
        source = replace(walk.source, service=place.folder)
        page = await self._ask(walk, source, place)
        items = (await self._worker.run(feeds.read, source, page, walk.now, walk.fallback)).items
        missed = [item for item in items if item.when >= walk.gap.since]
        _take(walk, missed)
        if len(items) < CUT_AT or len(missed) < len(items):
            return ()
        if place.terms_type:
            _give_up(walk, f"more of {place.folder} was recorded than its feeds still hold")
            return ()
        return await self._documents(walk.source, place.folder, items)

    async def _ask(self, walk: _Walk, source: Source, place: Place) -> Page:
        """Fetch one feed, charging the search's budget."""
        walk.purse.spend(pages=1)
        # A remembered branch may be obsolete until something answers under its name.
        sure = walk.answered or walk.branch == BRANCHES[0]
        tried = (walk.branch,) if walk.branch and sure else branches.after(walk.branch)
        wanted = branches.Wanted(place.folder, place.terms_type, walk.fallback)
        page, branch = await branches.get(self._fetcher, source, wanted, tried, now=walk.now)
        if branch:
            walk.branch = branch
        walk.answered = True
        walk.purse.spend(size=len(page.body or b""))
        return page


def _is_gap(source: Source, cursor: Cursor, found: list[Item]) -> bool:
    """Whether entries may have been missed: the page has no entry of the previous one."""
    if not source.kind.records_versions:
        return False
    if not found or "newest" not in cursor.notes:
        return False
    return cursor.last_uid not in {item.uid for item in found}


def _take(walk: _Walk, items: list[Item]) -> None:
    """Take the newest entries, as many as the budget allows."""
    fresh = [item for item in items if item.uid not in walk.found]
    fresh.sort(key=lambda item: item.when, reverse=True)
    taken = fresh[: walk.purse.entries]
    if len(taken) < len(fresh):
        _give_up(walk, f"{len(fresh) - len(taken)} older entries were left out")
    walk.purse.spend(entries=len(taken))
    walk.found.update((item.uid, item) for item in taken)


def _put_off(walk: _Walk, place: Place, error: feeds.Unreadable) -> tuple[Place, ...]:
    """The feeds that remain to be searched after a failure.

    A service without a feed (404) has no records.
    """
    if isinstance(error, FetchError) and error.status == 404:
        return ()
    walk.failures += 1
    why = str(error)
    log.warning("source.gap_feed_failed", source=walk.source.id, folder=place.folder, why=why)
    return (place,)


def _give_up(walk: _Walk, what: str) -> None:
    log.warning("source.missed", source=walk.source.id, what=what)
    walk.missed = what


def _filled(notes: Mapping[str, str], walk: _Walk) -> Filled:
    kept = _without(notes, OPEN) | {SPENT: walk.purse.dump()}
    if walk.branch:
        kept[branches.NOTE] = walk.branch
    if walk.missed:
        kept[MISSED] = f"{walk.now.isoformat()} {walk.missed}"
    remark = _said(kept, walk.now)
    if walk.gap.left:
        kept[OPEN] = walk.gap.dump()
        still = f"entries were missed; {len(walk.gap.left)} feeds are still to be asked for them"
        remark = "; ".join(filter(None, (still, remark)))
    items = sorted(walk.found.values(), key=lambda item: item.when, reverse=True)
    return Filled(items, kept, remark)


def _said(notes: Mapping[str, str], now: datetime) -> str:
    """The note of what was never found, for some days after it was given up."""
    when, _, what = notes.get(MISSED, "").partition(" ")
    if not what or now - datetime.fromisoformat(when) >= SAID_FOR:
        return ""
    return what


def _without(notes: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in notes.items() if key != name}
