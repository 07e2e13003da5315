"""Gaps: bounded walks through narrower feeds, continued at the next poll.

Nothing is lost by a failure.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot import feeds
from bot.catalogue.names import Names
from bot.feeds import branches
from bot.feeds.fetch import MAX_BODY_BYTES, Fetcher
from bot.jobs import gap as gap_module
from bot.jobs.gap import Cost, Gap, Place, Purse
from bot.jobs.gaps import OUT_OF_ORDER, Gaps
from bot.jobs.poll import Poller
from bot.jobs.resources import Resources
from bot.model import Address, Cursor, Document, Item, Record, Source, SourceKind, Subscription
from bot.runtime.bounded import OverLimitError
from bot.store import Store
from lab.replay.archive import MemoryArchive
from lab.replay.server import Clock as ArchiveClock
from lab.replay.server import application
from tests.conftest import Clock

START = datetime(2025, 11, 1, tzinfo=UTC)
FOLLOWED = ("LinkedIn", "TikTok", "YouTube", "Pinterest", "Snapchat", "Reddit")
HTTP_TROUBLES = (500, 503, 429, 403)


class Scene:
    """An archive behind both kinds of addresses, a clock, and somebody who follows six services."""

    def __init__(self, store: Store, names: Names, clock: Clock, fetcher: Fetcher) -> None:
        self.store, self.names, self.clock, self.fetcher = store, names, clock, fetcher
        self.archive = MemoryArchive("x")
        self.archive_clock = ArchiveClock(START, START + timedelta(days=60), speed=0)
        self.asked: list[str] = []
        self.trouble: Callable[[str], web.Response | None] = lambda path: None
        self.source = Source("x", SourceKind.COLLECTION, "", every=60)
        for folder in FOLLOWED:
            service = names.of_folder(folder)
            store.subscriptions.add(
                Subscription(Address("console", "me"), service, frozenset({"EU"})), START
            )

    def app(self, branch: str = "main") -> web.Application:
        @web.middleware
        async def watched(
            request: web.Request, handler: Callable[[web.Request], Awaitable[Any]]
        ) -> Any:
            self.asked.append(request.path)
            return self.trouble(request.path) or await handler(request)

        app = application(self.archive, self.archive_clock, branch=branch)
        app.middlewares.append(watched)
        return app

    def listen(self, source: Source) -> None:
        self.source = source
        self.resources = Resources(self.store, self.fetcher, [source], self.names, self.clock)
        self.poller = Poller(self.resources)

    def record(
        self, day: float, service: str, terms_type: str = "Privacy Policy", text: str = ""
    ) -> str:
        when = START + timedelta(days=day)
        return self.archive.add(when, service, terms_type, text or f"{service} on {when}").commit

    def burst(self, day: float, entries: int = 150) -> None:
        for number in range(entries):
            self.record(day + number / 10_000, "Noisy", text=f"Noise {number} of {day}")

    async def at(self, day: float) -> None:
        today = START + timedelta(days=day)
        self.archive_clock.move(today)
        self.clock.now = max(self.clock.now, today) + timedelta(hours=2)
        self.asked.clear()
        await self.poller.poll_due(patience=30)

    @property
    def kept(self) -> set[str]:
        return {
            due.item.uid.removeprefix("commit:")
            for due in self.store.items.due(self.clock(), 9_999)
        }

    @property
    def status(self) -> Any:
        return next(status for status in self.store.sources.status() if status.id == self.source.id)

    @property
    def notes(self) -> dict[str, str]:
        return self.store.sources.cursor(self.source.id).notes


@pytest.fixture
async def scene(store: Store, names: Names, clock: Clock) -> AsyncIterator[Scene]:
    async with Fetcher("test", allow_private=True) as fetcher:
        yield Scene(store, names, clock, fetcher)


@pytest.fixture(params=["collection", "github", "github master"])
async def burst(request: pytest.FixtureRequest, scene: Scene, served: Any) -> Scene:
    """A source that has been read once, and has recorded more since than a page holds."""
    kind, _, branch = request.param.partition(" ")
    base = await served(scene.app(branch or "main"))
    scene.listen(
        Source("x", SourceKind(kind), base, every=60, github="o/r" if kind == "github" else "")
    )
    for folder in FOLLOWED:
        scene.record(-5, folder)
    await scene.at(0)
    return scene


async def test_what_a_page_no_longer_holds_is_found(burst: Scene) -> None:
    missed = {burst.record(1 + number / 100, folder) for number, folder in enumerate(FOLLOWED)}
    burst.burst(2)
    await burst.at(3)
    assert missed <= burst.kept
    assert gap_module.OPEN not in burst.notes
    assert (burst.status.error, burst.status.remark) == ("", "")


async def test_nobody_else_is_looked_for(burst: Scene) -> None:
    burst.record(1, "LinkedIn")
    burst.record(1, "Facebook")
    burst.burst(2)
    await burst.at(3)
    assert not any("Facebook" in path or "Noisy" in path for path in burst.asked)


async def test_what_was_there_before_is_not_kept_in_memory(burst: Scene) -> None:
    gaps = Gaps(burst.resources)
    burst.burst(2)
    new = burst.record(1, "LinkedIn")
    burst.archive_clock.move(START + timedelta(days=3))
    page = Item(
        "commit:1",
        "x",
        Record.CHANGE,
        START + timedelta(days=2),
        "t",
        "",
        Document("x", "Noisy", "Privacy Policy"),
    )
    cursor = Cursor(last_uid="commit:0", learned=True, notes={"newest": START.isoformat()})
    filled = await gaps.fill(burst.source, cursor, [page], False, START + timedelta(days=3))
    assert [item.uid for item in filled.items] == [f"commit:{new}"]
    assert all(item.when >= START - OUT_OF_ORDER for item in filled.items)


async def test_a_walk_is_bounded_and_gone_on_with(
    burst: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the page itself stays as it is."""
    monkeypatch.setattr(gap_module, "PER_POLL", Cost(3, 9 * MAX_BODY_BYTES, 100))
    missed = {burst.record(1 + number / 100, folder) for number, folder in enumerate(FOLLOWED)}
    burst.burst(2)
    await burst.at(3)
    assert not missed <= burst.kept
    assert "still to be asked" in burst.status.remark
    for _ in range(3):
        await burst.at(3)
        assert len(burst.asked) <= 6
    assert missed <= burst.kept
    assert burst.status.remark == ""


async def test_a_day_has_its_bounds(burst: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gap_module, "PER_DAY", Cost(3, 9 * MAX_BODY_BYTES, 100))
    missed = {burst.record(1 + number / 100, folder) for number, folder in enumerate(FOLLOWED)}
    burst.burst(2)
    await burst.at(3)
    left = len(burst.kept)
    await burst.at(3)
    assert (len(burst.kept), len(burst.asked)) == (left, 1), "no more today"
    for _ in range(4):
        burst.clock.forward(days=1)
        await burst.at(3)
    assert missed <= burst.kept


@pytest.mark.parametrize("status", HTTP_TROUBLES)
async def test_a_feed_that_fails_costs_nothing_but_time(burst: Scene, status: int) -> None:
    """The page's own items are kept, the source is well, and the rest is found later."""
    missed = {burst.record(1 + number / 100, folder) for number, folder in enumerate(FOLLOWED)}
    burst.burst(2)
    own = burst.record(2.9, "TikTok", "Terms of Service")
    burst.trouble = lambda path: web.Response(status=status) if "/LinkedIn" in path else None
    await burst.at(3)
    assert own in burst.kept
    assert burst.status.error == ""
    burst.trouble = lambda path: None
    for _ in range(3):
        await burst.at(3)
    assert missed <= burst.kept


@pytest.mark.parametrize("body", [b"<html><body>Log in</body></html>", b"", b"{}", b"<feed"])
async def test_a_feed_that_cannot_be_read_is_told_in_the_status(burst: Scene, body: bytes) -> None:
    missed = {
        burst.record(1 + number / 100, folder)
        for number, folder in enumerate(FOLLOWED)
        if folder != "LinkedIn"
    }
    burst.burst(2)
    burst.trouble = lambda path: (
        web.Response(body=body) if path.endswith(("/LinkedIn", "/LinkedIn.atom")) else None
    )
    await burst.at(3)
    assert missed <= burst.kept
    assert "1 feeds are still to be asked" in burst.status.remark
    assert burst.status.error == ""


@pytest.mark.parametrize("error", [KeyError("x"), OverLimitError("too long")])
async def test_a_feed_that_breaks_us_costs_that_feed_only(
    burst: Scene, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    real = feeds.read

    def breaks(source: Source, *more: Any) -> Any:
        if source.service == "LinkedIn":
            raise error
        return real(source, *more)

    monkeypatch.setattr("bot.feeds.read", breaks)
    missed = {burst.record(1, folder) for folder in FOLLOWED if folder != "LinkedIn"}
    burst.burst(2)
    await burst.at(3)
    assert missed <= burst.kept
    assert burst.status.error == ""
    assert "1 feeds are still to be asked" in burst.status.remark


async def test_what_cannot_be_had_for_long_is_given_up_and_said(burst: Scene) -> None:
    burst.record(1, "LinkedIn")
    burst.burst(2)
    burst.trouble = lambda path: web.Response(status=500) if "/LinkedIn" in path else None
    await burst.at(3)
    burst.clock.forward(days=15)
    await burst.at(3)
    assert gap_module.OPEN not in burst.notes
    assert "could not be asked" in burst.status.remark
    burst.clock.forward(days=9)
    burst.record(5, "TikTok")
    await burst.at(6)
    assert burst.status.remark == "", "not for ever"


async def test_a_service_that_recorded_more_than_its_page_holds(burst: Scene) -> None:
    """The feeds of its documents are asked as well."""
    burst.record(-4, "LinkedIn", "Terms of Service")
    await burst.at(0.2)
    early = burst.record(1, "LinkedIn", "Terms of Service")
    for number in range(120):
        burst.record(1.5 + number / 1000, "LinkedIn", text=f"Version {number}")
    burst.record(1.7, "LinkedIn", "Terms of Service")
    burst.burst(2)
    await burst.at(3)
    assert early in burst.kept
    assert any("Terms of Service" in path for path in burst.asked)


async def test_a_second_gap_does_not_lose_the_first(
    burst: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gap_module, "PER_POLL", Cost(2, 9 * MAX_BODY_BYTES, 100))
    missed = {burst.record(1 + number / 100, folder) for number, folder in enumerate(FOLLOWED)}
    burst.burst(2)
    await burst.at(3)
    missed |= {burst.record(4 + number / 100, folder) for number, folder in enumerate(FOLLOWED)}
    burst.burst(5)
    await burst.at(6)
    for _ in range(8):
        await burst.at(6)
    assert missed <= burst.kept


async def test_the_branch_is_remembered(scene: Scene, served: Any) -> None:
    """A server that does not know HEAD is asked under the name that it knows."""
    scene.trouble = lambda path: web.Response(status=404) if "/HEAD/" in path else None
    scene.listen(
        Source("x", SourceKind.GITHUB, await served(scene.app("master")), every=60, github="o/r")
    )
    for folder in FOLLOWED:
        scene.record(-5, folder)
    await scene.at(0)
    missed = {scene.record(1 + number / 100, folder) for number, folder in enumerate(FOLLOWED)}
    scene.burst(2)
    await scene.at(3)
    assert missed <= scene.kept
    assert scene.notes[branches.NOTE] == "master"
    assert sum("/HEAD/" in path for path in scene.asked) < len(scene.asked) / 2
    scene.trouble = lambda path: web.Response(status=404) if "/master/" in path else None
    missed = {scene.record(11 + number / 100, folder) for number, folder in enumerate(FOLLOWED)}
    scene.burst(12)
    await scene.at(13)
    assert missed <= scene.kept, "and found anew where it was given up"


async def test_a_service_in_another_case_is_looked_for_as_the_collection_writes_it(
    scene: Scene, served: Any
) -> None:
    scene.listen(Source("x", SourceKind.COLLECTION, await served(scene.app()), every=60))
    scene.record(-5, "Linkedin")
    await scene.at(0)
    missed = scene.record(1, "Linkedin")
    scene.burst(2)
    await scene.at(3)
    assert missed in scene.kept


async def test_a_version_dated_ahead_hides_no_gap(scene: Scene, served: Any) -> None:
    """In a collection it stays on top of every page."""
    scene.listen(Source("x", SourceKind.COLLECTION, await served(scene.app()), every=60))
    scene.record(-5, "LinkedIn")
    await scene.at(0)
    entry = (
        "<entry><id>tag:x:version:ahead</id><title>t</title><updated>2043-01-01T00:00:00Z</updated>"
        "<category scheme='tag:opentermsarchive.org,2026:scheme:service' term='TikTok'/>"
        "<category scheme='tag:opentermsarchive.org,2026:scheme:terms-type' term='Privacy Policy'/>"
        "</entry>"
    )
    poller, fetcher = scene.poller, scene.fetcher
    real = fetcher.get

    async def with_it(url: str, *more: Any, **named: Any) -> Any:
        page = await real(url, *more, **named)
        if url.endswith("/feed") and page.body:
            head, _, rest = page.body.partition(b"<entry>")
            return replace(page, body=head + entry.encode() + b"<entry>" + rest)
        return page

    fetcher.get = with_it  # type: ignore[method-assign]
    await scene.at(0.5)
    missed = scene.record(1, "LinkedIn")
    scene.burst(2)
    await scene.at(3)
    fetcher.get = real  # type: ignore[method-assign]
    assert poller is scene.poller
    assert missed in scene.kept


# -- notes


@pytest.mark.parametrize(
    "note",
    ["", "null", "[]", "{}", "x", '{"since": 1}', '{"since": "x", "opened": "x", "left": []}'],
)
def test_a_note_that_cannot_be_read_is_no_gap(note: str) -> None:
    assert Gap.load({gap_module.OPEN: note}) is None
    assert Purse({gap_module.SPENT: note}, START).is_open


def test_a_gap_stands_in_a_note_as_it_is() -> None:
    gap = Gap(START, START + timedelta(days=1), (Place("DALL·E", 'Rules "#2"'), Place("A/B")))
    assert Gap.load({gap_module.OPEN: gap.dump()}) == gap


def test_what_was_spent_counts_for_its_day_only() -> None:
    purse = Purse({}, START)
    purse.spend(pages=gap_module.PER_DAY.pages)
    note = {gap_module.SPENT: purse.dump()}
    assert not Purse(note, START + timedelta(hours=23)).is_open
    assert Purse(note, START + timedelta(days=1)).is_open
